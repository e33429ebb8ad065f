import { statePaths } from '../../host/paths.ts';
import { createKeptVolume, createRebuiltVolume } from '../../resources/volume.ts';
import type { Action } from '../types.ts';
import type { PlanContext } from './request.ts';

const SSH_KEY_TYPES = ['ed25519', 'ecdsa', 'rsa'] as const;

/** Names of the host key files, private ones first (sshd_config(5), HostKey). */
export const HOST_KEY_FILES: readonly string[] = SSH_KEY_TYPES.flatMap((type) => [
  `ssh_host_${type}_key`,
  `ssh_host_${type}_key.pub`,
]);

/** Directories of this operation, and room to work in. The operation's own directory stays: it holds the evidence. */
export function prepareWork(context: PlanContext): Action {
  const { facts, guest, work } = context;
  return {
    id: 'prepare-work',
    phase: 'prepare',
    title: 'make room to work in',
    creates: [{ kind: 'directory', name: work }],
    destroys: [],
    probe: { kind: 'journal' },
    steps: [
      { do: 'make-directory', path: work, mode: 0o700 },
      { do: 'make-directory', path: statePaths.runtime(facts.paths), mode: 0o700 },
      { do: 'make-directory', path: `${statePaths.guest(facts.paths, guest.name)}/generations`, mode: 0o700 },
      ...(facts.storage.kind === 'files'
        ? [{ do: 'make-directory' as const, path: facts.storage.directory, mode: 0o700 }]
        : []),
      { do: 'make-directory', path: facts.paths.config, mode: facts.hypervisor === 'qemu' ? 0o700 : 0o755 },
    ],
    undo: [{ do: 'remove-work', path: work }],
  };
}

/** SSH host keys and machine-id, made once and kept over all rebuilds. No undo: an identity is never thrown away. */
export function createIdentity(context: PlanContext): Action[] {
  const { facts, guest, work } = context;
  if (facts.identity.length > 0) return [];
  const target = statePaths.identity(facts.paths, guest.name);
  const draft = `${work}/identity`;
  return [
    {
      id: 'create-identity',
      phase: 'prepare',
      title: 'make SSH host keys and machine-id, to be kept over rebuilds',
      creates: [{ kind: 'directory', name: target }],
      destroys: [],
      probe: { kind: 'path', path: target },
      steps: [
        { do: 'remove-work', path: draft },
        { do: 'make-directory', path: draft, mode: 0o700 },
        ...SSH_KEY_TYPES.map((type) => ({
          do: 'run' as const,
          argv: [
            ...['ssh-keygen', '-q', '-t', type, '-N', '', '-C', `root@${guest.name}`],
            ...['-f', `${draft}/ssh_host_${type}_key`],
          ],
          deadline: 120,
        })),
        { do: 'write-file', path: `${draft}/machine-id`, content: `${context.machineId}\n`, mode: 0o600 },
        { do: 'rename', from: draft, to: target },
      ],
      undo: [],
    },
  ];
}

/** The autostart link goes first and comes back last, so that nothing half-built starts by itself after a power cut. */
export function removeAutostart(context: PlanContext): Action[] {
  const { facts, guest } = context;
  const link = statePaths.autoLink(facts.paths, guest.name);
  if (link === undefined || !facts.autostart) return [];
  return [
    {
      id: 'remove-autostart',
      phase: 'prepare',
      title: 'take the autostart link away',
      creates: [],
      destroys: [{ kind: 'link', name: link }],
      probe: { kind: 'journal' },
      steps: [{ do: 'remove', path: link }],
      undo: [{ do: 'symlink', target: statePaths.config(facts.paths, guest.name), path: link }],
    },
  ];
}

/** New root volumes beside the old ones; kept volumes only where they are missing. */
export function createVolumes(context: PlanContext): Action[] {
  const { storage } = context.facts;
  return context.disks.map((planned) =>
    planned.disk.keep
      ? createKeptVolume(storage, planned.volume, planned.disk, planned.found, planned.filesystemUuid)
      : createRebuiltVolume(storage, planned.volume),
  );
}
