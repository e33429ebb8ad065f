import type { Issue, Position } from '../report/issue.ts';
import { checkCache } from './rules/cache.ts';
import { type Finding, type GuestRule, Reporter, type RuleContext } from './rules/context.ts';
import { checkDisks } from './rules/disks.ts';
import { findDuplicates } from './rules/duplicates.ts';
import { checkFileList, checkFileTargets, checkRoleOverlap } from './rules/files.ts';
import { checkGuestName, checkNameKey, checkReferences, checkRoles, checkSuite } from './rules/names.ts';
import { checkNetworks } from './rules/networks.ts';
import { checkNics } from './rules/nics.ts';
import { checkPreseed, checkRecipe } from './rules/preseed.ts';
import { checkBoot, checkLayout, checkRequired } from './rules/system.ts';
import { checkLogins, checkRootLogin, checkUsers } from './rules/users.ts';

const GUEST_RULES: readonly GuestRule[] = [
  checkGuestName,
  checkReferences,
  checkRequired,
  checkBoot,
  checkDisks,
  checkLayout,
  checkNics,
  checkUsers,
  checkRootLogin,
  checkLogins,
  checkFileTargets,
  checkPreseed,
  checkRecipe,
];

/** Everything that is wrong with a site beyond the shape of single files. */
export function findIssues(context: RuleContext): readonly Finding[] {
  const { guests, roles, images } = context.sources;
  const findings: Finding[] = [...checkNetworks(context).findings, ...checkCache(context).findings];
  for (const guest of guests) {
    const reporter = new Reporter(guest.name);
    for (const rule of GUEST_RULES) rule(guest, context, reporter);
    checkFileList(guest, context, reporter);
    checkRoleOverlap(guest, context, reporter);
    findings.push(...reporter.findings);
  }
  for (const role of roles.values()) {
    const reporter = new Reporter();
    checkFileList(role, context, reporter);
    findings.push(...reporter.findings);
  }
  for (const image of images.values()) {
    const reporter = new Reporter(image.name);
    checkNameKey(image, reporter);
    checkSuite(image, reporter);
    checkRoles(image, context, reporter);
    checkFileList(image, context, reporter);
    checkRoleOverlap(image, context, reporter);
    findings.push(...reporter.findings);
  }
  return [...findings, ...findDuplicates(context)];
}

/** Sorts findings by place and joins those that say the same of one place: a default is shared by many guests. */
export function orderFindings(findings: readonly Finding[]): readonly Finding[] {
  const joined = new Map<string, Finding>();
  for (const finding of findings) {
    const { code, position, message } = finding.issue;
    const identity = `${position?.file}:${position?.line}:${position?.column} ${code} ${message}`;
    const first = joined.get(identity);
    joined.set(identity, first === undefined ? finding : joinFindings(first, finding));
  }
  return [...joined.values()].sort((left, right) => comparePositions(left.issue, right.issue));
}

/** No subjects means everybody who uses the file. */
function joinFindings(first: Finding, second: Finding): Finding {
  const isAll = first.subjects.length === 0 || second.subjects.length === 0;
  return { issue: first.issue, subjects: isAll ? [] : [...new Set([...first.subjects, ...second.subjects])] };
}

function comparePositions(left: Issue, right: Issue): number {
  const { position: a } = left;
  const { position: b } = right;
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return compareFiles(a, b) || a.line - b.line || a.column - b.column || (left.code < right.code ? -1 : 1);
}

function compareFiles(left: Position, right: Position): number {
  if (left.file === right.file) return 0;
  return left.file < right.file ? -1 : 1;
}
