import type { IssuePlace } from '../../report/codes.ts';
import { entriesOf } from '../check-shape.ts';
import { suggestNearest } from '../nearest.ts';
import type { FileAsWritten } from '../schema.ts';
import {
  type FragmentSource,
  type GuestSource,
  type ImageSource,
  placeValue,
  type RoleSource,
} from '../sources.ts';
import type { GuestRule, Reporter, RuleContext } from './context.ts';

/** What is there is made at every start of the guest, or is another file system. */
const VOLATILE = ['/dev', '/proc', '/run', '/sys', '/tmp'];

/** The targets of a guest's files, those of its roles too, must be on its root disk. */
export const checkFileTargets: GuestRule = (guest, context, reporter) => {
  const kept = Object.entries(guest.written.disks ?? {}).filter(
    ([name]) => name !== 'root' && name !== 'swap',
  );
  for (const source of [...rolesOf(guest, context), guest]) {
    for (const [index, file] of entriesOf(source.written.files)) {
      const isBelow = (mount: string | undefined) => mount !== undefined && file.to.startsWith(`${mount}/`);
      const [name, disk] = kept.find(([, candidate]) => isBelow(candidate.mount)) ?? [];
      if (name === undefined || disk?.mount === undefined) continue;
      const mountPosition = placeValue(guest, ['disks', name, 'mount']).position;
      const related = mountPosition === undefined ? [] : [{ position: mountPosition, message: 'the disk' }];
      const place = { ...placeValue(source, ['files', index, 'to']), related };
      reporter.at(place, 'RL3013', { value: file.to, mount: disk.mount, name });
    }
  }
};

/** Roles of one guest that bring one target: the later one wins, which is seldom meant. */
export function checkRoleOverlap(
  source: GuestSource | ImageSource,
  context: RuleContext,
  reporter: Reporter,
): void {
  const owners = new Map<string, string>();
  for (const role of rolesOf(source, context)) {
    for (const [, file] of entriesOf(role.written.files)) {
      const other = owners.get(file.to);
      owners.set(file.to, role.name);
      if (other === undefined || other === role.name) continue;
      const index = (source.written.roles ?? []).indexOf(role.name);
      reporter.at(placeValue(source, ['roles', index]), 'RL3016', { name: role.name, value: file.to, other });
    }
  }
}

function rolesOf(source: GuestSource | ImageSource, context: RuleContext): readonly RoleSource[] {
  const roles = (source.written.roles ?? []).map((name) => context.sources.roles.get(name));
  return roles.filter((role): role is RoleSource => role !== undefined);
}

/** The list of files of one guest, role or image in itself. */
export function checkFileList(
  source: FragmentSource<{ files?: FileAsWritten[] | undefined }>,
  context: RuleContext,
  reporter: Reporter,
): void {
  const targets = new Set<string>();
  for (const [index, file] of entriesOf(source.written.files)) {
    const place = placeValue.bind(undefined, source);
    const volatile = VOLATILE.find(
      (directory) => file.to === directory || file.to.startsWith(`${directory}/`),
    );
    if (volatile !== undefined) {
      reporter.at(place(['files', index, 'to']), 'RL3014', { value: file.to, mount: volatile });
    }
    if (targets.has(file.to)) reporter.at(place(['files', index, 'to']), 'RL3015', { value: file.to });
    targets.add(file.to);
    if (file.from !== undefined)
      checkSource(file.from, () => place(['files', index, 'from']), context, reporter);
  }
}

function checkSource(from: string, place: () => IssuePlace, context: RuleContext, reporter: Reporter): void {
  const { knownFiles, directory } = context;
  if (knownFiles === undefined) return;
  const path = `${directory}/${from}`;
  const kind = knownFiles.get(path);
  if (kind === 'file') return;
  if (kind === 'directory') reporter.at(place(), 'RL3018', { value: from });
  else if (kind === 'outside') reporter.at(place(), 'RL3019', { value: from });
  else reporter.at(place(), 'RL3017', { value: from, suggestion: suggestPath(from, directory, knownFiles) });
}

/** Looks for a near name only in the same folder, and for the same name below files/. */
function suggestPath(from: string, directory: string, knownFiles: ReadonlyMap<string, unknown>): string {
  if (knownFiles.has(`${directory}/files/${from}`)) return `did you mean "files/${from}"?`;
  const folder = from.slice(0, from.lastIndexOf('/') + 1);
  const start = `${directory}/${folder}`;
  const names = [...knownFiles.keys()]
    .filter((path) => path.startsWith(start) && !path.slice(start.length).includes('/'))
    .map((path) => folder + path.slice(start.length));
  return suggestNearest(from, names, 'a source is a path below the directory of the site');
}
