import { statePaths } from '../host/paths.ts';
import type { Plan } from '../plan/types.ts';
import type { Hypervisor } from '../run/hypervisor.ts';
import type { RunFindings } from '../run/steps/context.ts';
import type { GuestHost } from './guest-host.ts';
import type { PhaseTimes } from './progress-view.ts';

/** What a rebuild prints at its end: end state, how the guest came up, where it is, what to try next, times. */
export async function describeResult(
  host: GuestHost,
  plan: Plan,
  findings: RunFindings,
  times: PhaseTimes,
  hypervisor: Hypervisor,
): Promise<string> {
  const { guest, facts } = host;
  const running = await hypervisor.find(guest.name);
  const state =
    running === undefined ? 'was rebuilt, checked, and stopped again' : 'was rebuilt and is running';
  const lines = [
    '',
    `${guest.name} ${state} (operation ${plan.operation}).`,
    '',
    ...describeEndState(findings),
    ...describeBoots(findings),
    ...findings.checks.map((check) => `  ${check.ok ? 'ok  ' : 'FAIL'}  ${check.what}: ${check.detail}`),
    '',
    'Volumes:',
    ...plan.actions.flatMap((action) =>
      action.creates.filter((each) => each.kind === 'volume').map((each) => `  new   ${each.name}`),
    ),
    ...describeKept(host, plan),
    '',
    ...describeAddresses(host, running, plan),
    ...describeTimes(times),
    'Next:',
    `  relight status ${guest.name}      what there is now`,
    ...(plan.replaces === undefined
      ? []
      : [`  relight rollback ${guest.name}    the old root back in its place`]),
    ...(plan.replaces === undefined ? [] : [`  relight prune ${guest.name}       let old roots go`]),
    ...(running !== undefined && facts.hypervisor === 'qemu'
      ? [`  relight stop ${guest.name}        shut it down`]
      : []),
    '',
  ];
  return lines.join('\n');
}

function describeEndState(findings: RunFindings): string[] {
  if (findings.endState.length === 0) return [];
  const rows = findings.endState;
  const packages = rows.filter((row) => row.id.startsWith('package '));
  const others = rows.filter((row) => !row.id.startsWith('package '));
  const mark = (ok: boolean) => (ok ? 'ok  ' : 'FAIL');
  const packagesOk = packages.every((row) => row.ok);
  return [
    'End state, the root filesystem against the spec:',
    ...others.map((row) => `  ${mark(row.ok)}  ${row.what}${row.ok ? '' : `: ${row.found}`}`),
    `  ${mark(packagesOk)}  ${packages.length} packages installed`,
    '',
  ];
}

function describeBoots(findings: RunFindings): string[] {
  return findings.ready.flatMap(({ domain, facts, seconds }) => {
    const how = facts.guestType === '' ? facts.virtualization : facts.guestType;
    const mode = how === '' ? '' : ` as ${how}`;
    return [
      `  ok    ${domain} ready after ${seconds.toFixed(0)} s${mode}: Linux ${facts.kernel}, ${facts.state}`,
    ];
  });
}

function describeKept({ guest, facts }: GuestHost, plan: Plan): string[] {
  const kept = guest.disks
    .filter((disk) => disk.keep)
    .map(
      (disk) =>
        `  kept  ${guest.name}-${disk.name} on ${disk.mount ?? 'no mount'}: not written by the rebuild`,
    );
  if (plan.replaces === undefined) return kept;
  const old = facts.volumes.filter(
    (volume) => volume.tags.op === plan.replaces && volume.tags.role !== 'data',
  );
  return [...kept, ...old.map((volume) => `  old   ${volume.path}: kept for the way back`)];
}

function describeAddresses(
  { guest, facts, paths }: GuestHost,
  running: Awaited<ReturnType<Hypervisor['find']>>,
  plan: Plan,
): string[] {
  const lines = guest.nics.map((nic) => {
    const address = nic.ipv4?.kind === 'static' ? nic.ipv4.address : (nic.ipv4?.kind ?? 'no IPv4');
    return `  ${nic.network}: ${address} (${nic.mac})`;
  });
  const forwards = (running?.forwards ?? []).map((forward) => {
    const place = `${forward.host}:${forward.port}`;
    const how = forward.guestPort === 22 ? `ssh -p ${forward.port} USER@${forward.host}` : `http://${place}/`;
    return `  port ${forward.guestPort} of the guest is ${place}: ${how}`;
  });
  const log = `${statePaths.operation(paths, guest.name, plan.operation)}/console.log`;
  const console = facts.hypervisor === 'qemu' && running !== undefined ? [`  console: ${log}`] : [];
  return ['Addresses:', ...lines, ...forwards, ...console, ''];
}

function describeTimes(times: PhaseTimes): string[] {
  const total = [...times.values()].reduce((sum, seconds) => sum + seconds, 0);
  const rows = [...times].map(
    ([phase, seconds]) => `  ${phase.padEnd(12)} ${seconds.toFixed(1).padStart(7)} s`,
  );
  return ['Time:', ...rows, `  ${'total'.padEnd(12)} ${total.toFixed(1).padStart(7)} s`, ''];
}
