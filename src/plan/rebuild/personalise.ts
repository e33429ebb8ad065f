import { buildChrootArgv } from '../../tools/chroot.ts';
import type { Action, Step } from '../types.ts';
import { listExpectations } from './expectations.ts';
import { listSystemFiles, listUserFiles } from './overlay.ts';
import type { PlanContext } from './request.ts';

/** Seconds for one of the spec's own commands. */
const RUN_DEADLINE = 1800;

/** Name of a password in the run's secret store. */
export function nameSecret(user: string): string {
  return `password of ${user}`;
}

/**
 * Hostname, network, users, keys, files, commands. The spec's commands may not bear a second run, so an interrupted
 * action begins again with a fresh root. `users`: whether the installation has made them already.
 */
export function personaliseRoot(context: PlanContext, users: 'missing' | 'exist' = 'missing'): Action {
  const { guest, rootfs } = context;
  const inside = (command: readonly string[], deadline = 120): Step => ({
    do: 'run',
    argv: buildChrootArgv(rootfs, command),
    deadline,
  });
  const services = ['ssh.service', 'systemd-networkd.service', 'relight-ready.service'];
  return {
    id: 'personalise-root',
    phase: 'personalise',
    title: `give it its identity, users, files and network`,
    creates: [],
    destroys: [],
    probe: { kind: 'journal' },
    redoFrom: 'bootstrap-root',
    steps: [
      inside(['rm', '-f', '/etc/apt/sources.list', '/etc/localtime', '/etc/resolv.conf']),
      inside(['sh', '-c', 'rm -f /etc/apt/sources.list.d/*.list /var/lib/systemd/random-seed']),
      { do: 'unpack-overlay', root: rootfs, entries: listSystemFiles(context) },
      ...(users === 'missing' ? createUsers(context, inside) : []),
      { do: 'unpack-overlay', root: rootfs, entries: listUserFiles(context) },
      inside(['systemctl', 'enable', ...services]),
      ...guest.run.map((command) => inside(['/bin/sh', '-c', command], RUN_DEADLINE)),
    ],
    undo: [],
  };
}

function createUsers(context: PlanContext, inside: (command: readonly string[]) => Step): Step[] {
  const { guest, rootfs } = context;
  const steps: Step[] = guest.users.map((user) =>
    inside([
      ...['useradd', '--create-home', '--user-group', '--shell', user.shell, '--password', '*'],
      ...(user.sudo ? ['--groups', 'sudo'] : []),
      user.name,
    ]),
  );
  const accounts = [...guest.users, { name: 'root', password: guest.root.password }];
  for (const { name, password } of accounts) {
    if (password !== undefined) {
      steps.push({ do: 'set-password', root: rootfs, user: name, secret: nameSecret(name) });
    }
  }
  return steps;
}

/** The end-state check: the root filesystem against the spec, whatever route made it. */
export function checkRoot(context: PlanContext): Action {
  return {
    id: 'check-root',
    phase: 'check',
    title: 'check the root filesystem against the spec',
    creates: [],
    destroys: [],
    probe: { kind: 'journal' },
    steps: [{ do: 'check-rootfs', root: context.rootfs, expectations: listExpectations(context) }],
    undo: [],
  };
}
