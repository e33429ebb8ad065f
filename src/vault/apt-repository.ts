import { createHash } from 'node:crypto';
import { readStanzaField } from '../tools/apt.ts';
import { type VaultPackage, vaultLayout } from './manifest.ts';

/** Fields of an archive's index that say where it keeps the file; the vault keeps it elsewhere. */
const REPLACED = /^(?:Filename|MD5sum|SHA1|SHA512|Description-md5):/i;

/** A package of an archive's index: its stanza, and what the vault has to know of it. */
export interface IndexedPackage extends VaultPackage {
  readonly stanza: string;
}

/** Reads a stanza of a Packages index (deb822(5)); undefined when a field that is needed is missing or odd. */
export function readIndexedPackage(stanza: string): IndexedPackage | undefined {
  const field = (name: string) => readStanzaField(stanza, name) ?? '';
  const [name, version, architecture] = [field('Package'), field('Version'), field('Architecture')];
  const sha256 = field('SHA256');
  const size = Number(field('Size'));
  const isWhole = [name, version, architecture].every((text) => /^[\x21-\x7e]{1,200}$/.test(text));
  if (!isWhole || !/^[0-9a-f]{64}$/.test(sha256) || !Number.isInteger(size) || size <= 0) return undefined;
  return { name, version, architecture, sha256, size, stanza };
}

/** The Packages index of the vault's repository: the archive's stanzas, with the vault's own file names. */
export function renderPackagesIndex(packages: readonly IndexedPackage[]): string {
  const stanzas = packages.map(({ stanza, sha256 }) => {
    const kept = splitFields(stanza).filter((field) => !REPLACED.test(field));
    return [...kept, `Filename: ${vaultLayout.object(sha256)}`].join('\n');
  });
  return `${stanzas.join('\n\n')}\n`;
}

/**
 * The Release file (https://wiki.debian.org/DebianRepository/Format) over one uncompressed index. It bears the name of
 * Debian's suite: mmdebstrap asks apt for the essential packages of that archive or codename.
 */
export function renderRelease(suite: string, index: string, date: Date): string {
  const sum = createHash('sha256').update(index).digest('hex');
  return [
    'Origin: relight',
    'Label: relight vault',
    `Suite: ${suite}`,
    `Codename: ${suite}`,
    `Date: ${date.toUTCString()}`,
    'Architectures: amd64',
    'Components: main',
    'Description: packages of one guest, kept for its rebuild',
    'SHA256:',
    ` ${sum} ${Buffer.byteLength(index)} main/binary-amd64/Packages`,
    '',
  ].join('\n');
}

/** Lines that begin with a space continue the field before. */
function splitFields(stanza: string): string[] {
  return stanza.trim().split(/\n(?![ \t])/);
}
