import type { CodeEntry } from './entry.ts';

const DOWNLOAD_AGAIN = 'download the image again, and run `relight iso verify` on it';

/** RL60xx: installation images. */
export const ISO_CODES = {
  RL6001: {
    title: 'Not an ISO image',
    message: 'the file is not an ISO 9660 image: {why}',
    hint: 'give a Debian installation image, such as debian-13.x.0-amd64-netinst.iso',
  },
  RL6002: {
    title: 'Truncated image',
    message: 'the image is truncated: {what} lies outside its {size} bytes',
    hint: DOWNLOAD_AGAIN,
  },
  RL6003: { title: 'Damaged image', message: 'the image is damaged: {what} {why}', hint: DOWNLOAD_AGAIN },
  RL6004: {
    title: 'Image beyond the limits',
    message: 'the image has more than {limit} {what}, which no installation image has',
    hint: DOWNLOAD_AGAIN,
  },
  RL6005: {
    title: 'Directory loop in an image',
    message: 'the image is damaged: the directory {path} is reached twice',
    hint: DOWNLOAD_AGAIN,
  },
  RL6006: {
    title: 'No such file in the image',
    message: 'the image has no file {path}',
    hint: 'list what it has with `relight iso inspect --json`',
  },
  RL6007: {
    title: 'Not a Debian installation image',
    message: 'a Debian installation image is needed; this is {what}',
    hint: 'use a Debian netinst, DVD or mini image; `relight iso inspect` says what an image is',
  },
  RL6008: {
    title: 'Other architecture',
    message: 'only amd64 images are supported; this one is for {name}',
    hint: 'download the amd64 image of the same release',
  },
  RL6009: {
    title: 'No installer in the image',
    message: 'the image has no installer to start: {what}',
    hint: 'use a netinst, DVD or mini image; source and update images hold no installer',
  },
  RL6010: {
    title: 'Boot records not consistent',
    message: 'the boot records are not consistent: {what}',
    hint: 'the image will not boot everywhere; download it again',
  },
  RL6011: {
    title: 'Changed file in an image',
    message: 'the content of {path} differs from md5sum.txt',
    hint: DOWNLOAD_AGAIN,
  },
  RL6012: {
    title: 'No list of checksums',
    message: 'the files cannot be checked: {why}',
    hint: 'an image made by debian-cd or relight has /md5sum.txt',
  },
  RL6013: {
    title: 'Unsigned image',
    message: "the image's origin cannot be checked: {what}",
    hint: 'put SHA512SUMS (or SHA256SUMS) and its .sign of its download directory beside the image, or accept the risk with --insecure',
  },
  RL6014: {
    title: 'Signed by another key',
    message: 'the list of hashes is signed by {fingerprint}, which is not a key for Debian images',
    hint: 'compare with https://www.debian.org/CD/verify; give your own key with --keyring and --fingerprint',
  },
  RL6015: {
    title: 'Bad signature',
    message: 'the signature of the list of hashes is not valid: {why}',
    hint: 'download SHA512SUMS and SHA512SUMS.sign again from the same directory',
  },
  RL6016: {
    title: 'Image differs from its signed hash',
    message: 'the hash of {name} differs from the one in the signed list',
    hint: DOWNLOAD_AGAIN,
  },
  RL6017: {
    title: 'No means to check the signature',
    message: 'the signature cannot be checked: {what}',
    hint: 'apt-get install gpgv debian-keyring',
  },
  RL6018: {
    title: 'File missing from an image',
    message: 'md5sum.txt lists {path}, which the image does not have',
    hint: DOWNLOAD_AGAIN,
  },
  RL6020: {
    title: 'Output exists',
    message: 'the output {path} exists and is kept',
    hint: 'give another name, or --force to replace it',
  },
  RL6021: {
    title: 'Output is the input',
    message: 'the output {path} is the input itself',
    hint: 'give another name for the output',
  },
  RL6022: {
    title: 'Disks would be erased',
    message: 'the image for {guest} would erase whichever disk it finds, so --erase-disks is needed',
    hint: 'pin the disk in the spec, or give --erase-disks',
  },
  RL6023: {
    title: 'Finished image differs from the plan',
    message: 'the finished image does not hold what was planned: {what}',
    hint: 'the image was thrown away; please report this with the output of -v',
  },
  RL6024: {
    title: 'No boot menu to rewrite',
    message: 'the image has no boot menu that can be rewritten: {what}',
    hint: 'use an unchanged Debian image',
  },
  RL6025: {
    title: 'Unsafe value for a boot menu',
    message: '{what} may not be "{value}"',
    hint: 'use letters, digits and the signs . _ - = / : , only',
  },
  RL6026: {
    title: 'Too little space for the image',
    message: '{path} has {free} bytes free and the image needs {needed}',
    hint: 'free some space, or write the image to another disk',
  },
} as const satisfies Record<string, CodeEntry>;
