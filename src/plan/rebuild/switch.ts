import { statePaths } from '../../host/paths.ts';
import { tagVolumes } from '../../resources/volume.ts';
import type { Action, DomainDefinition, Step } from '../types.ts';
import type { PlanContext } from './request.ts';

/** Boots the new root as `NAME~verify`, without network and without kept disks, and waits for its ready line. */
export function verifyBoot(context: PlanContext, domain: DomainDefinition, configText: string): Action {
  const { facts, guest, operation, operationDirectory } = context;
  const config = statePaths.verifyConfig(facts.paths, guest.name, operation);
  const console = `${operationDirectory}/console-verify.log`;
  return {
    id: 'verify-boot',
    phase: 'verify',
    title: `boot it as ${domain.name}, without network and kept disks`,
    creates: [{ kind: 'domain', name: domain.name }],
    destroys: [],
    probe: { kind: 'journal' },
    steps: [
      { do: 'destroy-domain', domain: domain.name },
      { do: 'remove', path: console },
      { do: 'write-file', path: config, content: configText, mode: 0o600 },
      { do: 'start-domain', domain, config, console },
      {
        do: 'wait-ready',
        domain: domain.name,
        console,
        nonce: context.nonce,
        deadline: guest.timeouts.ready,
        mounts: ['/'],
      },
      { do: 'shutdown-domain', domain: domain.name, deadline: guest.timeouts.shutdown },
    ],
    undo: [{ do: 'destroy-domain', domain: domain.name }],
  };
}

/** Stops the old guest. Its undo starts it again from the configuration that is live at that moment: the old one. */
export function stopOld(context: PlanContext, old: DomainDefinition | undefined): Action[] {
  const { facts, guest, operationDirectory } = context;
  if (!facts.running) return [];
  const config = statePaths.config(facts.paths, guest.name);
  const restart: Step[] =
    old === undefined
      ? []
      : [{ do: 'start-domain', domain: old, config, console: `${operationDirectory}/console-old.log` }];
  return [
    {
      id: 'stop-old',
      phase: 'stop',
      title: `shut the old ${guest.name} down`,
      creates: [],
      destroys: [],
      probe: { kind: 'journal' },
      steps: [{ do: 'shutdown-domain', domain: guest.name, deadline: guest.timeouts.shutdown }],
      undo: restart,
    },
  ];
}

/** The commit: one rename(2). The old configuration stays under its operation's name. */
export function commitConfig(context: PlanContext, configText: string): Action {
  const { facts, guest, operation } = context;
  const live = statePaths.config(facts.paths, guest.name);
  const draft = `${facts.paths.config}/.${guest.name}.cfg.${operation}`;
  const replaced = facts.live?.operation ?? (facts.foreignConfig === undefined ? undefined : 'foreign');
  const kept = replaced === undefined ? undefined : statePaths.oldConfig(facts.paths, guest.name, replaced);
  return {
    id: 'commit',
    phase: 'commit',
    title: `put the new configuration in place: ${live}`,
    creates: [{ kind: 'file', name: live }],
    destroys: [],
    probe: { kind: 'config', path: live, operation },
    steps: [
      ...(kept === undefined ? [] : [{ do: 'keep-file' as const, from: live, to: kept }]),
      { do: 'write-file', path: draft, content: configText, mode: 0o600 },
      { do: 'rename', from: draft, to: live },
    ],
    undo: [
      { do: 'remove', path: draft },
      kept === undefined
        ? { do: 'remove-config', path: live, operation }
        : { do: 'restore-file', from: kept, to: live },
    ],
  };
}

/** Starts the new guest, waits for its ready line, and runs the spec's checks. */
export function startNew(context: PlanContext, domain: DomainDefinition): Action {
  const { facts, guest, operationDirectory, nonce } = context;
  const config = statePaths.config(facts.paths, guest.name);
  const console = `${operationDirectory}/console.log`;
  const mounts = guest.disks.flatMap((disk) => (disk.mount === undefined ? [] : [disk.mount]));
  const addresses = guest.nics.flatMap((nic) =>
    nic.ipv4?.kind === 'static' ? [nic.ipv4.address.replace(/\/.*/, '')] : [],
  );
  const stop: Step[] = context.keepRunning
    ? []
    : [{ do: 'shutdown-domain', domain: guest.name, deadline: guest.timeouts.shutdown }];
  return {
    id: 'start-new',
    phase: 'start',
    title: `start the new ${guest.name} and check it`,
    creates: [{ kind: 'domain', name: guest.name }],
    destroys: [],
    probe: { kind: 'journal' },
    steps: [
      { do: 'start-domain', domain, config, console },
      { do: 'wait-ready', domain: domain.name, console, nonce, deadline: guest.timeouts.ready, mounts },
      {
        do: 'run-checks',
        domain: domain.name,
        addresses,
        checks: guest.checks,
        deadline: guest.timeouts.checks,
      },
      ...stop,
    ],
    undo: [{ do: 'destroy-domain', domain: domain.name }],
  };
}

/** Autostart link back, tags to live and old, working directory away. */
export function finishRebuild(context: PlanContext): Action {
  const { facts, guest, operation, work } = context;
  const link = statePaths.autoLink(facts.paths, guest.name);
  const steps: Step[] = [];
  const undo: Step[] = [];
  if (link !== undefined && guest.start === 'auto') {
    steps.push({ do: 'symlink', target: statePaths.config(facts.paths, guest.name), path: link });
    if (!facts.autostart) undo.push({ do: 'remove', path: link });
  }
  const rebuilt = context.disks.filter((planned) => !planned.disk.keep).map((planned) => planned.volume.name);
  steps.push(...tagVolumes(facts.storage, rebuilt, operation, 'live'));
  const replaced = facts.live?.operation;
  if (replaced !== undefined) {
    const old = facts.volumes.filter((volume) => volume.tags.op === replaced && volume.tags.role !== 'data');
    const names = old.map((volume) => volume.name);
    steps.push(...tagVolumes(facts.storage, names, replaced, 'old'));
    undo.push(...tagVolumes(facts.storage, names, replaced, 'live'));
  }
  steps.push({ do: 'remove-work', path: work });
  return {
    id: 'finish',
    phase: 'finish',
    title: 'mark the new volumes live, keep the old ones, tidy up',
    creates: link !== undefined && guest.start === 'auto' ? [{ kind: 'link', name: link }] : [],
    destroys: [{ kind: 'directory', name: work }],
    probe: { kind: 'journal' },
    steps,
    undo,
  };
}
