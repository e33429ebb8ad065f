import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArchives, sourceLines } from './apt.ts';
import { buildOnce, describeTree } from './cache.ts';
import { runProgram } from './process.ts';

const PROGRAM = new URL('../../../dist/relight.mjs', import.meta.url).pathname;
const TREE = new URL('../root/', import.meta.url).pathname;
/** Changes with the form of stores and with the way in which images are baked. */
const RECIPE = 1;
const SITE = `relight: 1
host: { hypervisor: qemu }
networks: { lan: { mode: bridge, bridge: xenbr0 } }
`;

/** Small and quick to boot under emulation: trimmed as the root of the other scenarios is, by a command of its own. */
function describeImage(suite: string): string {
  return `suite: ${suite}
packages: [sudo]
files:
  - { from: files/trim.sh, to: /usr/local/sbin/lab-trim }
  - { text: "Baked.\\n", to: /etc/motd }
run: ["sh /usr/local/sbin/lab-trim /", "rm /usr/local/sbin/lab-trim"]
`;
}

/**
 * A standard image as `relight image push` leaves it in a directory, with the fingerprint of its key in the file `key`:
 * baked on this machine by the real mmdebstrap, for which dom0 would take most of half an hour. Needs `npm run build`.
 */
export async function prepareStandardImage(suite: string): Promise<string> {
  const image = describeImage(suite);
  const sources = sourceLines(await readArchives(), suite);
  return buildOnce(`image-${suite}`, { RECIPE, image, sources, tree: describeTree(TREE) }, async (draft) => {
    const site = join(draft, 'site');
    const state = join(draft, 'state');
    for (const name of ['images', 'files', 'domus']) mkdirSync(join(site, name), { recursive: true });
    writeFileSync(join(site, 'site.yaml'), SITE);
    writeFileSync(join(site, 'images/base.yaml'), image);
    copyFileSync(join(TREE, 'trim.sh'), join(site, 'files/trim.sh'));
    const relight = (...words: string[]) =>
      runProgram(['env', `RELIGHT_STATE=${state}`, process.execPath, PROGRAM, 'image', ...words], {
        log: join(draft, 'build.log'),
      });
    await relight('bake', 'base', '--site', site);
    await relight('push', 'base', join(draft, 'store'));
    const { stdout } = await relight('key');
    writeFileSync(join(draft, 'store/key'), `${stdout.slice(0, 64)}\n`);
    for (const path of [state, site]) rmSync(path, { recursive: true });
  }).then((directory) => join(directory, 'store'));
}
