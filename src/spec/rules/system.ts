import { chooseDefaultBoot, judgeBoot, listBootMethods } from '../../release/boot.ts';
import { kindOfLayout, listRoutesFor, ROUTE_LAYOUTS } from '../../release/routes.ts';
import { findSuite, GUEST_TYPES } from '../../release/suites.ts';
import { findNearest } from '../nearest.ts';
import { BUILT_IN, normaliseRoute } from '../normalise/guest.ts';
import { parseSize } from '../size.ts';
import { placeFile, placeKey, placeValue } from '../sources.ts';
import type { GuestRule } from './context.ts';

const MIB = 1024 ** 2;
const MINIMUM_MEMORY = 128 * MIB;

/** Keys that every guest needs, from its own file or from the site's defaults. */
export const checkRequired: GuestRule = (guest, _context, reporter) => {
  const keys = Object.keys(guest.document.data ?? {});
  // A mistyped key is reported as such; that the right one is missing then says nothing new.
  const has = (key: string) => keys.some((other) => findNearest(other, ['memory', 'disks']) === key);
  if (guest.document.data === undefined) return;
  if (guest.written.memory === undefined && !has('memory')) {
    reporter.at(placeFile(guest), 'RL2002', { key: 'memory', suggestion: 'for example memory: 1GiB' });
  }
  if (guest.written.disks === undefined && !has('disks')) {
    reporter.at(placeFile(guest), 'RL2002', {
      key: 'disks',
      suggestion: 'for example disks: { root: { size: 8GiB } }',
    });
  }
  const memory = guest.written.memory;
  if (memory !== undefined && (parseSize(memory) ?? 0) < MINIMUM_MEMORY) {
    reporter.at(placeValue(guest, ['memory']), 'RL3012', {
      what: 'the memory',
      minimum: '128MiB',
      value: memory,
    });
  }
};

/** Whether guest type and boot method work with the suite's kernel, by the release table. */
export const checkBoot: GuestRule = (guest, _context, reporter) => {
  const suite = guest.written.suite ?? BUILT_IN.suite;
  const type = guest.written.guest ?? BUILT_IN.guest;
  const boot = guest.written.boot ?? chooseDefaultBoot(suite, type);
  if (findSuite(suite) === undefined) return;
  const verdict = judgeBoot(suite, type, boot);
  if (verdict.possible) return;
  const otherTypes = GUEST_TYPES.filter((other) => other !== type && judgeBoot(suite, other, boot).possible);
  const choices = [
    ...otherTypes.map((other) => `guest: ${other}`),
    ...listBootMethods(suite, type).map((other) => `boot: ${other}`),
  ];
  const parameters = {
    guest: type,
    suite,
    boot,
    evidence: verdict.evidence,
    suggestion: `use ${choices.join(', or ')}`,
  };
  reporter.at(placeValue(guest, ['boot']), 'RL3201', parameters);
};

/** Layouts that only the installer can make. */
export const checkLayout: GuestRule = (guest, _context, reporter) => {
  const layout = guest.written.disks?.root?.layout;
  if (layout === undefined) return;
  const kind = kindOfLayout(layout);
  const route = normaliseRoute(guest.written.install ?? BUILT_IN.install).kind;
  if (ROUTE_LAYOUTS[route].includes(kind)) return;
  const routes = listRoutesFor(kind).join(' or ');
  reporter.at(placeKey(guest, ['disks', 'root', 'layout']), 'RL3010', { route, layout: kind, routes });
};
