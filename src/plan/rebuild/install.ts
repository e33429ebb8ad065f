import { buildChrootArgv, buildOwnMountsArgv, buildPlainChrootArgv } from '../../tools/chroot.ts';
import { buildChrootInstallArgv, buildDebootstrapArgv } from '../../tools/debootstrap.ts';
import { type BootstrapRequest, buildMmdebstrapArgv, MMDEBSTRAP_CONF } from '../../tools/mmdebstrap.ts';
import type { Action, Step } from '../types.ts';
import { listEarlyFiles } from './overlay.ts';
import { listPackages } from './packages.ts';
import type { PlanContext } from './request.ts';
import { findProxy, listSources } from './sources.ts';

const HOUR = 3600;
/** The action that fetches and installs all packages. */
export const INSTALL_ACTION = 'bootstrap-root';

/** Route `bootstrap`: a root filesystem in a directory, with all packages, by mmdebstrap or debootstrap. */
export function bootstrapRoot(context: PlanContext): Action {
  const early = `${context.work}/early`;
  const { vault } = context;
  const request: BootstrapRequest = {
    suite: context.guest.suite,
    target: `${context.rootfs}.partial`,
    packages: listPackages(context),
    sources: vault === undefined ? listSources(context) : [vault.source],
    keyring: vault?.keyring ?? context.facts.keyring,
    proxy: vault === undefined ? findProxy(context) : undefined,
    early,
  };
  return {
    id: INSTALL_ACTION,
    phase: 'install',
    title: `bootstrap ${context.guest.suite} with ${request.packages.length} packages by ${context.bootstrapper}${vault === undefined ? '' : ' from the vault'}`,
    creates: [{ kind: 'directory', name: context.rootfs }],
    destroys: [],
    probe: { kind: 'path', path: context.rootfs },
    steps: [
      { do: 'remove-work', path: context.rootfs },
      { do: 'remove-work', path: request.target },
      { do: 'remove-work', path: early },
      { do: 'make-directory', path: early, mode: 0o755 },
      ...listEarlyFiles(context).map((file): Step => ({ ...file, path: `${early}${file.path}` })),
      ...(context.bootstrapper === 'mmdebstrap' ? runMmdebstrap(request) : runDebootstrap(request)),
      // Only a finished root gets its name: its presence proves that this action is done.
      { do: 'rename', from: request.target, to: context.rootfs },
    ],
    undo: [
      { do: 'remove-work', path: request.target },
      { do: 'remove-work', path: context.rootfs },
    ],
  };
}

function runMmdebstrap(request: BootstrapRequest): Step[] {
  return [
    {
      do: 'run',
      argv: buildOwnMountsArgv(buildMmdebstrapArgv(request)),
      deadline: HOUR,
      progress: 'mmdebstrap',
    },
    {
      do: 'run',
      argv: buildPlainChrootArgv(request.target, ['rm', '-f', MMDEBSTRAP_CONF]),
      deadline: 60,
    },
  ];
}

/** debootstrap brings the base system; apt inside it brings the rest from all suites. */
function runDebootstrap(request: BootstrapRequest): Step[] {
  const lines = request.sources.map(
    (source) => `deb ${source.url} ${source.suite} ${source.components.join(' ')}`,
  );
  const proxy = request.proxy === undefined ? '' : `Acquire::http::Proxy "${request.proxy}";\n`;
  const apt = `Acquire::Retries "3";\nAcquire::http::Timeout "30";\nAcquire::Languages "none";\n${proxy}`;
  const inside = (command: readonly string[]): Step => ({
    do: 'run',
    argv: buildChrootArgv(request.target, command),
    deadline: HOUR,
    progress: 'debootstrap',
  });
  const overlay = (path: string, text: string) => ({
    path,
    mode: 0o644,
    owner: 'root',
    group: 'root',
    body: { kind: 'content' as const, content: text },
  });
  return [
    {
      do: 'run',
      argv: buildOwnMountsArgv(buildDebootstrapArgv(request)),
      deadline: HOUR,
      progress: 'debootstrap',
    },
    { do: 'run', argv: ['cp', '-a', '--', `${request.early}/.`, request.target], deadline: 60 },
    {
      do: 'unpack-overlay',
      root: request.target,
      entries: [
        overlay('/etc/apt/sources.list', `${lines.join('\n')}\n`),
        overlay('/etc/apt/apt.conf.d/01relight-install', apt),
      ],
    },
    inside(['apt-get', 'update']),
    inside(buildChrootInstallArgv(request.packages)),
    inside(['apt-get', 'dist-upgrade', '--yes', '--no-install-recommends']),
    inside(['rm', '-f', '/etc/apt/apt.conf.d/01relight-install']),
    inside(['apt-get', 'clean']),
    inside(['find', '/var/lib/apt/lists', '-type', 'f', '-delete']),
  ];
}
