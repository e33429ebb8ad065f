import { makeIssue } from '../report/codes.ts';
import type { Issue } from '../report/issue.ts';
import { listInstallerObjects, type StoredMedium } from './installer-manifest.ts';
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
  /** Other names of the installation image that are not there, or not the image. */
  readonly absent: readonly string[];
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
  if (need.image !== undefined) return assessImage(need.image, content.image);
  if (need.route === 'bootstrap') return assessPackages(need, content);
  if (need.refused !== undefined) {
    return [makeIssue('RL1611', { name: need.guest, route: need.route, problem: need.refused })];
  }
  return need.medium === undefined ? [refuseRoute(need)] : assessInstaller(need, need.medium.kind, content);
}

/**
 * Of a guest of another route than bootstrap: what would stop a rebuild by that, which is to give the same guest. Undefined
 * where the question does not arise, or bootstrap cannot make its disks.
 */
export function assessBootstrap(need: VaultNeed, content: VaultContent): Issue[] | undefined {
  const isServed = need.route === 'bootstrap' || need.image !== undefined;
  return isServed || !need.fitsBootstrap ? undefined : assessPackages(need, content);
}

/** A route that cannot do without a mirror, with all that it would lack. */
export function refuseRoute({ guest, route, unkept }: Pick<VaultNeed, 'guest' | 'route' | 'unkept'>): Issue {
  return makeIssue('RL1604', { name: guest, route, what: unkept.join('; ') });
}

/** What the Debian installer would lack: its kernel or image, or a file of the archive that it is served. */
function assessInstaller(need: VaultNeed, kind: StoredMedium['kind'], content: VaultContent): Issue[] {
  const { guest, route } = need;
  const stored = content.manifest?.installer;
  if (content.manifest === undefined) return [makeIssue('RL1601', { name: guest })];
  if (stored === undefined || stored.medium.kind !== kind) {
    return [makeIssue('RL1616', { name: guest, route })];
  }
  const bad = (['missing', 'corrupt'] as const).flatMap((state) => {
    const objects = listInstallerObjects(stored);
    const found = objects.filter(({ sha256 }) => (content.objects.get(sha256) ?? 'missing') === state);
    const names = [...found.map(({ what }) => what), ...(state === 'missing' ? content.absent : [])];
    return names.length === 0 ? [] : [makeIssue('RL1605', { name: guest, state, what: nameSome(names) })];
  });
  const unserved =
    need.unserved === undefined ? [] : [makeIssue('RL1612', { name: guest, ...need.unserved })];
  return [...assessWish(need, stored), ...bad, ...unserved];
}

/** Whether what was asked for at the fill is what is asked for now. */
function assessWish(
  need: VaultNeed,
  stored: { readonly suite: string; readonly wanted: readonly string[] },
): Issue[] {
  const lacking = need.packages.filter((name) => !stored.wanted.includes(name));
  const what = stored.suite === need.suite ? nameSome(lacking) : `the suite ${need.suite}`;
  return what === '' ? [] : [makeIssue('RL1603', { name: need.guest, what })];
}

function assessPackages(need: VaultNeed, content: VaultContent): Issue[] {
  const { guest } = need;
  const { manifest } = content;
  if (manifest === undefined) return [makeIssue('RL1601', { name: guest })];
  const issues = assessWish(need, manifest);
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
