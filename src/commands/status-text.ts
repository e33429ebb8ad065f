import { formatDrift } from '../plan/drift.ts';
import type { GuestStatus } from './status.ts';

/** A guest's status for people. */
export function formatStatus(status: GuestStatus): string {
  const { running, unfinished, last, mode } = status;
  const lines = [`${status.name}: ${running === undefined ? 'not running' : 'running'}`];
  if (status.wanted !== undefined) {
    const { guest, boot, start } = status.wanted;
    lines.push(`  wanted      ${guest} by ${boot}, start ${start}`);
  }
  lines.push(`  generation  ${status.generation ?? 'none: never built'}`);
  if (mode !== undefined) lines.push(`  mode        ${mode.mode} (by ${mode.source})`);
  for (const forward of running?.forwards ?? []) {
    lines.push(`  port        ${forward.guestPort} of the guest is ${forward.host}:${forward.port}`);
  }
  for (const forward of status.forwarded)
    lines.push(
      `  forward     ${forward.text}${forward.inPlace ? '' : ' (not in place: relight dom0 setup)'}`,
    );
  for (const [key, value] of Object.entries(running?.details ?? {}))
    lines.push(`  ${key.padEnd(11)} ${value}`);
  for (const each of status.drift) lines.push(`  drift       ${formatDrift(each)}`);
  for (const each of status.notes) lines.push(`  note        ${each}`);
  if (last !== undefined) {
    lines.push(
      `  last build  ${last.operation} (${last.route}) ${last.outcome} at ${last.endedAt}, ${last.seconds.toFixed(0)} s`,
    );
  }
  const { orphans, heldBy } = status;
  if (heldBy !== undefined && orphans.length === 0) {
    lines.push(`  at work     ${heldBy}: relight watch ${status.name}`);
  } else if (unfinished !== undefined) {
    lines.push(
      `  UNFINISHED  operation ${unfinished.operation} stopped at: ${unfinished.action ?? 'its very start'}`,
    );
    if (orphans.length > 0) lines.push(...describeOrphans(orphans));
    lines.push(`              next: ${unfinished.advice}`);
  } else if (orphans.length > 0) lines.push(...describeOrphans(orphans));
  return `${lines.join('\n')}\n`;
}

/** relight was killed, and a command of it was not: nobody can go on before that has ended. */
function describeOrphans(orphans: readonly string[]): string[] {
  const pids = orphans.map((each) => each.replace(/ .*/, '')).join(' ');
  return [
    `              relight has died; what it started still runs: ${orphans.join(', ')}`,
    `              first: wait for that to end, or: kill ${pids}`,
  ];
}
