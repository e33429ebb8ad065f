import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { INSTALLER_ARGUMENTS, TARGET_ARGUMENTS } from '../../src/iso/remaster/request.ts';
import { buildImage } from '../../src/run/image-build.ts';
import { createRunner } from '../../src/run/runner-spawn.ts';
import { type BootRequest, bootImage } from '../support/iso-boot.ts';
import { buildLookalike } from '../support/netinst-lookalike.ts';
import type { LookalikeSuite } from '../support/netinst-packages.ts';

/**
 * Boots remastered look-alikes of the netinst in QEMU until the installer has read our preseed and asks the network
 * without having asked a question. `npm test` boots BIOS, `.ci/run` UEFI as well (RELIGHT_ISO_BOOT=uefi), RELIGHT_ISO_BOOT=all
 * every way. Needs QEMU, ovmf, xorriso, apt.
 */
const PRESEED = [
  '#_preseed_V1',
  'd-i preseed/early_command string echo "relight-preseed $(cat /proc/cmdline)" > /dev/ttyS0; sh /relight/early.sh',
  'd-i debian-installer/locale string en_GB.UTF-8',
  'd-i keyboard-configuration/xkb-keymap select gb',
  'd-i netcfg/choose_interface select auto',
  'd-i netcfg/get_hostname string web1',
  'd-i netcfg/hostname string web1',
  'd-i netcfg/get_domain string example.org',
  'd-i partman-auto/disk string /dev/vda',
  '',
].join('\n');
const SCRIPT = '#!/bin/sh\necho relight-script-ran > /dev/ttyS0\n';

let work = '';
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'relight-boot-'));
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Suite, firmware, medium, grown, and the selection that the way is in. */
const WAYS: readonly (readonly [
  LookalikeSuite,
  BootRequest['firmware'],
  BootRequest['medium'],
  boolean,
  'bios' | 'uefi' | 'all',
])[] = [
  ['trixie', 'bios', 'cd', false, 'bios'],
  ['trixie', 'uefi', 'disk', false, 'uefi'],
  ['trixie', 'uefi', 'cd', true, 'all'],
  ['trixie', 'bios', 'disk', false, 'all'],
  ['bookworm', 'bios', 'cd', true, 'all'],
  ['bookworm', 'uefi', 'cd', false, 'all'],
];

describe('the remastered image installs by itself', () => {
  const wanted = process.env.RELIGHT_ISO_BOOT ?? 'bios';
  test.each(WAYS.filter((way) => wanted === 'all' || way[4] === wanted))(
    '%s, %s, as a %s, grown: %s',
    async (suite, firmware, medium, grow) => {
      const input = await buildLookalike(suite);
      const output = join(work, `${suite}-${grow}.iso`);
      await buildImage(createRunner({ environment: process.env }), {
        guest: 'web1',
        preseed: PRESEED,
        initrdFiles: [{ path: 'relight/early.sh', mode: 0o755, content: new TextEncoder().encode(SCRIPT) }],
        overlays: [],
        installerArguments: INSTALLER_ARGUMENTS,
        targetArguments: TARGET_ARGUMENTS,
        menuSeconds: 2,
        relightVersion: '0.0.0',
        input,
        output,
        origin: { insecure: true },
        knownHashes: undefined,
        sync: false,
        grow,
        force: true,
        eraseDisks: false,
      });
      const until = /Detecting network hardware/;
      const console = await bootImage({
        image: output,
        firmware,
        medium,
        directory: work,
        until,
        deadlineSeconds: 900,
      });
      expect(console).toContain('Install web1 without questions, erases /dev/vda');
      expect(console).toMatch(
        /relight-preseed .*priority=critical .*console=ttyS0,115200n8 --- console=tty0/,
      );
      expect(console).toContain('relight-script-ran');
      // Questions that come before the network when no preseed was read.
      expect(console).not.toMatch(
        /Select a language|Choose language|Select your location|Configure the keyboard/,
      );
    },
    // The deadline is of a machine that need not wait for others.
    7_200_000,
  );
});
