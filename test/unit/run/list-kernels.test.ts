import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listKernels } from '../../../src/run/rootfs/check.ts';

test('the newest of the kernels with an initrd is the last, whatever their names sort like', () => {
  const root = mkdtempSync(join(tmpdir(), 'relight-kernels-'));
  try {
    mkdirSync(join(root, 'boot'));
    for (const version of ['6.12.107+deb13-amd64', '6.12.94+deb13-amd64', '6.9.1-amd64', '6.13.1-amd64']) {
      writeFileSync(join(root, `boot/vmlinuz-${version}`), '');
      if (version !== '6.13.1-amd64') writeFileSync(join(root, `boot/initrd.img-${version}`), '');
    }
    const versions = ['6.9.1-amd64', '6.12.94+deb13-amd64', '6.12.107+deb13-amd64'];
    expect(listKernels(root).map(({ version }) => version)).toEqual(versions);
  } finally {
    rmSync(root, { recursive: true });
  }
});
