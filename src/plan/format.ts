import { formatSize } from '../spec/size.ts';
import { describeStep } from './describe-step.ts';
import type { Action, Plan, ResourceReference } from './types.ts';

/** A plan as a person reads it: what is done, made and destroyed, and what stays. `steps` shows every command. */
export function formatPlan(plan: Plan, steps: boolean): string {
  const lines = [
    `Plan ${plan.operation} for ${plan.guest}: ${plan.route} on ${plan.hypervisor}`,
    plan.replaces === undefined
      ? '  There is no generation to keep: this is the first build.'
      : `  Generation ${plan.replaces} is kept as it is until prune.`,
    '',
  ];
  plan.actions.forEach((action, index) => {
    const number = String(index + 1).padStart(2);
    const mark = action.id === plan.commitAction ? '   <- the commit: one rename' : '';
    lines.push(`${number}. ${action.title}${mark}`);
    lines.push(...listResources('  + ', action.creates), ...listResources('  - ', action.destroys));
    if (steps) lines.push(...describeSteps(action));
  });
  const made = sumVolumes(plan, 'creates');
  const gone = sumVolumes(plan, 'destroys');
  lines.push(
    '',
    `New volumes: ${formatSize(made)}. Volumes destroyed: ${gone === 0 ? 'none' : formatSize(gone)}.`,
  );
  return `${lines.join('\n')}\n`;
}

function describeSteps(action: Action): string[] {
  const undo = action.undo.map((step) => `      undo: ${describeStep(step)}`);
  return [...action.steps.map((step) => `      ${describeStep(step)}`), ...undo];
}

function listResources(prefix: string, resources: readonly ResourceReference[]): string[] {
  return resources.map(({ kind, name, size }) => {
    const much = size === undefined ? '' : ` (${formatSize(size)})`;
    return `  ${prefix}${kind} ${name}${much}`;
  });
}

function sumVolumes(plan: Plan, what: 'creates' | 'destroys'): number {
  return plan.actions
    .flatMap((action) => action[what])
    .reduce((sum, resource) => sum + (resource.kind === 'volume' ? (resource.size ?? 0) : 0), 0);
}
