import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCheck } from '../../../src/commands/check.ts';
import type { CommandContext } from '../../../src/commands/context.ts';
import { loadSiteAt, requireGuest } from '../../../src/commands/load-site.ts';
import { Failure } from '../../../src/report/failure.ts';
import type { Issue } from '../../../src/report/issue.ts';
import { findSite } from '../../../src/run/find-site.ts';
import { GOOD_GUEST, GOOD_SITE } from '../spec/support.ts';

let site: string;

beforeEach(() => {
  site = mkdtempSync(join(tmpdir(), 'relight-check-'));
  write('site.yaml', GOOD_SITE);
  write('domus/web1.yaml', GOOD_GUEST);
});
afterEach(() => rmSync(site, { recursive: true, force: true }));

function write(name: string, content: string | Buffer): string {
  const file = join(site, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, content);
  return file;
}

function makeContext(overrides: Partial<CommandContext> = {}) {
  const printed: string[] = [];
  const said: string[] = [];
  const context: CommandContext = {
    print: (text) => void printed.push(text),
    say: (text) => void said.push(text),
    environment: {},
    workingDirectory: site,
    color: false,
    terminal: false,
    verbose: false,
    signal: new AbortController().signal,
    ...overrides,
  };
  return { context, printed, said };
}

async function check(names: string[] = [], overrides: Partial<CommandContext> = {}) {
  const { context, printed } = makeContext(overrides);
  const status = await runCheck(context, names, { format: 'json' });
  const json = JSON.parse(printed.join(''));
  return { status, json, codes: json.issues.map((issue: Issue) => issue.code) as string[] };
}

async function failureOf(run: () => unknown): Promise<Failure> {
  try {
    await run();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('files that cannot be read are errors at their place', () => {
  test('the site of these tests is good', async () => {
    expect(await check()).toMatchObject({ status: 0, codes: [] });
  });

  test('a directory', async () => {
    mkdirSync(join(site, 'domus/web2.yaml'));
    expect(await check()).toMatchObject({ status: 3, codes: ['RL1102'] });
  });

  test('a named pipe, without waiting for a writer', async () => {
    execFileSync('mkfifo', [join(site, 'domus/web2.yaml')]);
    expect(await check()).toMatchObject({ status: 3, codes: ['RL1102'] });
  });

  test('a device behind a link', async () => {
    symlinkSync('/dev/zero', join(site, 'domus/web2.yaml'));
    expect(await check()).toMatchObject({ status: 3, codes: ['RL1105'] });
  });

  test('more than 1 MiB, and exactly 1 MiB', async () => {
    write('domus/web2.yaml', '#'.repeat(1024 * 1024 + 1));
    expect(await check()).toMatchObject({ status: 3, codes: ['RL1101'] });
    write('domus/web2.yaml', `#${'x'.repeat(1024 * 1024 - 1)}`);
    expect((await check()).codes).toEqual(['RL1001']);
  });

  test('not UTF-8', async () => {
    write('domus/web2.yaml', Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe]));
    expect(await check()).toMatchObject({ status: 3, codes: ['RL1104'] });
  });

  test('without permission', async () => {
    chmodSync(site, 0o755);
    chmodSync(write('domus/web2.yaml', GOOD_GUEST), 0);
    // Root may read everything, so the test puts on another user for a moment.
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid?.(65534);
    try {
      expect(await check()).toMatchObject({ status: 3, codes: ['RL1103'] });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  test('a dangling link', async () => {
    symlinkSync('nowhere', join(site, 'domus/web2.yaml'));
    const { status, codes } = await check();
    expect({ status, codes }).toEqual({ status: 3, codes: ['RL1105'] });
  });

  test('a link that leads out of the site is refused, one inside is followed', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'relight-outside-'));
    writeFileSync(join(outside, 'web2.yaml'), 'secret: text of a foreign file\n');
    symlinkSync(join(outside, 'web2.yaml'), join(site, 'domus/web2.yaml'));
    const { status, codes, json } = await check();
    rmSync(outside, { recursive: true });
    expect({ status, codes }).toEqual({ status: 3, codes: ['RL1105'] });
    expect(JSON.stringify(json)).not.toContain('foreign');

    rmSync(join(site, 'domus/web2.yaml'));
    write('shared/web2.yaml', 'memory: 1GiB\ndisks: { root: { size: 4GiB } }\n');
    symlinkSync('../shared/web2.yaml', join(site, 'domus/web2.yaml'));
    expect(await check()).toMatchObject({ status: 0, json: { guests: 2 } });
  });

  test('a broken guest whose file cannot be read is known by its name', async () => {
    mkdirSync(join(site, 'domus/web2.yaml'));
    expect(await check(['web2'])).toMatchObject({ status: 3, codes: ['RL1102'] });
    expect(await check(['web1'])).toMatchObject({ status: 0, codes: [] });
  });

  test('check writes nothing', async () => {
    const before = readdirSync(site, { recursive: true });
    await check();
    expect(readdirSync(site, { recursive: true })).toEqual(before);
  });
});

describe('sources of files', () => {
  const guest = (from: string) =>
    `memory: 1GiB\ndisks: { root: { size: 4GiB } }\nfiles: [ { from: ${from}, to: /etc/x } ]\n`;

  test('must exist, be files, and stay inside', async () => {
    write('files/here', 'x');
    write('domus/web2.yaml', guest('files/here'));
    expect((await check(['web2'])).codes).toEqual([]);
    write('domus/web2.yaml', guest('files/gone'));
    expect((await check(['web2'])).codes).toEqual(['RL3017']);
    write('domus/web2.yaml', guest('files'));
    expect((await check(['web2'])).codes).toEqual(['RL3018']);
    symlinkSync('/etc/hostname', join(site, 'files/link'));
    write('domus/web2.yaml', guest('files/link'));
    expect((await check(['web2'])).codes).toEqual(['RL3019']);
  });

  test('a folder that is a link out of the site is not entered', async () => {
    symlinkSync('/etc', join(site, 'files'));
    write('domus/web2.yaml', guest('files/hostname'));
    expect((await check(['web2'])).codes).toEqual(['RL3017']);
  });
});

describe('what is checked', () => {
  test('a file by its path, from anywhere', async () => {
    write('domus/web2.yaml', 'memmory: 1GiB\n');
    expect(await check([join(site, 'domus/web1.yaml')], { workingDirectory: '/' })).toMatchObject({
      status: 0,
    });
    expect((await check(['domus/web2.yaml'])).codes).toContain('RL2001');
  });

  test('site.yaml and roles by their paths', async () => {
    write('roles/bad.yaml', 'x: 1\n');
    expect((await check(['roles/bad.yaml'])).codes).toEqual(['RL2001']);
    expect((await check(['site.yaml'])).codes).toEqual([]);
  });

  test.each([
    ['webl', 'RL1110'],
    ['domus/gone.yaml', 'RL1115'],
    ['/etc/passwd', 'RL1112'],
    ['./domus', 'RL1112'],
    ['', 'RL1110'],
    ['__proto__', 'RL1110'],
  ])('%j is wrong usage', async (name, code) => {
    const failure = await failureOf(() => check([name]));
    expect(failure).toMatchObject({ status: 2, code });
  });

  test('a name nearly right gets a hint', async () => {
    expect((await failureOf(() => check(['wbe1']))).hint).toBe('did you mean "web1"?');
  });

  test('an unknown format and a missing host check are wrong usage', async () => {
    const { context } = makeContext();
    expect(await failureOf(() => runCheck(context, [], { format: 'xml' }))).toMatchObject({
      code: 'RL1111',
      status: 2,
    });
    expect(await failureOf(() => runCheck(context, [], { format: 'json', host: true }))).toMatchObject({
      code: 'RL1116',
      status: 2,
    });
  });

  test('the checks against this machine add their issues', async () => {
    const { context, printed } = makeContext();
    const issue: Issue = { code: 'RL3301', severity: 'error', message: 'x' };
    const status = await runCheck(
      context,
      ['web1'],
      { format: 'json', host: true },
      async (_loaded, guests) => guests.map((guest) => ({ ...issue, path: guest.name })),
    );
    expect(status).toBe(3);
    expect(JSON.parse(printed.join('')).issues).toEqual([{ ...issue, path: 'web1' }]);
  });
});

describe('finding the site', () => {
  test('the option wins over RELIGHT_SITE, that over the working directory', () => {
    expect(findSite(site, { RELIGHT_SITE: '/nowhere' }, '/')).toBe(site);
    expect(findSite(undefined, { RELIGHT_SITE: site }, '/')).toBe(site);
    expect(findSite(undefined, { RELIGHT_SITE: '' }, site)).toBe(site);
    expect(findSite('.', {}, site)).toBe(site);
    expect(findSite(undefined, {}, '/', site)).toBe(site);
  });

  test('none at all, or none there, is wrong usage', async () => {
    expect(await failureOf(() => findSite(undefined, {}, '/', '/nowhere'))).toMatchObject({
      code: 'RL1109',
      status: 2,
    });
    expect(await failureOf(() => findSite('/nowhere', {}, site))).toMatchObject({
      code: 'RL1114',
      status: 2,
    });
    expect(await failureOf(() => findSite('site.yaml', {}, site))).toMatchObject({ code: 'RL1114' });
  });

  test('a named directory without site.yaml is an invalid site', async () => {
    rmSync(join(site, 'site.yaml'));
    const { context, printed } = makeContext();
    expect(await runCheck(context, [], { format: 'json', site })).toBe(3);
    expect(JSON.parse(printed.join('')).issues.map((issue: Issue) => issue.code)).toEqual(['RL1107']);
  });
});

describe('requireGuest', () => {
  test('gives a good guest although another is broken', () => {
    write('domus/web2.yaml', 'x: 1\n');
    const { context, said } = makeContext();
    expect(requireGuest(context, loadSiteAt(site), 'web1').guest.name).toBe('web1');
    expect(said).toEqual([]);
  });

  test('prints the issues of a broken one and fails with status 3', async () => {
    write('domus/web2.yaml', 'x: 1\n');
    const { context, said } = makeContext();
    const failure = await failureOf(() => requireGuest(context, loadSiteAt(site), 'web2'));
    expect(failure).toMatchObject({ status: 3, code: 'RL1113' });
    expect(said.join('')).toContain('domus/web2.yaml:1:1: error RL2001');
  });

  test('fails with status 2 for an unknown one', async () => {
    const { context } = makeContext();
    expect(await failureOf(() => requireGuest(context, loadSiteAt(site), 'nope'))).toMatchObject({
      status: 2,
    });
  });
});
