import { spawn } from 'node:child_process';
import { prepareDom0 } from './dom0-image.ts';
import { prepareEmulator } from './emulator.ts';
import { chosenFlavour } from './flavours.ts';
import { prepareGuest } from './guest-image.ts';
import { buildCommand } from './qemu.ts';
import { prepareRootTar } from './root-tar.ts';
import { LabSession } from './session.ts';
import { prepareStandardImage } from './standard-image.ts';

const HELP = `usage: npm run lab [-- prepare | --help]

Boots the lab's dom0 with its console on this terminal and logs root in.
  /lab         the folder that this machine shares: /var/cache/relight-lab/runs/shell/share
  vg0          a volume group of 40 GB; xenbr0: a bridge with DHCP and a way out
  relight      dist/relight.mjs, if it was built; /etc/relight: the example site
prepare      only builds the images that the tests need
Ctrl-a x ends QEMU at once; poweroff ends it in order. The disks are made anew at each start.
RELIGHT_LAB_FLAVOUR=bookworm takes Xen 4.17, RELIGHT_CACHE another place for the images.
`;

/** Runs QEMU on this terminal until the machine is off. Returns QEMU's exit status. */
export async function runShell(given: readonly string[]): Promise<number> {
  if (given[0] === 'prepare') {
    await prepareEmulator();
    await prepareDom0(chosenFlavour());
    for (const suite of ['trixie', 'bookworm']) await prepareGuest(suite);
    await prepareRootTar('trixie');
    await prepareStandardImage('trixie');
    return 0;
  }
  if (given.length > 0) {
    process.stdout.write(HELP);
    return given[0] === '--help' ? 0 : 2;
  }
  const session = await LabSession.create('shell', { kernelOptions: 'lab.shell', example: true });
  process.stdout.write(`${HELP}\nbooting, about a minute ...\n`);
  const [program = '', ...words] = buildCommand(session.machine, 'stdio');
  const child = spawn(program, words, { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
