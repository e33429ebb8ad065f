import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readAptOptions, readArchives, sourceLines } from './apt.ts';
import { buildOnce, describeTree } from './cache.ts';
import { BOOT_START, ESP_SIZE, ESP_START, embedBiosGrub, makeEfiGrub, ROOT_START } from './grub-image.ts';
import { runProgram } from './process.ts';

/** A Debian guest on one disk that every boot method finds its way into, and its kernel apart. Absolute paths. */
export interface GuestImage {
  readonly disk: string;
  readonly kernel: string;
  readonly initrd: string;
}

const TREE = new URL('../guest/', import.meta.url).pathname;
const TRIM = new URL('../root/', import.meta.url).pathname;
const RECIPE = 1;
const DISK_SECTORS = 4 * 1024 * 1024;
const PACKAGES = ['linux-image-amd64', 'initramfs-tools', 'systemd-sysv', 'udev', 'kmod', 'iproute2', 'zstd'];

/**
 * Builds the guest of a suite, or takes it out of the cache: GPT with BIOS boot partition (14), EFI system partition
 * (15) and root (1), as relight lays its disks out. Nothing is mounted for it.
 */
export async function prepareGuest(suite: string): Promise<GuestImage> {
  const archives = await readArchives();
  const options = await readAptOptions();
  const sources = sourceLines(archives, suite);
  const inputs = {
    RECIPE,
    DISK_SECTORS,
    PACKAGES,
    sources,
    options,
    tree: [...describeTree(TREE), ...describeTree(TRIM)],
  };
  const directory = await buildOnce(`guest-${suite}`, inputs, async (draft) => {
    const root = join(draft, 'root');
    const log = join(draft, 'build.log');
    await runProgram(
      [
        ...['mmdebstrap', '--variant=minbase', '--mode=root', '--architectures=amd64'],
        `--keyring=${archives.keyring}`,
        `--include=${PACKAGES.join(',')}`,
        ...options.map((option) => `--aptopt=${option}`),
        ...['doc', 'man', 'locale'].map((part) => `--dpkgopt=path-exclude=/usr/share/${part}/*`),
        `--customize-hook=${join(TREE, 'customize.sh')} "$1" ${join(TREE, 'tree')}`,
        ...[suite, root, ...sources],
      ],
      { log },
    );
    for (const prefix of ['vmlinuz', 'initrd.img']) {
      const found = readdirSync(join(root, 'boot')).find((name) => name.startsWith(`${prefix}-`));
      if (found === undefined) throw new Error(`the guest has no ${prefix} in /boot`);
      await runProgram(['cp', join(root, 'boot', found), join(draft, prefix)]);
    }
    await writeDisk(join(draft, 'guest.img'), root, draft);
    rmSync(root, { recursive: true });
  });
  return {
    disk: join(directory, 'guest.img'),
    kernel: join(directory, 'vmlinuz'),
    initrd: join(directory, 'initrd.img'),
  };
}

async function writeDisk(disk: string, root: string, draft: string): Promise<void> {
  await runProgram(['truncate', '-s', `${DISK_SECTORS * 512}`, disk]);
  const table = [
    'label: gpt',
    'first-lba: 2048',
    `${disk}14 : start=${BOOT_START}, size=2048, type=21686148-6449-6E6F-744E-656564454649`,
    `${disk}15 : start=${ESP_START}, size=${ESP_SIZE}, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B`,
    `${disk}1 : start=${ROOT_START}, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4`,
  ];
  await runProgram(['sfdisk', '-q', disk], { input: `${table.join('\n')}\n` });
  // The last 2048 sectors keep room for the second table.
  const blocks = (DISK_SECTORS - ROOT_START - 2048) / 8;
  const offset = `offset=${ROOT_START * 512}`;
  const make = ['mke2fs', '-q', '-t', 'ext4', '-b', '4096', '-L', 'root', '-d', root, '-E', offset];
  await runProgram([...make, '-F', disk, `${blocks}`]);
  await embedBiosGrub(disk, draft);
  await makeEfiGrub(disk, draft);
}
