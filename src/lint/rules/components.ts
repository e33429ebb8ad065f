import { answerOf, type LintContext, placeOf, type Rule, report } from '../context.ts';

/** Components that are not loaded by themselves, and what loads them. */
const OPTIONAL: Readonly<
  Record<string, { readonly isLoaded: (context: LintContext) => boolean; readonly how: string }>
> = {
  'network-console': {
    isLoaded: (context) => hasModule(context, 'network-console'),
    how: 'add: d-i anna/choose_modules string network-console',
  },
  'partman-crypto': {
    isLoaded: (context) =>
      answerOf(context, 'partman-auto/method') === 'crypto' || !context.answers.has('partman-auto/method'),
    how: 'remove it, or set partman-auto/method to crypto',
  },
  'partman-auto-crypto': {
    isLoaded: (context) =>
      answerOf(context, 'partman-auto/method') === 'crypto' || !context.answers.has('partman-auto/method'),
    how: 'remove it, or set partman-auto/method to crypto',
  },
  'open-iscsi-udeb': { isLoaded: (context) => hasModule(context, 'open-iscsi-udeb'), how: 'remove it' },
};

/**
 * A password for a component that never loads stays a plain string in questions.dat, which save-logs copies to
 * /var/log/installer of the new system.
 */
export const findUnloaded: Rule = (context) =>
  context.entries.flatMap((entry) => {
    const question = context.findQuestion(entry.name.text);
    const component = question === undefined ? undefined : OPTIONAL[question.package];
    if (question === undefined || component === undefined || component.isLoaded(context)) return [];
    const isSecret = question.type === 'password' && entry.value.text !== '';
    const values = { name: question.name, suggestion: component.how };
    if (isSecret) return [report('RL5601', placeOf(context, entry), values)];
    return question.package === 'network-console'
      ? [report('RL5602', placeOf(context, entry, entry.name), values)]
      : [];
  });

function hasModule(context: LintContext, module: string): boolean {
  return (answerOf(context, 'anna/choose_modules') ?? '').split(/[,\s]+/).includes(module);
}
