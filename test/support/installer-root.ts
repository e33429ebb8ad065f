import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchLookalikePackages } from './netinst-packages.ts';

/** The initrd of the text installer of a release, out of Debian's own package, fetched once. */
export async function fetchInitrd(version: '12' | '13'): Promise<string> {
  const packages = await fetchLookalikePackages(version === '12' ? 'bookworm' : 'trixie');
  const images = `root/usr/lib/debian-installer/images/${version}/amd64`;
  return join(packages, images, 'text/debian-installer/amd64/initrd.gz');
}

/** Answers what the installer's script did: which owner, question, type and value it set, and how it ended. */
export interface InstallerAnswer {
  readonly answers: readonly (readonly string[])[];
  readonly status: number;
}

/** Stands for /usr/share/debconf/confmodule: writes down what the script hands to debconf. */
const CONFMODULE = `
db_set() { printf '%s\\0%s\\0%s\\0%s\\0' "$package" "$1" "$type" "$2" >> /record; }
db_fset() { case "$type" in seen) printf '%s\\0%s\\0%s\\0%s\\0' "$package" "$1" "$type" "$3" >> /record;; esac; }
db_register() { :; }
db_subst() { :; }
logger() { :; }
`;
const DRIVER = `
cd /
for file in /documents/*; do
  : > /record
  sh /bin/debconf-set-selections "$file" > /dev/null 2> /dev/null
  echo $? > "$file.status"
  cp /record "$file.record"
done
`;

/** The installer's root, with its own busybox and its own script: nothing of this machine is in it. */
export class InstallerRoot {
  private readonly directory = mkdtempSync(join(tmpdir(), 'relight-installer-'));

  constructor(initrd: string) {
    const archive = execFileSync('gzip', ['-dc', initrd], { maxBuffer: 1 << 30 });
    const patterns = [
      'bin',
      'bin/*',
      'usr/bin/*',
      'lib',
      'lib64',
      'lib64/*',
      'usr/lib64/*',
      'usr/lib',
      'lib/*.so*',
    ];
    patterns.push('usr/lib/*.so*', 'lib/preseed/*', 'usr/lib/preseed/*');
    execFileSync('cpio', ['-idm', '--quiet', ...patterns.flatMap((pattern) => [pattern, `./${pattern}`])], {
      cwd: this.directory,
      input: archive,
    });
    for (const path of ['usr/share/debconf', 'var/lib/preseed', 'documents', 'tmp', 'dev']) {
      mkdirSync(join(this.directory, path), { recursive: true });
    }
    writeFileSync(join(this.directory, 'dev/null'), '');
    writeFileSync(join(this.directory, 'usr/share/debconf/confmodule'), CONFMODULE);
    writeFileSync(join(this.directory, 'driver'), DRIVER);
  }

  /** Lets the installer's own script read each of the texts. */
  read(texts: readonly string[]): readonly InstallerAnswer[] {
    const folder = join(this.directory, 'documents');
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    const names = texts.map((_, index) => String(index).padStart(5, '0'));
    for (const [index, name] of names.entries()) writeFileSync(join(folder, name), texts[index] ?? '');
    execFileSync('chroot', [this.directory, '/bin/busybox', 'sh', '/driver']);
    return names.map((name) => {
      const words = readFileSync(join(folder, `${name}.record`), 'utf8')
        .split('\0')
        .slice(0, -1);
      const answers = words.flatMap((_, index) => (index % 4 === 0 ? [words.slice(index, index + 4)] : []));
      return { answers, status: Number(readFileSync(join(folder, `${name}.status`), 'utf8')) };
    });
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}
