import { SUITE_NAMES } from '../../release/suites.ts';
import { entriesOf } from '../check-shape.ts';
import { suggestNearest } from '../nearest.ts';
import { BUILT_IN, normaliseRoute } from '../normalise/guest.ts';
import { guestName } from '../scalars.ts';
import type { FragmentSource, GuestSource, ImageSource } from '../sources.ts';
import { placeFile, placeValue } from '../sources.ts';
import type { GuestRule, Reporter, RuleContext } from './context.ts';

/** A guest is found by the name of its file, so both must agree. */
export const checkGuestName: GuestRule = (guest, _context, reporter) => {
  if (!guestName.safeParse(guest.name).success)
    reporter.at(placeFile(guest), 'RL2101', { value: guest.name });
  else checkNameKey(guest, reporter);
};

export function checkNameKey(
  source: FragmentSource<{ name?: string | undefined }>,
  reporter: Reporter,
): void {
  const { name } = source.written;
  if (name === undefined || name === source.name) return;
  reporter.at(placeValue(source, ['name']), 'RL3001', { value: name, expected: source.name });
}

/** Names of networks, roles, images and suites must exist. */
export const checkReferences: GuestRule = (guest, context, reporter) => {
  checkSuite(guest, reporter);
  checkRoles(guest, context, reporter);
  const route = normaliseRoute(guest.written.install ?? BUILT_IN.install);
  if (route.kind === 'image' && !context.sources.images.has(route.image)) {
    const suggestion = suggestNearest(
      route.image,
      context.sources.images.keys(),
      'add it as images/NAME.yaml',
    );
    reporter.at(placeValue(guest, ['install']), 'RL3025', { value: route.image, suggestion });
  }
  const { networks } = context.sources.site;
  for (const [index, nic] of entriesOf(guest.written.nics)) {
    if (isKnownNetwork(context, nic.network)) continue;
    const known = Object.keys(networks ?? {});
    const otherwise =
      known.length === 0 ? 'site.yaml has no networks' : `known networks: ${known.join(', ')}`;
    const suggestion = suggestNearest(nic.network, known, otherwise);
    reporter.at(placeValue(guest, ['nics', index, 'network']), 'RL3023', { value: nic.network, suggestion });
  }
};

/** A network that site.yaml has, even one that has errors of its own. */
function isKnownNetwork(context: RuleContext, name: string): boolean {
  const document = context.sources.siteDocument;
  if (document?.data === undefined) return true;
  const raw = document.data.networks;
  return typeof raw === 'object' && raw !== null && Object.hasOwn(raw, name);
}

export function checkSuite(source: GuestSource | ImageSource, reporter: Reporter): void {
  const { suite } = source.written;
  if (suite === undefined || SUITE_NAMES.includes(suite)) return;
  const suggestion = suggestNearest(suite, SUITE_NAMES, `known suites: ${SUITE_NAMES.join(', ')}`);
  reporter.at(placeValue(source, ['suite']), 'RL3037', { value: suite, suggestion });
}

export function checkRoles(
  source: GuestSource | ImageSource,
  context: RuleContext,
  reporter: Reporter,
): void {
  const { roles } = context.sources;
  for (const [index, role] of entriesOf(source.written.roles)) {
    if (roles.has(role)) continue;
    const suggestion = suggestNearest(role, roles.keys(), `add it as roles/${role}.yaml`);
    reporter.at(placeValue(source, ['roles', index]), 'RL3024', { value: role, suggestion });
  }
}
