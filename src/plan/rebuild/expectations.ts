import { createHash } from 'node:crypto';
import { MMDEBSTRAP_CONF } from '../../tools/mmdebstrap.ts';
import type { Expectation } from '../types.ts';
import { INITRD_MODULES, listSystemFiles } from './overlay.ts';
import { listPackages } from './packages.ts';
import { HOST_KEY_FILES } from './prepare.ts';
import type { PlanContext } from './request.ts';

/** What the end-state check looks at, the same for every route. Each becomes a row of the printed table. */
export function listExpectations(context: PlanContext): Expectation[] {
  const { guest } = context;
  return [
    { id: 'suite', what: `suite ${guest.suite}`, test: { kind: 'suite', suite: guest.suite } },
    { id: 'kernel', what: 'a kernel with its initrd', test: { kind: 'kernel' } },
    ...INITRD_MODULES.slice(0, 2).map(
      (module): Expectation => ({
        id: `initrd ${module}`,
        what: `initrd has ${module}`,
        test: { kind: 'initrd-module', module },
      }),
    ),
    ...listPackages(context).map(
      (name): Expectation => ({
        id: `package ${name}`,
        what: `package ${name}`,
        test: { kind: 'package', name },
      }),
    ),
    {
      id: 'install settings',
      what: 'no apt settings of the installation',
      test: { kind: 'absent', path: MMDEBSTRAP_CONF },
    },
    ...expectSystemFiles(context),
    ...expectUsers(context),
    ...expectFiles(context),
    ...HOST_KEY_FILES.map(
      (name): Expectation => ({
        id: `host key ${name}`,
        what: `kept SSH host key ${name}`,
        test: { kind: 'exists', path: `/etc/ssh/${name}` },
      }),
    ),
    {
      id: 'ready unit',
      what: 'relight-ready.service enabled',
      test: { kind: 'exists', path: '/etc/systemd/system/multi-user.target.wants/relight-ready.service' },
    },
  ];
}

function expectSystemFiles(context: PlanContext): Expectation[] {
  return listSystemFiles(context).flatMap((entry): Expectation[] => {
    if (entry.body.kind === 'link') {
      const test = { kind: 'link' as const, path: entry.path, target: entry.body.target };
      return [{ id: `link ${entry.path}`, what: `${entry.path} -> ${entry.body.target}`, test }];
    }
    if (entry.body.kind !== 'content' || typeof entry.body.content !== 'string') return [];
    const test = { kind: 'file' as const, path: entry.path, content: entry.body.content, mode: entry.mode };
    return [{ id: `file ${entry.path}`, what: entry.path, test }];
  });
}

function expectUsers(context: PlanContext): Expectation[] {
  const { guest } = context;
  const users = guest.users.map(
    (user): Expectation => ({
      id: `user ${user.name}`,
      what: `user ${user.name}${user.sudo ? ', may use sudo' : ''}`,
      test: { kind: 'user', name: user.name, shell: user.shell, groups: user.sudo ? ['sudo'] : [] },
    }),
  );
  const keys = guest.users.flatMap((user) =>
    user.sshKeys.map(
      (line, index): Expectation => ({
        id: `key ${user.name} ${index}`,
        what: `SSH key of ${user.name}`,
        test: { kind: 'line', path: `/home/${user.name}/.ssh/authorized_keys`, line },
      }),
    ),
  );
  const locked: Expectation[] =
    guest.root.password === undefined
      ? [{ id: 'root locked', what: 'root has no password', test: { kind: 'locked', name: 'root' } }]
      : [];
  return [...users, ...keys, ...locked];
}

function expectFiles(context: PlanContext): Expectation[] {
  return context.guest.files.flatMap((file): Expectation[] => {
    const sha256 =
      file.source.kind === 'file'
        ? context.facts.fileHashes[file.source.path]
        : createHash('sha256').update(file.source.text).digest('hex');
    if (sha256 === undefined) return [];
    const test = { kind: 'hash' as const, path: file.to, sha256, mode: file.mode };
    return [{ id: `file ${file.to}`, what: `${file.to} as in the site`, test }];
  });
}
