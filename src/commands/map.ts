import { statePaths } from '../host/paths.ts';
import { drawMap, type MapReality } from '../plan/map/model.ts';
import { renderMapSvg } from '../render/map-svg.ts';
import { renderMapText } from '../render/map-text.ts';
import { EXIT, type ExitStatus } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';
import { defaultStorage } from '../resources/volume.ts';
import { describeErrno, writeFileAtomically } from '../run/files.ts';
import { chooseHypervisor, choosePaths } from '../run/probe-host.ts';
import { probeNetwork } from '../run/probe-network.ts';
import { createRunner } from '../run/runner-spawn.ts';
import { openVolumeStore } from '../run/volumes/store.ts';
import type { Site } from '../spec/types.ts';
import { parseXlListLong, XL_LIST_LONG_ARGV } from '../tools/xl.ts';
import type { CommandContext } from './context.ts';
import { loadDom0Site } from './dom0-host.ts';

export interface MapOptions {
  readonly site?: string;
  readonly output?: string;
  readonly json?: boolean;
  /** Draw the site alone, without looking at this machine. */
  readonly spec?: boolean;
}

/** `relight map`: networks, guests and disks of this dom0 as a picture, of the site and of what is really there. */
export async function runMap(context: CommandContext, options: MapOptions): Promise<ExitStatus> {
  const site = loadDom0Site(context, options);
  const nothing: MapReality = { network: undefined, domains: undefined, volumes: undefined };
  const map = drawMap(site, options.spec === true ? nothing : await lookAround(context, site));
  if (options.output !== undefined) {
    const path = options.output.startsWith('/')
      ? options.output
      : `${context.workingDirectory}/${options.output}`;
    try {
      writeFileAtomically(path, renderMapSvg(map), 0o644);
    } catch (error) {
      throw makeFailure(EXIT.failed, 'RL0912', { path, detail: describeErrno(error) });
    }
    context.say(`${path} is written.\n`);
  }
  if (options.json === true) context.print(`${JSON.stringify({ version: 1, ...map }, undefined, 2)}\n`);
  else if (options.output === undefined) context.print(renderMapText(map));
  return EXIT.done;
}

/** What this machine has. A part that cannot be read is said so and left out, never guessed. */
async function lookAround(context: CommandContext, site: Site): Promise<MapReality> {
  const runner = createRunner({ environment: context.environment, signal: context.signal });
  const hypervisor = chooseHypervisor(site.host);
  const paths = choosePaths(hypervisor, context.environment);
  const attempt = async <T>(what: string, look: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await look();
    } catch (error) {
      context.say(`${what} not looked at: ${error instanceof Error ? error.message : String(error)}\n`);
      return undefined;
    }
  };
  const network = await attempt('networks', () =>
    probeNetwork({
      ...{ runner, at: { etc: '/etc' }, change: statePaths.networkChange(paths) },
      ...{ sysctls: [], addresses: [] },
    }),
  );
  const domains =
    hypervisor === 'xl'
      ? await attempt('guests', async () => {
          const result = await runner.run({ argv: XL_LIST_LONG_ARGV, deadlineSeconds: 60 });
          return parseXlListLong(result.stdout);
        })
      : undefined;
  const volumes = await attempt('disks', async () => {
    const stored = await openVolumeStore(site.host.storage ?? defaultStorage(paths), runner).list();
    return stored.map((volume) => ({ name: volume.name, guest: volume.tags?.domu }));
  });
  return { network, domains, volumes };
}
