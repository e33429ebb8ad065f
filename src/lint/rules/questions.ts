import {
  describeReleases,
  findQuestion,
  isDescribedPackage,
  listQuestionNames,
  type Question,
} from '../../release/preseed-questions.ts';
import { RENAMED_QUESTIONS } from '../../release/preseed-questions-runtime.ts';
import type { Issue } from '../../report/issue.ts';
import { findNearest } from '../../spec/nearest.ts';
import { type LintContext, placeOf, type Rule, report } from '../context.ts';
import type { Entry } from '../entry.ts';
import { TARGET_TYPES } from '../read-target.ts';

/** Suggestions compare a name with the whole table: so many different names a file get one. */
const MOST_SUGGESTIONS = 100;
const BEFORE_LOADING: ReadonlySet<string> = new Set([
  'auto-install/enable',
  'preseed/url',
  'preseed/file',
  'preseed/file/checksum',
  'preseed/url/checksum',
]);

export const findUnknownQuestions: Rule = (context) => {
  const suggestions = new Map<string, string | undefined>();
  const suggest = (name: string) => {
    if (!suggestions.has(name) && suggestions.size < MOST_SUGGESTIONS) {
      suggestions.set(name, findNearest(name, listAlike(name)));
    }
    return suggestions.get(name);
  };
  return context.entries.flatMap((entry) => judgeName(context, entry, suggest));
};

/** A few mistakes leave the beginning or the end of a name alone: this spares comparing it with the whole table. */
function listAlike(name: string): readonly string[] {
  return listQuestionNames().filter(
    (candidate) => candidate.startsWith(name.slice(0, 4)) || candidate.endsWith(name.slice(-4)),
  );
}

function judgeName(
  context: LintContext,
  entry: Entry,
  suggest: (name: string) => string | undefined,
): Issue[] {
  const name = entry.name.text;
  if (context.findQuestion(name) !== undefined || entry.owner.text.startsWith('#')) return [];
  const place = placeOf(context, entry, entry.name);
  const renamed = Object.hasOwn(RENAMED_QUESTIONS, name) ? RENAMED_QUESTIONS[name] : undefined;
  if (renamed !== undefined) return [report('RL5107', place, { value: name, name: renamed })];
  const suite = context.options.suite;
  if (suite !== undefined && findQuestion(name) !== undefined) {
    return [report('RL5103', place, { suite, value: name, suggestion: describeReleases(name) })];
  }
  const isOurs = entry.owner.text === 'd-i' || isDescribedPackage(entry.owner.text);
  if (!isOurs) return [];
  const nearest = suggest(name);
  if (nearest !== undefined) return [report('RL5101', place, { value: name, suggestion: nearest })];
  const suggestion = name.includes('/') ? '' : 'the name of a question has a "/"';
  return [report('RL5102', place, { value: name, suggestion })];
}

/** Only lines whose owner is not `d-i` reach the installed system (post-base-installer.d/05preseed). */
export const findWrongOwners: Rule = (context) =>
  context.entries.flatMap((entry) => {
    const question = context.findQuestion(entry.name.text);
    const owner = entry.owner.text;
    if (question === undefined || /^[#\ufeff]/.test(owner)) return [];
    const expected = expectedOwner(question, owner);
    if (expected === undefined) return [];
    const place = placeOf(context, entry, entry.owner);
    const suggestion =
      expected === 'd-i'
        ? `write d-i: the line would go to the installed system`
        : `write ${expected}: lines of d-i do not reach the installed system`;
    return [report('RL5104', place, { name: question.name, expected, value: owner, suggestion })];
  });

/** The owner that an answer needs, when it has another. */
export function expectedOwner(question: Question, owner: string): string | undefined {
  if (question.target) return owner === 'd-i' ? question.package : undefined;
  const isPrefix = question.name.startsWith(`${owner}/`);
  return owner === 'd-i' || owner === question.package || isPrefix ? undefined : 'd-i';
}

export const findWrongTypes: Rule = (context) =>
  context.entries.flatMap((entry) => {
    const type = entry.type.text;
    if (entry.owner.text.startsWith('#')) return [];
    const question = context.findQuestion(entry.name.text);
    if (!TARGET_TYPES.has(type)) {
      const suggestion = question === undefined ? [...TARGET_TYPES].join(', ') : `write ${question.type}`;
      return [report('RL5106', placeOf(context, entry, entry.type), { value: type, suggestion })];
    }
    if (question === undefined || isGoodType(question.type, type)) return [];
    return [
      report('RL5105', placeOf(context, entry, entry.type), {
        name: question.name,
        expected: question.type,
        value: type,
      }),
    ];
  });

/** `string` stands in for every type that holds text: the installation guide itself writes it for the locale. */
export function isGoodType(expected: string, type: string): boolean {
  if (type === expected || type === 'seen') return true;
  const isText = ['select', 'multiselect', 'password', 'string'].includes(expected);
  return isText && ['string', 'select'].includes(type) && !(expected === 'string' && type !== 'select');
}

export const findErrorsAnswered: Rule = (context) =>
  context.entries.flatMap((entry) => {
    const question = context.findQuestion(entry.name.text);
    if (question?.type !== 'error') return [];
    return [report('RL5109', placeOf(context, entry, entry.name), { value: question.name })];
  });

export const findLateOptions: Rule = (context) =>
  context.entries
    .filter((entry) => BEFORE_LOADING.has(entry.name.text))
    .map((entry) => report('RL5108', placeOf(context, entry, entry.name), { value: entry.name.text }));
