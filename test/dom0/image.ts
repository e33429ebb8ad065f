import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readAptOptions, readArchives, sourceLines } from '../xen/lab/apt.ts';
import { buildOnce, describeTree } from '../xen/lab/cache.ts';
import { BOOT_START, embedBiosGrub, ROOT_START } from '../xen/lab/grub-image.ts';
import { runProgram } from '../xen/lab/process.ts';

const TREE = new URL('.', import.meta.url).pathname;
const RECIPE = 2;
const SECTORS = 12 * 1024 * 1024 * 2;
/** A server as the installer leaves it, without anything of Xen, LVM or relight; node is for relight itself. */
const PACKAGES =
  'linux-image-amd64 initramfs-tools grub-pc systemd-sysv udev kmod dbus ifupdown iproute2 iputils-ping nodejs ca-certificates debian-archive-keyring procps less'.split(
    ' ',
  );

/** Builds the disk of a fresh Debian machine, or takes it out of the cache. */
export async function prepareFreshDisk(suite: string): Promise<string> {
  const archives = await readArchives();
  const options = await readAptOptions();
  const sources = sourceLines(archives, suite);
  const tree = describeTree(join(TREE, 'tree'));
  const inputs = { RECIPE, SECTORS, PACKAGES, sources, options, tree };
  const directory = await buildOnce(`fresh-${suite}`, inputs, async (draft) => {
    const root = join(draft, 'root');
    await runProgram(
      [
        ...['mmdebstrap', '--variant=minbase', '--mode=root', '--architectures=amd64'],
        `--keyring=${archives.keyring}`,
        `--include=${PACKAGES.join(',')}`,
        '--skip=cleanup/apt/lists,cleanup/reproducible/machine-id',
        ...options.map((option) => `--aptopt=${option}`),
        ...['doc', 'man', 'locale'].map((part) => `--dpkgopt=path-exclude=/usr/share/${part}/*`),
        `--customize-hook=${join(TREE, 'customize.sh')} "$1" ${join(TREE, 'tree')}`,
        ...[suite, root, ...sources],
      ],
      { log: join(draft, 'build.log') },
    );
    await writeDisk(join(draft, 'disk.img'), root, draft);
    rmSync(root, { recursive: true });
  });
  return join(directory, 'disk.img');
}

/** GPT with a BIOS boot partition (14) and the root (1). Nothing is mounted for it. */
async function writeDisk(disk: string, root: string, draft: string): Promise<void> {
  await runProgram(['truncate', '-s', `${SECTORS * 512}`, disk]);
  const table = [
    'label: gpt',
    'first-lba: 2048',
    `${disk}14 : start=${BOOT_START}, size=2048, type=21686148-6449-6E6F-744E-656564454649`,
    `${disk}1 : start=${ROOT_START}, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4`,
  ];
  await runProgram(['sfdisk', '-q', disk], { input: `${table.join('\n')}\n` });
  const blocks = (SECTORS - ROOT_START - 2048) / 8;
  // GRUB of bookworm reads no ext4 with these features, and embedding finds the root by its label.
  const make = [
    'mke2fs',
    '-q',
    '-t',
    'ext4',
    '-O',
    '^metadata_csum_seed,^orphan_file',
    '-b',
    '4096',
    '-L',
    'root',
  ];
  await runProgram([...make, '-d', root, '-E', `offset=${ROOT_START * 512}`, '-F', disk, `${blocks}`]);
  await embedBiosGrub(disk, draft);
}
