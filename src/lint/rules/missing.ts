import { ASKED_QUESTIONS, type AskedQuestion } from '../../release/preseed-asked.ts';
import { answerOf, type LintContext, type Priority, placeOfLine, type Rule, report } from '../context.ts';

const RANKS: Readonly<Record<Priority, number>> = { critical: 3, high: 2, medium: 1, low: 0 };

/** Questions of the chosen priority and above that nothing in the file answers. */
export const findMissingAnswers: Rule = (context) => {
  const priority = context.options.priority;
  if (priority === undefined) return [];
  return ASKED_QUESTIONS.filter(
    (question) => RANKS[question.priority] >= RANKS[priority] && isAsked(context, question),
  ).map((question) => report('RL5501', placeOfLine(context, 1, 1, 1), question));
};

function isAsked(context: LintContext, question: AskedQuestion): boolean {
  const answered = [question.name, ...(question.unless ?? [])].some((name) => context.answers.has(name));
  const applies = Object.entries(question.when ?? {}).every(([name, values]) =>
    values.includes(answerOf(context, name)),
  );
  return applies && !answered;
}
