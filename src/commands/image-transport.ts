import { statePaths } from '../host/paths.ts';
import { parseRemoteName } from '../image/remote-name.ts';
import { fingerprintKey, openSignedIndex } from '../image/signed-index.ts';
import { EXIT, type ExitStatus } from '../report/failure.ts';
import { makeFailure } from '../report/make-failure.ts';
import { openImageStore } from '../run/image-store.ts';
import { choosePaths } from '../run/probe-host.ts';
import { openImageKeys, readFingerprint } from '../run/remote/keys.ts';
import { withImageStoreLock } from '../run/remote/lock.ts';
import { pullImage } from '../run/remote/pull.ts';
import { pushImage, type TransferResult } from '../run/remote/push.ts';
import { openRemote } from '../run/remote/remote.ts';
import { createRunner } from '../run/runner-spawn.ts';
import type { CommandContext } from './context.ts';

export interface TransportOptions {
  readonly store?: string;
  readonly key?: readonly string[];
  readonly json?: boolean;
  /** `file:PATH` or `env:NAME`: the login of a registry. */
  readonly login?: string;
  /** False: the store here gets no unpacked copies. */
  readonly unpacked?: boolean;
}

/** The version of the JSON that these commands print. */
const JSON_VERSION = 1;

/** `relight image push NAME PLACE` */
export async function runImagePush(
  context: CommandContext,
  image: string,
  place: string,
  options: TransportOptions,
): Promise<ExitStatus> {
  const { keys, directory, environment, signal, access } = open(context, options);
  const name = parseRemoteName(place);
  if (name.kind === 'web') {
    throw makeFailure(EXIT.usage, 'RL1624', { place });
  }
  const push = async () => {
    const store = openImageStore(directory, createRunner({ environment, signal }));
    return pushImage({ store, image, keys, remote: openRemote(name, access), say: context.say });
  };
  const result =
    name.kind === 'directory'
      ? await withImageStoreLock(name.path, { command: 'relight image push', environment }, push)
      : await push();
  report(context, options, { ...result, place, key: fingerprintKey(keys.own().publicBytes) });
  return EXIT.done;
}

/** `relight image pull PLACE [NAME]` */
export async function runImagePull(
  context: CommandContext,
  place: string,
  image: string | undefined,
  options: TransportOptions,
): Promise<ExitStatus> {
  const { keys, directory, environment, signal, access } = open(context, options);
  const remote = openRemote(parseRemoteName(place), access);
  const trusted = [...keys.listTrusted(), ...(options.key ?? []).map(readFingerprint)];
  const result = await withImageStoreLock(
    directory,
    { command: 'relight image pull', environment },
    async () => {
      const runner = createRunner({ environment, signal });
      const store = openImageStore(directory, runner, options.unpacked === false);
      return pullImage({ store, runner, remote, image, trusted, say: context.say, now: () => new Date() });
    },
  );
  report(context, options, { ...result, place });
  return EXIT.done;
}

/** `relight image remote PLACE`: what a place has, when its signature is good. */
export async function runImageRemote(
  context: CommandContext,
  place: string,
  options: TransportOptions,
): Promise<ExitStatus> {
  const { keys, access } = open(context, options);
  const trusted = [...keys.listTrusted(), ...(options.key ?? []).map(readFingerprint)];
  const text = await openRemote(parseRemoteName(place), access).readIndex();
  if (text === undefined) {
    throw makeFailure(EXIT.invalid, 'RL1620', { place });
  }
  const { images } = openSignedIndex(text, place, trusted);
  if (options.json === true) {
    context.print(`${JSON.stringify({ version: JSON_VERSION, place, images }, undefined, 2)}\n`);
  } else {
    for (const { name, manifest, added } of images) {
      context.print(`${name}@${manifest.slice(0, 12)}  ${added.slice(0, 16)}Z\n`);
    }
  }
  return EXIT.done;
}

/** `relight image key`: the fingerprint of this machine's key, made when there is none; or trust another's. */
export async function runImageKey(
  context: CommandContext,
  options: { readonly trust?: string; readonly json?: boolean },
): Promise<ExitStatus> {
  const { keys } = open(context, {});
  if (options.trust !== undefined) keys.trust(options.trust);
  const own = fingerprintKey(keys.own().publicBytes);
  const trusted = keys.listTrusted();
  if (options.json === true)
    context.print(`${JSON.stringify({ version: JSON_VERSION, own, trusted }, undefined, 2)}\n`);
  else context.print(trusted.map((each) => `${each}  ${each === own ? 'own' : 'trusted'}\n`).join(''));
  return EXIT.done;
}

function open(context: CommandContext, options: { readonly store?: string; readonly login?: string }) {
  const { environment, signal } = context;
  const paths = choosePaths('qemu', context.environment);
  return {
    keys: openImageKeys(statePaths.imageKeys(paths)),
    directory: options.store ?? statePaths.images(paths),
    environment,
    signal,
    access: { environment, signal, login: options.login },
  };
}

function report(
  context: CommandContext,
  options: TransportOptions,
  result: TransferResult & { readonly place: string; readonly key?: string },
): void {
  if (options.json === true) {
    context.print(`${JSON.stringify({ version: JSON_VERSION, ...result }, undefined, 2)}\n`);
    return;
  }
  const { name, hash, files, moved, place, key } = result;
  const signed = key === undefined ? '' : `; signed by ${key}`;
  const verb = key === undefined ? 'fetched from' : 'sent to';
  context.print(`${name}@${hash.slice(0, 12)}: ${moved} of ${files} files ${verb} ${place}${signed}\n`);
}
