import type { Question } from '../../release/preseed-questions.ts';
import type { Issue } from '../../report/issue.ts';
import { suggestNearest } from '../../spec/nearest.ts';
import { type LintContext, placeOf, type Rule, report } from '../context.ts';
import type { Entry } from '../entry.ts';

export const findBadBooleans: Rule = (context) =>
  context.known.flatMap(([entry, question]) => {
    const value = entry.value.text;
    if (question.type !== 'boolean' || value === 'true' || value === 'false') return [];
    const meant = meantBoolean(value);
    const suggestion = meant === undefined ? 'write true or false' : `write ${meant}: relight lint --fix`;
    return [report('RL5201', placeOf(context, entry), { name: question.name, value, suggestion })];
  });

/** What a person means by `True` or `yes`. */
export function meantBoolean(value: string): 'true' | 'false' | undefined {
  if (/^(true|yes|on)$/i.test(value)) return 'true';
  return /^(false|no|off)$/i.test(value) ? 'false' : undefined;
}

/** Choices of questions whose template leaves them open. From the components' scripts. */
const MORE_CHOICES: Readonly<Record<string, readonly string[]>> = {
  'partman-auto/method': ['regular', 'lvm', 'crypto', 'raid'],
  'mirror/protocol': ['http', 'https', 'ftp'],
  'debconf/priority': ['critical', 'high', 'medium', 'low'],
  'partman/choose_partition': ['finish', 'abort'],
};
const RECIPES: Readonly<Record<string, readonly string[]>> = {
  bookworm: ['atomic', 'home', 'multi'],
  trixie: ['atomic', 'home', 'multi', 'server', 'small_disk'],
};

export const findBadChoices: Rule = (context) =>
  context.known.flatMap(([entry, question]) => {
    const choices = listChoices(context, question);
    if (choices === undefined) return [];
    if (question.type === 'multiselect') return judgeList(context, entry, choices);
    const value = entry.value.text;
    // An empty select keeps the default.
    if (value === '' || choices.includes(value)) return [];
    return [report('RL5202', placeOf(context, entry), describeChoice(question.name, value, choices))];
  });

function listChoices(context: LintContext, question: Question): readonly string[] | undefined {
  if (question.name === 'partman-auto/choose_recipe') return listRecipes(context);
  return MORE_CHOICES[question.name] ?? question.choices;
}

/** A recipe of one's own has any name. */
function listRecipes(context: LintContext): readonly string[] | undefined {
  const hasOwn = ['partman-auto/expert_recipe', 'partman-auto/expert_recipe_file'].some((name) =>
    context.answers.has(name),
  );
  return hasOwn ? undefined : RECIPES[context.options.suite ?? 'trixie'];
}

function judgeList(context: LintContext, entry: Entry, choices: readonly string[]): Issue[] {
  const issues: Issue[] = [];
  for (const match of entry.value.text.matchAll(/[^,\s][^,]*/g)) {
    const value = match[0].trimEnd();
    if (choices.includes(value)) continue;
    const place = placeOf(context, entry, entry.value, match.index, value.length);
    issues.push(report('RL5202', place, describeChoice(entry.name.text, value, choices)));
  }
  return issues;
}

function describeChoice(name: string, value: string, choices: readonly string[]) {
  const all = choices.length <= 12 ? `the choices are ${choices.join(', ')}` : '';
  return { name, value, suggestion: suggestNearest(value, choices, all) };
}

const NUMBERS: ReadonlySet<string> = new Set([
  'netcfg/link_wait_timeout',
  'netcfg/dhcp_timeout',
  'netcfg/dhcpv6_timeout',
  'passwd/user-uid',
]);

export const findBadNumbers: Rule = (context) =>
  context.known.flatMap(([entry, question]) => {
    const value = entry.value.text;
    if (!NUMBERS.has(question.name) || /^\d{0,9}$/.test(value)) return [];
    return [report('RL5223', placeOf(context, entry), { name: question.name, value })];
  });

export const findBadChecksums: Rule = (context) =>
  context.known.flatMap(([entry, question]) => {
    const value = entry.value.text;
    if (!/^preseed\/.*checksum$/.test(question.name) || /^([0-9a-f]{32}([ \t]+|$))*$/i.test(value)) return [];
    return [report('RL5226', placeOf(context, entry), { value })];
  });

/** fetch-url's protocols; a name without one is relative to the preseed's own URL. */
const URL_QUESTIONS: ReadonlySet<string> = new Set(['preseed/url', 'network-console/authorized_keys_url']);

export const findBadUrls: Rule = (context) =>
  context.known.flatMap(([entry, question]) => {
    if (!URL_QUESTIONS.has(question.name)) return [];
    const value = entry.value.text;
    if (value === '' || /^(https?|ftp|tftp|file|floppy|base64):\/\/\S+$/.test(value)) return [];
    return [report('RL5227', placeOf(context, entry), { value })];
  });

const DISK = /^\/dev\/[A-Za-z0-9][A-Za-z0-9/_.:+-]*$/;

export const findBadDevices: Rule = (context) =>
  context.known.flatMap(([entry, question]) => {
    const isBoot = question.name === 'grub-installer/bootdev';
    if (!isBoot && question.name !== 'partman-auto/disk') return [];
    const issues: Issue[] = [];
    for (const match of entry.value.text.matchAll(/\S+/g)) {
      const isGood = DISK.test(match[0]) || (isBoot && /^(default|\(hd\d+(,\w+)?\)|\(fd0\))$/.test(match[0]));
      const suggestion = match[0].includes(',') ? 'separate disks by a blank' : 'for example /dev/xvda';
      const place = placeOf(context, entry, entry.value, match.index, match[0].length);
      if (!isGood) issues.push(report('RL5221', place, { value: match[0], suggestion }));
    }
    return issues;
  });

const PACKAGE_LISTS: ReadonlySet<string> = new Set(['pkgsel/include', 'base-installer/includes']);

/** pkgsel hands the list to `sh -c` in the new system. */
export const findBadPackages: Rule = (context) =>
  context.known.flatMap(([entry, question]) => {
    if (!PACKAGE_LISTS.has(question.name)) return [];
    return [...entry.value.text.matchAll(/[^\s,]+/g)]
      .filter((match) => !/^[a-z0-9][a-z0-9.+-]+(:[a-z0-9]+)?(\/[a-z-]+)?$/.test(match[0]))
      .map((match) =>
        report('RL5222', placeOf(context, entry, entry.value, match.index, match[0].length), {
          value: match[0],
        }),
      );
  });
