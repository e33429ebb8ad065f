import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CacheFacts } from '../../src/host/cache-facts.ts';
import type { MirrorFacts } from '../../src/host/facts.ts';
import { renderBackends } from '../../src/plan/dom0/cache.ts';
import { type CacheService, findCacheFaults, planCacheClean } from '../../src/plan/dom0/cache-faults.ts';
import { probeCache } from '../../src/run/cache/probe.ts';
import { openSeenFiles } from '../../src/run/cache/seen.ts';
import { probeMirrors } from '../../src/run/probe-host.ts';
import { requireSuccess } from '../../src/run/runner.ts';
import { createRunner } from '../../src/run/runner-spawn.ts';
import type { StepContext } from '../../src/run/steps/context.ts';
import { performStep } from '../../src/run/steps/perform.ts';
import { buildAptUpdateArgv, renderAptConf } from '../../src/tools/apt.ts';
import { buildMaintenanceArgv, renderAcngSettings } from '../../src/tools/apt-cacher-ng.ts';

const SUITE = 'trixie';
const DAEMON = '/usr/sbin/apt-cacher-ng';

/** A real apt-cacher-ng on loopback, with settings, cache and logs of its own; this machine's service is not touched. */
describe('a real package cache, broken in five ways', () => {
  const folder = mkdtempSync(join(tmpdir(), 'relight-cache-'));
  const place = (name: string) => join(folder, name);
  const runner = createRunner({ environment: process.env });
  const run = (argv: readonly string[], environment: Record<string, string> = {}) =>
    execFileSync(argv[0] ?? '', argv.slice(1), {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const user = {
    uid: Number(run(['id', '-u', 'apt-cacher-ng'])),
    gid: Number(run(['id', '-g', 'apt-cacher-ng'])),
  };
  const pid = ['--pidfile', place('pid')];
  const service: CacheService = {
    stop: ['start-stop-daemon', '--stop', '--oknodo', '--retry', '10', ...pid],
    start: [
      'sh',
      '-c',
      'rm -f "$1"; start-stop-daemon --start --background --make-pidfile --pidfile "$2" --chuid apt-cacher-ng --exec "$3" -- -c "$4" || exit 1; n=0; until [ -S "$1" ]; do n=$((n+1)); [ $n -lt 300 ] || exit 1; sleep 0.1; done',
      'start',
      place('cache/socket'),
      place('pid'),
      DAEMON,
      place('config'),
    ],
  };
  let mirrors: MirrorFacts;
  let proxy: string;
  let deb = '';

  const probe = async (deep = false): Promise<CacheFacts> => {
    const seen = openSeenFiles(place('seen.json'), deep);
    const config = place('config');
    const facts = await probeCache({ runner, config, proxy, mirrors, suite: SUITE, seen });
    if (facts === undefined) throw new Error('there is no cache');
    return facts;
  };
  const faultsOf = (facts: CacheFacts) => findCacheFaults(facts, mirrors, renderBackends);
  const clean = async (facts: CacheFacts) => {
    const context = {
      runner,
      secrets: { resolve: (content: unknown) => content },
      listener: { progress: () => undefined, console: () => undefined, note: () => undefined },
      logPath: '',
    } as unknown as StepContext;
    for (const action of planCacheClean(facts, faultsOf(facts), service))
      for (const step of action.steps) await performStep(step, context);
  };
  /** apt through the cache, with lists and archives of its own. */
  const apt = (...words: string[]) => run(words, { APT_CONFIG: place('apt.conf') });
  const find = (pattern: RegExp): string[] =>
    readdirSync(place('cache'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && pattern.test(join(entry.parentPath, entry.name)))
      .map((entry) => join(entry.parentPath, entry.name));

  beforeAll(async () => {
    mirrors = (await probeMirrors(runner)) ?? { archive: '', security: undefined };
    const port = await findFreePort();
    proxy = `http://127.0.0.1:${port}`;
    chmodSync(folder, 0o755);
    for (const name of ['cache', 'log', 'config']) {
      mkdirSync(place(name));
      chownSync(place(name), user.uid, user.gid);
    }
    run(['cp', '/etc/apt-cacher-ng/acng.conf', place('config/acng.conf')]);
    writeFileSync(
      place('config/local.conf'),
      `${renderAcngSettings(['127.0.0.1'], port)}CacheDir: ${place('cache')}\nLogDir: ${place('log')}\n` +
        `SocketPath: ${place('cache/socket')}\nForeGround: 1\nExStartTradeOff: 0\n`,
    );
    writeFileSync(place('config/backends_debian'), renderBackends([`${mirrors.archive}/`]));
    for (const name of [
      'etc/apt/apt.conf.d',
      'etc/apt/preferences.d',
      'var/lib/apt/lists/partial',
      'var/cache/apt/archives/partial',
    ])
      mkdirSync(place(`apt/${name}`), { recursive: true });
    writeFileSync(place('apt/status'), '');
    const key = '/usr/share/keyrings/debian-archive-keyring.gpg';
    writeFileSync(
      place('apt/etc/apt/sources.list'),
      `deb [signed-by=${key}] ${mirrors.archive} ${SUITE} main\n`,
    );
    const checks = 'Acquire::Check-Valid-Until "false";\n';
    writeFileSync(place('apt.conf'), renderAptConf({ directory: place('apt') }, proxy) + checks);
    requireSuccess(await runner.run({ argv: service.start, deadlineSeconds: 60 }));
    apt(...buildAptUpdateArgv());
    apt('apt-get', 'download', '-q', 'hello');
    [deb = ''] = find(/hello_.*\.deb$/);
    expect(deb).not.toBe('');
  }, 300_000);

  afterAll(async () => {
    await runner.run({ argv: service.stop, deadlineSeconds: 60 });
    rmSync(folder, { recursive: true, force: true });
  });

  it('is whole at first, and hands out what it stores', async () => {
    expect(faultsOf(await probe()).map((fault) => fault.issue.message)).toEqual([]);
  });

  it('listens where it is told only, and opens no tunnel to anybody', async () => {
    const { port } = new URL(proxy);
    const listening = run(['ss', '-Hltn', `sport = :${port}`])
      .trim()
      .split('\n');
    expect(listening.map((line) => line.split(/\s+/)[3])).toEqual([`127.0.0.1:${port}`]);
    for (const target of ['mirror.example.org:443', '127.0.0.1:22'])
      expect(await connect(Number(port), target)).toMatch(/^HTTP\/1\.[01] 40[0-9] /);
  });

  it('a package with other bytes is named, and fetched anew after clean', async () => {
    const right = hash(deb);
    const bytes = readFileSync(deb);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(deb, bytes);
    const facts = await probe();
    expect(facts.damaged.map((each) => each.path)).toEqual([deb]);
    expect(faultsOf(facts).map((fault) => fault.issue.code)).toEqual(['RL1431']);
    await clean(facts);
    expect(existsSync(deb)).toBe(false);
    rmSync(place('apt/var/cache/apt/archives'), { recursive: true });
    mkdirSync(place('apt/var/cache/apt/archives/partial'), { recursive: true });
    for (const name of readdirSync(folder).filter((each) => each.endsWith('.deb'))) rmSync(place(name));
    apt('apt-get', 'download', '-q', 'hello');
    expect(hash(deb)).toBe(right);
    expect(faultsOf(await probe())).toEqual([]);
  }, 120_000);

  it('files of another user are named, and given back', async () => {
    chownSync(deb, 0, 0);
    const facts = await probe();
    expect(faultsOf(facts).map((fault) => fault.issue.code)).toEqual(['RL1435']);
    await clean(facts);
    expect(statSync(deb).uid).toBe(user.uid);
    expect(faultsOf(await probe())).toEqual([]);
  }, 120_000);

  it('a backend that does not answer is told from a mirror that does not, and set right', async () => {
    writeFileSync(place('config/backends_debian'), 'http://127.0.0.1:9/debian/\n');
    rmSync(find(/\/InRelease$/)[0] ?? '');
    for (const argv of [service.stop, service.start]) await runner.run({ argv, deadlineSeconds: 60 });
    const facts = await probe();
    expect(faultsOf(facts).map((fault) => fault.issue.code)).toEqual(['RL1437']);
    await clean(facts);
    expect(faultsOf(await probe())).toEqual([]);
  }, 120_000);

  it('a maintenance that gave up is named, and works again after clean', async () => {
    const maintain = () => run(buildMaintenanceArgv(place('config'), place('cache/socket')));
    maintain();
    const [index = ''] = find(/binary-amd64\/Packages\.xz$/);
    const bytes = readFileSync(index);
    bytes.fill(0x55, 100_000, 105_000);
    writeFileSync(index, bytes);
    const backends = readFileSync(place('config/backends_debian'));
    writeFileSync(place('config/backends_debian'), 'http://127.0.0.1:9/debian/\n');
    for (const argv of [service.stop, service.start]) await runner.run({ argv, deadlineSeconds: 60 });
    maintain();
    writeFileSync(place('config/backends_debian'), backends);
    for (const argv of [service.stop, service.start]) await runner.run({ argv, deadlineSeconds: 60 });
    const facts = await probe();
    expect(facts.stuck).toMatch(/aborting/);
    expect(faultsOf(facts).map((fault) => fault.issue.code)).toEqual(['RL1431', 'RL1432']);
    await clean(facts);
    expect(faultsOf(await probe())).toEqual([]);
    // Its own word, not only ours.
    const page = readdirSync(place('log'))
      .filter((name) => name.startsWith('maint_'))
      .sort()
      .at(-1);
    expect(readFileSync(place(`log/${page}`), 'utf8')).not.toMatch(/aborting/i);
  }, 120_000);

  it('a full disk is named, and the packages that were not used for longest go', async () => {
    const facts = await probe();
    const full = { ...facts, freeBytes: 1024 };
    expect(faultsOf(full).map((fault) => fault.issue.code)).toEqual(['RL1433']);
    await clean(full);
    expect(existsSync(deb)).toBe(false);
  }, 120_000);
});

/** The first line of the answer to CONNECT. */
function connect(port: number, target: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = createConnection(port, '127.0.0.1', () =>
      socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`),
    );
    socket.setTimeout(60_000, () => socket.destroy(new Error('no answer')));
    socket.on('error', reject);
    socket.on('data', (bytes: Buffer) => {
      answer += bytes.toString('latin1');
      if (answer.includes('\n')) resolve(answer.split('\r\n')[0] ?? '');
      if (answer.includes('\n')) socket.destroy();
    });
  });
}

function hash(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** apt-cacher-ng takes no port above 32767 ("Error resolving address for binding"). */
async function findFreePort(): Promise<number> {
  for (let port = 21_000 + (process.pid % 5000); port < 32_000; port += 1)
    if (await isFree(port)) return port;
  throw new Error('no free port');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
