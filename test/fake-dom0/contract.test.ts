import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTRACT, type ContractCase } from './contract.ts';
import { installFakeDom0 } from './install.ts';

type World = Readonly<Record<'VG' | 'DEV' | 'DIR' | 'KERNEL', string>>;
type Execute = (argv: readonly string[]) => { status: number | null; stdout: string; stderr: string };

function fill(text: string, world: World): string {
  return text.replace(/\$(VG|DEV|DIR|KERNEL)/g, (_, name: keyof World) => world[name]);
}

function replay(contract: ContractCase, world: World, execute: Execute): void {
  for (const [path, content] of Object.entries(contract.files ?? {})) {
    writeFileSync(fill(path, world), fill(content, world));
  }
  for (const step of contract.steps) {
    const argv = step.run.map((word) => fill(word, world));
    const result = execute(argv);
    const shown = `${argv.join(' ')}\n${result.stdout}${result.stderr}`;
    expect(result.status, shown).toBe(step.status);
    if (step.stdout !== undefined) expect(result.stdout, shown).toMatch(new RegExp(fill(step.stdout, world)));
    if (step.stderr !== undefined) expect(result.stderr, shown).toMatch(new RegExp(fill(step.stderr, world)));
  }
}

const call = (file: string, args: readonly string[], environment: Record<string, string>) => {
  const result = spawnSync(file, args, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8', LVM_SUPPRESS_FD_WARNINGS: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { status: result.status, stdout: result.stdout, stderr: result.stderr };
};

describe('the contract, against the fake dom0', () => {
  it.each(CONTRACT.map((contract) => [contract.name, contract] as const))('%s', (_, contract) => {
    const directory = mkdtempSync(join(tmpdir(), 'fake-dom0-'));
    try {
      const fake = installFakeDom0(directory);
      const world = { VG: 'vg0', DEV: fake.devices, DIR: directory, KERNEL: '/boot/vmlinuz' };
      replay(contract, world, ([program = '', ...args]) => call(`${fake.bin}/${program}`, args, {}));
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

/** `--driverloaded n` lets LVM do its work on the metadata alone, where the kernel has no device mapper. */
const METADATA_ONLY = ['--driverloaded', 'n', '--config', 'backup { backup = 0 archive = 0 }'];
const canTryRealLvm =
  process.getuid?.() === 0 &&
  call('lvm', ['version', ...METADATA_ONLY], {}).status !== null &&
  call('losetup', ['--find'], {}).status === 0;

describe.skipIf(!canTryRealLvm)('the contract, against the real LVM without devices', () => {
  const directory = mkdtempSync(join(tmpdir(), 'real-lvm-'));
  const group = `relight-test-${process.pid}`;
  let loop = '';

  beforeAll(() => {
    writeFileSync(`${directory}/disk`, '');
    truncateSync(`${directory}/disk`, 400 * 1024 * 1024);
    const result = call('losetup', ['--find', '--show', `${directory}/disk`], {});
    expect(result.status, result.stderr).toBe(0);
    loop = result.stdout.trim();
    const made = call('vgcreate', [...METADATA_ONLY, '--devices', loop, '--yes', group, loop], {});
    expect(made.status, made.stderr).toBe(0);
  });

  afterAll(() => {
    call('vgremove', [...METADATA_ONLY, '--devices', loop, '--force', '--yes', group], {});
    call('losetup', ['--detach', loop], {});
    rmSync(directory, { recursive: true });
  });

  const cases = CONTRACT.filter((contract) => contract.needs === 'lvm');
  it.each(cases.map((contract) => [contract.name, contract] as const))('%s', (_, contract) => {
    const world = { VG: group, DEV: '/dev', DIR: directory, KERNEL: '' };
    replay(contract, world, ([program = '', ...args]) => {
      // Zeroing and wiping need a device node; all else is as it runs on a dom0.
      const blind = args.map((word, index) =>
        /^--(zero|wipesignatures)$/.test(args[index - 1] ?? '') ? 'n' : word,
      );
      const extra = program === 'lvmconfig' ? [] : [...METADATA_ONLY, '--devices', loop];
      return call(program, [...extra, ...blind, ...(program === 'lvcreate' ? ['--activate', 'n'] : [])], {});
    });
  });
});
