import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { runProgram } from '../xen/lab/process.ts';
import { RELEASE_NUMBER } from './netinst-packages.ts';
import { type NetinstTree, put } from './netinst-tree.ts';
import type { CdUdebs } from './netinst-udebs.ts';

/** A pool with two packages, the installer's components where they are given, and the indices, as debian-cd lays it out. */
export async function writePool(tree: NetinstTree, udebs: CdUdebs | undefined): Promise<void> {
  const release = join(tree.disc, 'dists', tree.suite);
  const indices = new Map([['main/binary-amd64/Packages', (await copyDebs(tree)).join('\n')]]);
  if (udebs !== undefined) {
    const stanzas = copyUdebs(tree, udebs);
    indices.set('main/debian-installer/binary-amd64/Packages', `${stanzas.join('\n\n')}\n`);
  }
  for (const [path, text] of indices) put(join(release, path), text);
  const fields = [
    'Origin: Debian',
    'Label: Debian',
    'Suite: stable',
    `Version: ${RELEASE_NUMBER[tree.suite]}.1`,
  ];
  fields.push(`Codename: ${tree.suite}`, 'Architectures: amd64', 'Components: main', 'SHA256:');
  const sums = [...indices].map(([path, text]) => {
    const hash = createHash('sha256').update(text).digest('hex');
    return ` ${hash} ${Buffer.byteLength(text)} ${path}`;
  });
  put(join(release, 'Release'), `${[...fields, ...sums].join('\n')}\n`);
  symlinkSync(tree.suite, join(tree.disc, 'dists/stable'));
}

async function copyDebs(tree: NetinstTree): Promise<string[]> {
  const debs = join(tree.packages, 'debs');
  const stanzas: string[] = [];
  for (const name of readdirSync(debs).sort()) {
    if (!/^(hostname|debian-archive-keyring)_/.test(name)) continue;
    const source = name.replace(/_.*/, '');
    const path = `pool/main/${source.slice(0, 1)}/${source}/${name}`;
    copyInto(tree, join(debs, name), path);
    const content = readFileSync(join(debs, name));
    const control = (await runProgram(['dpkg-deb', '-f', join(debs, name)])).stdout.trimEnd();
    const hash = createHash('sha256').update(content).digest('hex');
    stanzas.push(`${control}\nFilename: ${path}\nSize: ${content.length}\nSHA256: ${hash}\n`);
  }
  return stanzas;
}

/** With the archive's own entries for them. */
function copyUdebs(tree: NetinstTree, { directory, pool }: CdUdebs): string[] {
  const sorted = [...pool].sort((left, right) => (left.filename < right.filename ? -1 : 1));
  for (const { filename } of sorted) copyInto(tree, join(directory, basename(filename)), filename);
  return sorted.map(({ stanza }) => stanza.trim());
}

function copyInto({ disc }: NetinstTree, from: string, path: string): void {
  mkdirSync(join(disc, dirname(path)), { recursive: true });
  cpSync(from, join(disc, path));
}
