import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort } from './free-port.ts';

/** A registry of one's own: Debian's docker-registry on a free port of 127.0.0.1, its blobs below `directory`. */
export interface TestRegistry {
  readonly port: number;
  /** Where it keeps what was pushed. */
  readonly storage: string;
  readonly stop: () => Promise<void>;
}

/** @param users lines of htpasswd(1), by bcrypt, for a registry that asks for a login */
export async function startRegistry(directory: string, users?: string): Promise<TestRegistry> {
  const port = await findFreePort();
  const storage = join(directory, users === undefined ? 'registry' : 'locked-registry');
  mkdirSync(storage, { recursive: true });
  const config = [
    'version: 0.1',
    'log: { level: error }',
    `storage: { filesystem: { rootdirectory: ${storage} } }`,
    `http: { addr: "127.0.0.1:${port}" }`,
    ...(users === undefined ? [] : [`auth: { htpasswd: { realm: images, path: ${storage}.users } }`]),
    '',
  ].join('\n');
  const path = `${storage}.yml`;
  writeFileSync(path, config);
  if (users !== undefined) writeFileSync(`${storage}.users`, users);
  const child = spawn('docker-registry', ['serve', path], { stdio: 'ignore' });
  await waitUntilReady(port, child);
  return {
    port,
    storage,
    stop: () =>
      new Promise((done) => {
        child.once('exit', () => done());
        child.kill('SIGKILL');
      }),
  };
}

async function waitUntilReady(port: number, child: ChildProcess): Promise<void> {
  for (let count = 0; count < 300; count += 1) {
    if (child.exitCode !== null) throw new Error(`docker-registry ended with status ${child.exitCode}`);
    const answer = await fetch(`http://127.0.0.1:${port}/v2/`).catch(() => undefined);
    if (answer?.ok === true || answer?.status === 401) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('docker-registry does not answer');
}
