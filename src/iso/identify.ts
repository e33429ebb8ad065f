import { uniquePaths } from './boot-menu.ts';
import { readTextFile } from './content.ts';
import type { IsoImage } from './image.ts';
import type { MenuEntry } from './menu-types.ts';
import { listPath } from './walk.ts';

export type ImageKind = 'netinst' | 'dvd' | 'cd' | 'blu-ray' | 'mini' | 'live' | 'source' | 'unknown';

/** What an image is, as far as its own files say. */
export interface Identity {
  readonly distribution: 'Debian' | 'Ubuntu' | 'other';
  readonly kind: ImageKind;
  /** Such as `13.1.0`. */
  readonly version: string | undefined;
  /** Such as `trixie`. */
  readonly codename: string | undefined;
  /** Debian's names: `amd64`, `i386`, `arm64`; several for a multi-arch image. */
  readonly architectures: readonly string[];
  /** The text of .disk/info. */
  readonly diskInfo: string | undefined;
  /** Kernels and initrds that the menus start and the image has. */
  readonly kernels: readonly string[];
  readonly initrds: readonly string[];
}

const LONGEST_INFO = 500;

/** Finds out what an image is from .disk, dists, and the directories that live and Ubuntu images have. */
export async function identifyImage(image: IsoImage, menus: readonly MenuEntry[]): Promise<Identity> {
  const names = new Set((await listPath(image, '/')).map((entry) => entry.name));
  const diskInfo = await readInfo(image);
  const release = await readRelease(image);
  const kernels = await keepExisting(
    image,
    menus.map((entry) => entry.kernel),
  );
  const initrds = await keepExisting(
    image,
    menus.flatMap((entry) => entry.initrds),
  );
  const found = parseDiskInfo(diskInfo ?? '');
  const distribution = findDistribution(diskInfo, release.get('origin'), names);
  const kind = findKind(found.media, names, kernels);
  return {
    distribution: distribution === 'other' && isMini(kind, kernels) ? 'Debian' : distribution,
    kind,
    version: found.version ?? release.get('version'),
    codename: (release.get('codename') ?? found.codename)?.toLowerCase(),
    architectures:
      found.architectures ?? splitWords(release.get('architectures')) ?? guessArchitectures(names),
    diskInfo,
    kernels,
    initrds,
  };
}

async function readInfo(image: IsoImage): Promise<string | undefined> {
  const text =
    (await readTextFile(image, '/.disk/info', 4096)) ?? (await readTextFile(image, '/.disk/mini-info', 4096));
  return text?.trim().slice(0, LONGEST_INFO);
}

/** The first fields of the first dists/SUITE/Release, by lower-case name. */
async function readRelease(image: IsoImage): Promise<Map<string, string>> {
  const fields = new Map<string, string>();
  for (const entry of await listPath(image, '/dists', 50)) {
    if (entry.kind !== 'directory') continue;
    const text = await readTextFile(image, `${entry.path}/Release`);
    if (text === undefined) continue;
    for (const line of text.slice(0, 4096).split('\n')) {
      const colon = line.indexOf(':');
      if (colon > 0 && !line.startsWith(' ')) {
        fields.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
      }
    }
    break;
  }
  return fields;
}

interface DiskInfo {
  readonly version: string | undefined;
  readonly codename: string | undefined;
  readonly media: string;
  readonly architectures: readonly string[] | undefined;
}

/** `Debian GNU/Linux 13.1.0 "Trixie" - Official amd64 NETINST with firmware 20250906-10:23` (start_new_disc). */
function parseDiskInfo(text: string): DiskInfo {
  const match = /^\S+(?: \S+)?? ([0-9][0-9.]*)[^"_]{0,40}["_](\w+)[^"_]{0,40}["_] - \w+ (\S+) (.{0,60})/.exec(
    text,
  );
  return {
    version: match?.[1],
    codename: match?.[2],
    architectures: match?.[3]?.split('/').filter((name) => /^[a-z0-9-]+$/.test(name)),
    media: `${match?.[3] ?? ''} ${match?.[4] ?? ''}`,
  };
}

function findDistribution(
  info: string | undefined,
  origin: string | undefined,
  names: ReadonlySet<string>,
): Identity['distribution'] {
  if (names.has('casper') || /^Ubuntu/i.test(info ?? '') || origin === 'Ubuntu') return 'Ubuntu';
  if (origin === 'Debian' || /^Debian\b/.test(info ?? '')) return 'Debian';
  return 'other';
}

function findKind(media: string, names: ReadonlySet<string>, kernels: readonly string[]): ImageKind {
  if (names.has('live') || names.has('casper')) return 'live';
  if (/source/i.test(media)) return 'source';
  if (/NETINST/.test(media)) return 'netinst';
  if (/\b(DL)?BD\b/.test(media)) return 'blu-ray';
  if (/\b(DL)?DVD\b/.test(media)) return 'dvd';
  if (/\bCD\b/.test(media)) return 'cd';
  const isInRoot = kernels.includes('/linux') && names.has('initrd.gz');
  return isInRoot && !names.has('pool') ? 'mini' : 'unknown';
}

/** A mini image says nothing of its origin but for the layout that only debian-installer makes. */
function isMini(kind: ImageKind, kernels: readonly string[]): boolean {
  return kind === 'mini' && kernels.length > 0;
}

function splitWords(text: string | undefined): string[] | undefined {
  return text?.split(/\s+/).filter((word) => word !== '');
}

const INSTALL_DIRECTORIES: Readonly<Record<string, string>> = {
  'install.amd': 'amd64',
  'install.386': 'i386',
  'install.a64': 'arm64',
  'install.ppc': 'ppc64el',
};

function guessArchitectures(names: ReadonlySet<string>): string[] {
  return [...names].flatMap((name) => INSTALL_DIRECTORIES[name] ?? []);
}

/** Keeps, once each, the paths that are files of the image. */
async function keepExisting(image: IsoImage, paths: readonly string[]): Promise<string[]> {
  const kept: string[] = [];
  for (const path of uniquePaths(paths).slice(0, 50)) {
    const directory = path.slice(0, path.lastIndexOf('/')) || '/';
    const entries = await listPath(image, directory);
    if (entries.some((entry) => entry.path === path && entry.kind === 'file')) kept.push(path);
  }
  return kept;
}
