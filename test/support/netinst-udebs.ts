import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseUdebs, planComponents, type Udeb } from '../../src/host/udebs.ts';
import { ask } from '../../src/run/netboot/http.ts';
import { mapInParallel } from '../../src/run/parallel.ts';
import { readArchives } from '../xen/lab/apt.ts';
import { buildOnce } from '../xen/lab/cache.ts';
import type { LookalikeSuite } from './netinst-packages.ts';

/** The components of an installer that lies on a CD, in one directory. */
export interface CdUdebs {
  readonly directory: string;
  /** Of the kernel whose modules the archive has. */
  readonly kernelVersion: string;
  /** Those of the initrd that network boot does not have, and those of both that are for this kernel. */
  readonly initrd: readonly Udeb[];
  /** Those of the pool, with their stanzas in the archive's index. */
  readonly pool: readonly (Udeb & { readonly stanza: string })[];
  /** In the archive's index, yet not in the archive. */
  readonly lost: readonly Udeb[];
}

/** build/pkg-lists/cdrom of debian-installer 20250803: what comes to the common base, and kernel modules. */
const INITRD = ['cdrom-detect', 'cdrom-retriever', 'load-cdrom', 'cdrom-checker'];
const INITRD_MODULES =
  'fat isofs cdrom-core input fb usb serial usb-serial uinput usb-storage scsi-core scsi-common scsi mmc acpi ata sata ' +
  'pata crypto fb drm-core mmc-core kernel-image';
/** What debian-cd puts on a netinst by name (.disk/udeb_include), and what installer components ask for by name. */
const ON_DISC = [
  ...['netcfg', 'ethdetect', 'pcmciautils-udeb', 'apt-mirror-setup', 'apt-cdrom-setup', 'choose-mirror'],
  ...['eject-udeb', 'network-preseed'],
];
const LARGEST = 64 * 1024 ** 2;
const AT_ONCE = 4;

/**
 * Fetches them from this machine's archive. `installed`: what the initrd has besides.
 * @throws Error naming what the archive does not have
 */
export async function fetchCdUdebs(suite: LookalikeSuite, installed: readonly Udeb[]): Promise<CdUdebs> {
  const { debian } = await readArchives();
  const fetchFile = async (path: string) => {
    const { status, body } = await ask(`${debian}/${path}`, undefined, LARGEST);
    if (status !== 200) throw new Error(`the archive has no ${path}: status ${status}`);
    return body;
  };
  const index = `dists/${suite}/main/debian-installer/binary-amd64/Packages.gz`;
  const text = gunzipSync(await fetchFile(index)).toString('utf8');
  const stanzas = new Map(
    text.split(/\n{2,}/).map((stanza) => [/^Filename: (.*)$/m.exec(stanza)?.[1] ?? '', stanza]),
  );
  const udebs = parseUdebs(text);
  const kernelVersion = await findKernel(udebs, debian);
  const usable = udebs.filter((udeb) => (udeb.kernelVersion ?? kernelVersion) === kernelVersion);
  const modules = new Set(INITRD_MODULES.split(' ').map(nameModules(kernelVersion)));
  const initrd = usable.filter(({ name }) => INITRD.includes(name) || modules.has(name));
  // What anna takes of its own accord, and what stands in the place of a priority here.
  const named = usable.map((udeb) =>
    ON_DISC.includes(udeb.name) ? { ...udeb, priority: 'standard' } : udeb,
  );
  const { wanted } = planComponents(named, [...installed, ...initrd], kernelVersion);
  const isThere = await mapInParallel(wanted, AT_ONCE, ({ filename }) =>
    isInArchive(`${debian}/${filename}`),
  );
  const pool = wanted
    .filter((_, at) => isThere[at] === true)
    .map((udeb) => ({ ...udeb, stanza: stanzas.get(udeb.filename) ?? '' }));
  const lost = wanted.filter((_, at) => isThere[at] === false);
  const paths = [...new Set([...initrd, ...pool].map(({ filename }) => filename))].sort();
  const directory = await buildOnce('cd-udebs', { suite, paths }, async (draft) => {
    mkdirSync(draft, { recursive: true });
    await mapInParallel(paths, AT_ONCE, async (path) => {
      const content = await fetchFile(path);
      const hash = createHash('sha256').update(content).digest('hex');
      if (stanzas.get(path)?.includes(hash) !== true) throw new Error(`${path} is not what the index says`);
      writeFileSync(join(draft, basename(path)), content);
    });
  });
  return { directory, kernelVersion, initrd, pool, lost };
}

const nameModules = (version: string) => (name: string) =>
  name === 'kernel-image' ? `${name}-${version}-di` : `${name}-modules-${version}-di`;

/** A mirror between two point releases names kernels that it does not have. */
async function findKernel(udebs: readonly Udeb[], debian: string): Promise<string> {
  const images = udebs.filter(({ name }) => name.startsWith('kernel-image-'));
  const newest = images.sort((left, right) =>
    right.version.localeCompare(left.version, 'en', { numeric: true }),
  );
  for (const { filename, kernelVersion } of newest) {
    if (kernelVersion !== undefined && (await isInArchive(`${debian}/${filename}`))) return kernelVersion;
  }
  throw new Error('the archive has no kernel for the installer');
}

async function isInArchive(url: string): Promise<boolean> {
  const { status } = await ask(url, undefined, LARGEST, { headers: { range: 'bytes=0-0' } });
  return status === 200 || status === 206;
}
