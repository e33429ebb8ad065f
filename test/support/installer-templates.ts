import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseUdebs } from '../../src/host/udebs.ts';
import { findComponentSuite } from '../../src/run/netboot/check-udebs.ts';
import { ask } from '../../src/run/netboot/http.ts';
import { mapInParallel } from '../../src/run/parallel.ts';
import { readArchives } from '../xen/lab/apt.ts';
import { buildOnce } from '../xen/lab/cache.ts';
import type { LookalikeSuite } from './netinst-packages.ts';

const LARGEST = 64 * 1024 ** 2;
const AT_ONCE = 8;

/** The fields of a template, by name: `Template`, `Type`, `Default`. */
export type Template = ReadonlyMap<string, string>;

/** The templates of all components that an initrd holds, by the question's name. */
export function readInitrdTemplates(initrd: string): Map<string, Template> {
  const directory = mkdtempSync(join(tmpdir(), 'relight-templates-'));
  try {
    const archive = execFileSync('gzip', ['-dc', initrd], { maxBuffer: 1 << 30 });
    const patterns = ['var/lib/dpkg/info/*.templates', './var/lib/dpkg/info/*.templates'];
    execFileSync('cpio', ['-idm', '--quiet', ...patterns], { cwd: directory, input: archive });
    return readFolder(join(directory, 'var/lib/dpkg/info'));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The same of components that the installer fetches, as far as the mirror has them, and which it has. */
export async function fetchComponentTemplates(
  suite: LookalikeSuite,
  names: readonly string[],
): Promise<{ readonly found: readonly string[]; readonly templates: Map<string, Template> }> {
  const folder = await buildOnce('installer-templates', { suite, names }, async (directory) => {
    const mirror = (await readArchives()).debian;
    const other = await findComponentSuite(mirror, suite, undefined);
    const index = await ask(
      `${mirror}/dists/${other}/main/debian-installer/binary-amd64/Packages.gz`,
      undefined,
      LARGEST,
    );
    const udebs = parseUdebs(gunzipSync(index.body).toString('utf8')).filter(({ name }) =>
      names.includes(name),
    );
    mkdirSync(join(directory, 'templates'));
    await mapInParallel(udebs, AT_ONCE, async ({ name, filename }) => {
      const { status, body } = await ask(`${mirror}/${filename}`, undefined, LARGEST);
      if (status !== 200) return;
      const udeb = join(directory, `${name}.udeb`);
      writeFileSync(udeb, body);
      // A component without questions has no such file, and counts as found.
      const shown = spawnSync('dpkg-deb', ['--info', udeb, 'templates'], { encoding: 'utf8' });
      writeFileSync(
        join(directory, 'templates', `${name}.templates`),
        shown.status === 0 ? shown.stdout : '',
      );
      rmSync(udeb);
    });
  });
  const templates = join(folder, 'templates');
  return {
    found: readdirSync(templates).map((file) => file.replace(/\.templates$/, '')),
    templates: readFolder(templates),
  };
}

function readFolder(folder: string): Map<string, Template> {
  const templates = new Map<string, Template>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.templates'))) {
    for (const stanza of readFileSync(join(folder, file), 'utf8').split(/\n\s*\n/)) {
      const fields = [...stanza.matchAll(/^(Template|Type|Default):[ \t]*(.*)$/gm)];
      const values = new Map(fields.toReversed().map(([, key = '', value = '']) => [key, value.trim()]));
      const name = values.get('Template');
      if (name !== undefined) templates.set(name, values);
    }
  }
  return templates;
}
