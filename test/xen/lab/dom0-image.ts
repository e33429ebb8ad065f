import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readAptOptions, readArchives, sourceLines } from './apt.ts';
import { buildOnce, describeTree } from './cache.ts';
import { FLAVOURS, type FlavourName } from './flavours.ts';
import { runProgram } from './process.ts';

/** Everything that QEMU needs to boot a dom0: absolute paths. */
export interface Dom0Image {
  readonly disk: string;
  readonly hypervisor: string;
  readonly kernel: string;
  readonly initrd: string;
}

const TREE = new URL('../dom0/', import.meta.url).pathname;
/** Raised when the way of building changes without a change of its inputs. */
const RECIPE = 1;
const DISK_SIZE = '12G';

/** Builds the dom0 of a flavour, or takes it out of the cache. About two minutes when the cache is empty. */
export async function prepareDom0(name: FlavourName): Promise<Dom0Image> {
  const flavour = FLAVOURS[name];
  const archives = await readArchives();
  const options = await readAptOptions();
  const sources = sourceLines(archives, flavour.suite);
  const inputs = { RECIPE, DISK_SIZE, flavour, sources, options, tree: describeTree(TREE) };
  const directory = await buildOnce(`dom0-${name}`, inputs, async (draft) => {
    const root = join(draft, 'root');
    const log = join(draft, 'build.log');
    const node = flavour.copyNode ? process.execPath : '';
    const hook = [join(TREE, 'customize.sh'), '"$1"', join(TREE, 'tree'), flavour.xen, `'${node}'`];
    await runProgram(
      [
        'mmdebstrap',
        '--variant=minbase',
        '--mode=root',
        '--architectures=amd64',
        `--keyring=${archives.keyring}`,
        `--include=${flavour.packages.join(',')}`,
        // relight reads the archives out of apt's lists, as on a machine that has been updated.
        '--skip=cleanup/apt/lists,cleanup/reproducible/machine-id',
        ...options.map((option) => `--aptopt=${option}`),
        ...['doc', 'man', 'locale'].map((part) => `--dpkgopt=path-exclude=/usr/share/${part}/*`),
        `--customize-hook=${hook.join(' ')} '${archives.debian}'`,
        flavour.suite,
        root,
        ...sources,
      ],
      { log },
    );
    await takeBootFiles(root, draft, flavour.xen);
    await runProgram(['mke2fs', '-q', '-t', 'ext4', '-d', root, join(draft, 'dom0.img'), DISK_SIZE], { log });
    rmSync(root, { recursive: true });
  });
  return {
    disk: join(directory, 'dom0.img'),
    hypervisor: join(directory, 'xen.elf'),
    kernel: join(directory, 'vmlinuz'),
    initrd: join(directory, 'initrd.img'),
  };
}

/** Copies the files that QEMU hands to the hypervisor: QEMU loads Xen as a multiboot kernel, without a boot loader. */
async function takeBootFiles(root: string, target: string, xen: string): Promise<void> {
  const boot = join(root, 'boot');
  const names = readdirSync(boot);
  writeFileSync(join(target, 'xen.elf'), gunzipSync(readFileSync(join(boot, `xen-${xen}-amd64.gz`))));
  for (const [prefix, file] of [
    ['vmlinuz-', 'vmlinuz'],
    ['initrd.img-', 'initrd.img'],
  ] as const) {
    const found = names.find((name) => name.startsWith(prefix));
    if (found === undefined) throw new Error(`the dom0 has no ${prefix} in /boot`);
    await runProgram(['cp', join(boot, found), join(target, file)]);
  }
}
