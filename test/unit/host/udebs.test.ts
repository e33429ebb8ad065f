import { describe, expect, test } from 'vitest';
import { parseUdebs, planComponents, renderInstalled } from '../../../src/host/udebs.ts';

const stanza = (name: string, fields: Readonly<Record<string, string>> = {}) =>
  Object.entries({ Package: name, Version: '1', Priority: 'optional', ...fields })
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');

const INDEX = [
  stanza('partman-base', { Priority: 'standard', Depends: 'libparted2-udeb (>= 3.6), harddrive-detection' }),
  stanza('libparted2-udeb'),
  stanza('disk-detect', { Provides: 'harddrive-detection', Description: 'a\n more\n lines' }),
  stanza('partman-ext3', { Priority: 'standard', Depends: 'e2fsprogs-udeb, ext4-modules, partman-base' }),
  stanza('e2fsprogs-udeb', { Depends: 'libc6-udeb' }),
  stanza('ext4-modules-6.1-di', { Priority: 'standard', Provides: 'ext4-modules', 'Kernel-Version': '6.1' }),
  stanza('netcfg', { Priority: 'standard' }),
  stanza('mouse-udeb'),
];
const INSTALLED = parseUdebs(`${stanza('netcfg')}\n${stanza('libc6-udeb')}`);
const plan = (kernel: string) => planComponents(parseUdebs(INDEX.join('\n')), INSTALLED, kernel);

describe('the components that the installer fetches', () => {
  test('are those of priority standard, and what they depend on, also by what is provided', () => {
    const { wanted, unmet } = plan('6.1');
    expect(wanted.map(({ name }) => name).sort()).toEqual([
      'disk-detect',
      'e2fsprogs-udeb',
      'ext4-modules-6.1-di',
      'libparted2-udeb',
      'partman-base',
      'partman-ext3',
    ]);
    expect(unmet).toEqual([]);
  });

  test('of another kernel are none: what they would provide is unmet', () => {
    const { wanted, unmet } = plan('6.12');
    expect(wanted.map(({ name }) => name)).not.toContain('ext4-modules-6.1-di');
    expect(unmet).toEqual(['ext4-modules']);
  });

  test('that are taken for installed are not wanted any more', () => {
    const written = renderInstalled([
      { name: 'e2fsprogs-udeb', version: '1', provides: [] },
      { name: 'relight-modules', version: '1', provides: ['ext4-modules', 'xfs-modules'] },
    ]);
    const installed = [...INSTALLED, ...parseUdebs(written)];
    const { wanted, unmet } = planComponents(parseUdebs(INDEX.join('\n')), installed, '6.12');
    expect(unmet).toEqual([]);
    expect(wanted.map(({ name }) => name)).not.toContain('e2fsprogs-udeb');
    expect(written).toContain('Status: install ok installed\n');
  });
});
