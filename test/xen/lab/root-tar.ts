import { join } from 'node:path';
import { readAptOptions, readArchives, sourceLines } from './apt.ts';
import { buildOnce, describeTree } from './cache.ts';
import { runProgram } from './process.ts';

const TREE = new URL('../root/', import.meta.url).pathname;
const RECIPE = 1;

/** What relight asks mmdebstrap for, so that its end-state check finds a real package database. */
const PACKAGES = [
  'systemd-sysv init udev kmod dbus iproute2 netbase e2fsprogs ca-certificates tzdata openssh-server',
  'systemd-timesyncd systemd-resolved linux-image-amd64 initramfs-tools zstd grub2-common grub-pc-bin sudo locales',
].flatMap((line) => line.split(' '));

/**
 * A small root filesystem as a tar file, made once by the real mmdebstrap: the scenarios' own `mmdebstrap`
 * (scenarios/bin) unpacks it, so that a rebuild in dom0 takes minutes. One scenario does the whole bootstrap.
 */
export async function prepareRootTar(suite: string): Promise<string> {
  const archives = await readArchives();
  const options = await readAptOptions();
  const sources = sourceLines(archives, suite);
  const inputs = { RECIPE, PACKAGES, sources, options, tree: describeTree(TREE) };
  const directory = await buildOnce(`root-${suite}`, inputs, async (draft) => {
    await runProgram(
      [
        ...['mmdebstrap', '--variant=minbase', '--mode=root', '--architectures=amd64'],
        `--keyring=${archives.keyring}`,
        `--include=${PACKAGES.join(',')}`,
        ...options.map((option) => `--aptopt=${option}`),
        ...['doc', 'man', 'locale'].map((part) => `--dpkgopt=path-exclude=/usr/share/${part}/*`),
        `--customize-hook=${join(TREE, 'trim.sh')} "$1"`,
        ...[suite, join(draft, 'root.tar'), ...sources],
      ],
      { log: join(draft, 'build.log') },
    );
  });
  return join(directory, 'root.tar');
}
