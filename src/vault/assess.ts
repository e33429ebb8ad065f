import { makeIssue } from '../report/codes.ts';
import type { Issue } from '../report/issue.ts';
import type { VaultManifest } from './manifest.ts';
import type { VaultNeed } from './need.ts';

export type ObjectState = 'good' | 'missing' | 'corrupt';

/** What of a guest's need is on this machine, as it was found and hashed just now. */
export interface VaultContent {
  readonly manifest: VaultManifest | undefined;
  /** Of every object that the manifest names. */
  readonly objects: ReadonlyMap<string, ObjectState>;
  /** The repository's index and its signature. */
  readonly index: ObjectState;
  /** The image of the route image: what is wrong with it; undefined when the store has none. */
  readonly image: readonly string[] | undefined;
}

/** How many packages a message names. */
const NAMED = 6;

/**
 * Says what would stop the rebuild of this guest if the internet were down. Nothing: it works from what is stored.
 * Pure: `relight vault check`, `relight dom0 check` and `rebuild --offline` all ask here.
 */
export function assessOffline(need: VaultNeed, content: VaultContent): Issue[] {
  const { guest } = need;
  if (need.image !== undefined) return assessImage(need.image, content.image);
  if (need.route !== 'bootstrap') return [makeIssue('RL1604', { name: guest, route: need.route })];
  const { manifest } = content;
  if (manifest === undefined) return [makeIssue('RL1601', { name: guest })];
  const issues: Issue[] = [];
  const lacking = need.packages.filter((name) => !manifest.wanted.includes(name));
  if (manifest.suite !== need.suite) {
    issues.push(makeIssue('RL1603', { name: guest, what: `the suite ${need.suite}` }));
  } else if (lacking.length > 0) {
    issues.push(makeIssue('RL1603', { name: guest, what: nameSome(lacking) }));
  }
  if (content.index !== 'good') {
    issues.push(makeIssue('RL1605', { name: guest, state: content.index, what: 'its package index' }));
  }
  for (const state of ['missing', 'corrupt'] as const) {
    const bad = manifest.packages.filter((each) => (content.objects.get(each.sha256) ?? 'missing') === state);
    if (bad.length === 0) continue;
    const what = nameSome(bad.map((each) => `${each.name} ${each.version}`));
    issues.push(makeIssue('RL1605', { name: guest, state, what }));
  }
  return issues;
}

function assessImage(image: string, problems: readonly string[] | undefined): Issue[] {
  if (problems === undefined) return [makeIssue('RL1606', { image, what: 'it is not in the store' })];
  return problems.slice(0, NAMED).map((what) => makeIssue('RL1606', { image, what }));
}

function nameSome(names: readonly string[]): string {
  const rest = names.length - NAMED;
  return rest > 0 ? `${names.slice(0, NAMED).join(', ')} and ${rest} more` : names.join(', ');
}
