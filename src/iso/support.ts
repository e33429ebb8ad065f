import type { Issue } from '../report/issue.ts';
import type { Identity } from './identify.ts';
import { isoIssue } from './problems.ts';

/** What stands against installing a guest from an image; nothing when it is one that relight supports. */
export function findObstacles(identity: Identity): Issue[] {
  const what = describeForeign(identity);
  if (what !== undefined) return [isoIssue('unsupported', { what })];
  const issues: Issue[] = [];
  const { architectures } = identity;
  if (architectures.length > 0 && !architectures.includes('amd64')) {
    issues.push(isoIssue('architecture', { name: architectures.join(', ') }));
  }
  if (identity.kernels.length === 0) {
    issues.push(isoIssue('no-installer', { what: 'no boot menu names a kernel that is there' }));
  } else if (identity.initrds.length === 0) {
    issues.push(isoIssue('no-installer', { what: 'no boot menu names an initrd that is there' }));
  }
  return issues;
}

function describeForeign(identity: Identity): string | undefined {
  const { distribution, kind, diskInfo } = identity;
  const named = diskInfo === undefined ? '' : ` (${diskInfo.slice(0, 100)})`;
  if (distribution === 'Ubuntu') return `an Ubuntu image${named}`;
  if (kind === 'live') return `a live image${named}`;
  if (kind === 'source') return `an image of source packages${named}`;
  if (distribution === 'other') return `an image of another system${named}`;
  return undefined;
}
