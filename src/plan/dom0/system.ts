import { makeIssue } from '../../report/codes.ts';
import type { Issue } from '../../report/issue.ts';
import type { Dom0Item, Dom0Part, Dom0Request } from './types.ts';

/** What no package mends: another system, secure boot, a kernel without Xen, a half-done dpkg, no GRUB. */
export const checkSystem: Dom0Part = (request) => {
  const { system, architecture, kernel } = request.facts;
  const issues = findProblems(request);
  const detail = `${system.id} ${system.codename} on ${architecture}, Linux ${kernel}`;
  if (issues.length === 0) return [{ ...base('system', 'Debian that Xen runs on'), state: 'ok', detail }];
  return issues.map(
    (issue, index): Dom0Item => ({
      ...base(`system-${index + 1}`, issue.message),
      state: 'refused',
      detail,
      issue,
    }),
  );
};

function findProblems({ facts }: Dom0Request): Issue[] {
  const { system, architecture, kernel, secureBoot, dpkgAudit, installed } = facts;
  const issues: Issue[] = [];
  if (system.id !== 'debian') issues.push(makeIssue('RL1405', { found: system.id || 'unknown' }));
  if (architecture !== 'amd64') issues.push(makeIssue('RL1406', { found: architecture }));
  if (secureBoot) issues.push(makeIssue('RL1407', {}));
  const hasPlainKernel = installed.some((name) => /^linux-image-.*amd64$/.test(name) && !/cloud/.test(name));
  if (/cloud/.test(kernel) && !hasPlainKernel) {
    issues.push(makeIssue('RL1408', { kernel, package: `linux-image-${kernel}` }));
  }
  if (dpkgAudit !== '') issues.push(makeIssue('RL1409', { detail: dpkgAudit.split('\n')[0] ?? '' }));
  if (!installed.includes('grub-pc') && !installed.includes('grub-efi-amd64')) {
    issues.push(makeIssue('RL1410', {}));
  }
  return issues;
}

function base(id: string, title: string): Pick<Dom0Item, 'id' | 'area' | 'title'> {
  return { id, area: 'system', title };
}
