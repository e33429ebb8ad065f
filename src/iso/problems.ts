import { EXIT, type ExitStatus, Failure } from '../report/failure.ts';

type Text = readonly [
  code: string,
  status: ExitStatus,
  message: (...values: Value[]) => string,
  hint: string,
];
type Value = string | number;

const DOWNLOAD_AGAIN = 'download the image again, and run `relight iso verify` on it';

/** Every error about an image. Codes are stable and never reused. */
const PROBLEMS = {
  'not-iso': [
    'RL6001',
    EXIT.invalid,
    (why) => `the file is not an ISO 9660 image: ${why}`,
    'give a Debian installation image, such as debian-13.x.0-amd64-netinst.iso',
  ],
  truncated: [
    'RL6002',
    EXIT.invalid,
    (what, size) => `the image is truncated: ${what} lies outside its ${size} bytes`,
    DOWNLOAD_AGAIN,
  ],
  broken: ['RL6003', EXIT.invalid, (what, why) => `the image is damaged: ${what} ${why}`, DOWNLOAD_AGAIN],
  limit: [
    'RL6004',
    EXIT.invalid,
    (what, limit) => `the image has more than ${limit} ${what}, which no installation image has`,
    DOWNLOAD_AGAIN,
  ],
  loop: [
    'RL6005',
    EXIT.invalid,
    (path) => `the image is damaged: the directory ${path} is reached twice`,
    DOWNLOAD_AGAIN,
  ],
  'no-file': [
    'RL6006',
    EXIT.invalid,
    (path) => `the image has no file ${path}`,
    'list what it has with `relight iso inspect --json`',
  ],
  unsupported: [
    'RL6007',
    EXIT.invalid,
    (what) => `a Debian installation image is needed; this is ${what}`,
    'use a Debian netinst, DVD or mini image of the release table; `relight iso inspect` says what an image is',
  ],
  architecture: [
    'RL6008',
    EXIT.invalid,
    (name) => `only amd64 images are supported; this one is for ${name}`,
    'download the amd64 image of the same release',
  ],
  'no-installer': [
    'RL6009',
    EXIT.invalid,
    (what) => `the image has no installer to start: ${what}`,
    'use a netinst, DVD or mini image; source and update images hold no installer',
  ],
  'boot-record': [
    'RL6010',
    EXIT.invalid,
    (what) => `the boot records are not consistent: ${what}`,
    'the image will not boot everywhere; download it again',
  ],
  checksum: [
    'RL6011',
    EXIT.invalid,
    (path) => `the content of ${path} differs from md5sum.txt`,
    DOWNLOAD_AGAIN,
  ],
  'no-checksums': [
    'RL6012',
    EXIT.invalid,
    (why) => `the files cannot be checked: ${why}`,
    'an image made by debian-cd or relight has /md5sum.txt',
  ],
  'no-signature': [
    'RL6013',
    EXIT.invalid,
    (what) => `the image's origin cannot be checked: ${what}`,
    'put SHA512SUMS and SHA512SUMS.sign of its download directory beside the image, or accept the risk with --insecure',
  ],
  'wrong-key': [
    'RL6014',
    EXIT.invalid,
    (fingerprint) => `SHA512SUMS is signed by ${fingerprint}, which is not a key for Debian images`,
    'compare with https://www.debian.org/CD/verify; give your own key with --keyring and --fingerprint',
  ],
  'bad-signature': [
    'RL6015',
    EXIT.invalid,
    (why) => `the signature of SHA512SUMS is not valid: ${why}`,
    'download SHA512SUMS and SHA512SUMS.sign again from the same directory',
  ],
  'wrong-hash': [
    'RL6016',
    EXIT.invalid,
    (name) => `the SHA-512 of ${name} differs from the signed SHA512SUMS`,
    DOWNLOAD_AGAIN,
  ],
  'no-verifier': [
    'RL6017',
    EXIT.notReady,
    (what) => `the signature cannot be checked: ${what}`,
    'apt-get install gpgv debian-keyring',
  ],
  'output-exists': [
    'RL6020',
    EXIT.invalid,
    (path) => `the output ${path} exists and is kept`,
    'give another name, or --force to replace it',
  ],
  'output-is-input': [
    'RL6021',
    EXIT.usage,
    (path) => `the output ${path} is the input itself`,
    'give another name for the output',
  ],
  'erase-disks': [
    'RL6022',
    EXIT.usage,
    (guest) => `the image for ${guest} would erase whichever disk it finds, so --erase-disks is needed`,
    'pin the disk in the spec, or give --erase-disks',
  ],
  'read-back': [
    'RL6023',
    EXIT.failed,
    (what) => `the finished image does not hold what was planned: ${what}`,
    'the image was thrown away; please report this with the output of -v',
  ],
  'menu-missing': [
    'RL6024',
    EXIT.invalid,
    (what) => `the image has no boot menu that can be rewritten: ${what}`,
    'use an unchanged Debian image',
  ],
  'unsafe-value': [
    'RL6025',
    EXIT.invalid,
    (what, value) => `${what} may not be ${value}`,
    'use letters, digits and the signs . _ - = / : , only',
  ],
  'no-space': [
    'RL6026',
    EXIT.failed,
    (path, needed, free) => `${path} has ${free} bytes free and the image needs ${needed}`,
    'free some space, or write the image to another disk',
  ],
} as const satisfies Record<string, Text>;

export type IsoProblem = keyof typeof PROBLEMS;

/** Makes the error for a problem of the table above; `values` fill in its message. */
export function isoFailure(problem: IsoProblem, ...values: Value[]): Failure {
  const [code, status, message, hint]: Text = PROBLEMS[problem];
  return new Failure(status, code, message(...values.map(cleanValue)), hint);
}

/** Text from an image may hold control sequences; it reaches a terminal through messages. */
function cleanValue(value: Value): string {
  return cleanText(String(value)).slice(0, 300);
}

/** Replaces control characters (C0, DEL, C1) by question marks. */
export function cleanText(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}
