import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { INSTALLER_ARGUMENTS, TARGET_ARGUMENTS } from '../../src/iso/remaster/request.ts';
import { renderPreseed } from '../../src/render/preseed.ts';
import { listInstallerFiles } from '../../src/render/preseed-files.ts';
import { buildImage } from '../../src/run/image-build.ts';
import { createRunner } from '../../src/run/runner-spawn.ts';
import { bootImage } from '../support/iso-boot.ts';
import { buildLookalike } from '../support/netinst-lookalike.ts';
import { makePreseedRequest, resolveText, SAMPLE_HASH } from '../support/preseed-guests.ts';
import { runProgram } from '../xen/lab/process.ts';

/**
 * An image whose installer takes its components from the CD's pool, as a real netinst does, remastered and booted with
 * relight's own preseed on a network that leads nowhere: up to the partitioner, which is of these components, without a
 * question. Some twenty minutes without KVM.
 */
const MAC = '00:16:3e:00:00:01';
const REPORT = [
  'echo relight-partman-reached',
  'grep /cdrom /proc/mounts',
  'ls /usr/lib/debian-installer/retriever',
  'echo codename $(debconf-get cdrom/codename)',
  'grep -E "cdrom-detect|anna|main-menu" /var/log/syslog',
  'echo relight-log-end',
];
/** Tells what the installer did, once the partitioner begins, and stops there. */
const OBSERVER = `d-i partman/early_command string (${REPORT.join('; ')}) > /dev/ttyS0; sleep 1000`;

let work = '';
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'relight-cd-'));
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

test('components come from the CD, and nothing is asked', async () => {
  const input = await buildLookalike('trixie', 0, 'cd');
  const [output, disk] = [join(work, 'cd.iso'), join(work, 'disk.img')];
  const request = { ...makePreseedRequest('minimal', 'trixie'), rootDevice: '/dev/vda' };
  await runProgram(['truncate', '-s', '4G', disk]);
  await buildImage(createRunner({ environment: process.env }), {
    guest: 'web1',
    preseed: `${resolveText(renderPreseed(request), () => SAMPLE_HASH)}${OBSERVER}\n`,
    initrdFiles: listInstallerFiles(request).map(({ path, mode, content }) => ({
      path: path.replace(/^\/+/, ''),
      mode,
      content: new TextEncoder().encode(resolveText(content, () => SAMPLE_HASH)),
    })),
    overlays: [],
    installerArguments: INSTALLER_ARGUMENTS,
    targetArguments: TARGET_ARGUMENTS,
    menuSeconds: 1,
    relightVersion: '0.0.0',
    input,
    output,
    origin: { insecure: true },
    knownHashes: undefined,
    sync: false,
    grow: true,
    force: false,
    eraseDisks: false,
  });
  const console = await bootImage({
    image: output,
    firmware: 'bios',
    medium: 'cd',
    directory: work,
    disks: [disk],
    mac: MAC,
    isolated: true,
    until: /relight-log-end/,
    deadlineSeconds: 5400,
  });
  const report = console.slice(console.indexOf('relight-partman-reached'));
  expect(report).toMatch(/^\/dev\/sr0 \/cdrom iso9660 /m);
  expect(report).toMatch(/^codename trixie/m);
  expect(report).toMatch(/^cdrom-retriever/m);
  expect(report).not.toMatch(/^net-retriever/m);
  expect(report).toMatch(/cdrom-detect: Detected CD with 'stable' \(trixie\) distribution/);
  expect(report).toMatch(/anna\[\d+\]: DEBUG: retrieving partman-base/);
  expect(console).not.toMatch(/Select a language|Select your location|Configure the keyboard/);
  expect(console).not.toMatch(/Choose the next step|Load drivers from removable media|Choose a mirror/);
}, 6_000_000);
