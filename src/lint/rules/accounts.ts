import { answerOf, type LintContext, placeOf, type Rule, report } from '../context.ts';
import type { Entry } from '../entry.ts';

/** Questions that take a hash of crypt(5). */
const HASHES: ReadonlySet<string> = new Set([
  'passwd/root-password-crypted',
  'passwd/user-password-crypted',
  'grub-installer/password-crypted',
]);

/** crypt(5) as Debian's libxcrypt has it. Blanks and glob characters would break usermod's unquoted argument. */
const STRONG_HASH = /^\$(y|gy|7|6|5|2[aby]|sm3y?)\$[A-Za-z0-9./,=$]{20,}$/;
const GRUB_HASH = /^grub\.pbkdf2\.sha512\.\d+\.[0-9A-F]+\.[0-9A-F]+$/i;
const WEAK_HASHES: readonly (readonly [RegExp, string])[] = [
  [/^\$1\$[A-Za-z0-9./]{1,8}\$[A-Za-z0-9./]{22}$/, 'MD5'],
  [/^[A-Za-z0-9./]{13}$/, 'DES'],
];

export const findBadHashes: Rule = (context) =>
  context.known.flatMap(([entry, question]) => {
    const value = entry.value.text;
    if (!HASHES.has(question.name) || value === '' || STRONG_HASH.test(value) || GRUB_HASH.test(value))
      return [];
    // "*" locks the account. "!" does, too, but for root the installer then asks unless root may not log in.
    if (value === '*' || (value === '!' && isLockedOnPurpose(context, question.name))) return [];
    const weak = WEAK_HASHES.find(([pattern]) => pattern.test(value));
    const place = placeOf(context, entry);
    return weak === undefined
      ? [report('RL5210', place, { name: question.name })]
      : [report('RL5211', place, { name: question.name, value: weak[1] })];
  });

function isLockedOnPurpose(context: LintContext, name: string): boolean {
  return name === 'passwd/user-password-crypted' || answerOf(context, 'passwd/root-login') === 'false';
}

const HASH_INSTEAD: Readonly<Record<string, string>> = {
  'passwd/root-password': 'give a hash in passwd/root-password-crypted',
  'passwd/user-password': 'give a hash in passwd/user-password-crypted',
  'grub-installer/password': 'give a hash in grub-installer/password-crypted',
};

/** Said at the first of the two; components that never load have a finding of their own. */
export const findClearPasswords: Rule = (context) =>
  context.known.flatMap(([entry, question]) => {
    const isSecret =
      question.type === 'password' && !HASHES.has(question.name) && !question.name.endsWith('-again');
    if (!isSecret || entry.value.text === '') return [];
    const suggestion = HASH_INSTEAD[question.name] ?? 'let an early command of the initrd set it';
    return [report('RL5212', placeOf(context, entry), { name: question.name, suggestion })];
  });

export const findPasswordPairs: Rule = (context) =>
  [...context.answers].flatMap(([name, entry]) => {
    const question = context.findQuestion(name);
    const again = `${name}-again`;
    if (question?.type !== 'password' || context.findQuestion(again) === undefined || entry.value.text === '')
      return [];
    const repeated = context.answers.get(again);
    if (repeated === undefined) {
      const suggestion = HASHES.has(`${name}-crypted`) ? `${name}-crypted` : again;
      return [
        report('RL5214', placeOf(context, entry, entry.name), { name: again, other: again, suggestion }),
      ];
    }
    return repeated.value.text === entry.value.text
      ? []
      : [report('RL5213', placeOf(context, repeated), { name: again })];
  });

/** A part of /usr/lib/user-setup/reserved-usernames (user-setup-udeb): what every Debian has. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc gnats nobody adm tty disk ' +
    'kmem dialout fax voice cdrom floppy tape sudo audio dip operator src shadow utmp video sasl plugdev staff users ' +
    'nogroup netplan mysql admin bind crontab ftp messagebus netdev sshd ssh ssl-cert syslog Debian-exim'
  ).split(' '),
);

export const findBadUserNames: Rule = (context) =>
  context.known.flatMap(([entry, question]) => {
    const value = entry.value.text;
    if (question.name !== 'passwd/username' || value === '') return [];
    const isGood = /^[a-z][-a-z0-9_]{0,31}$/.test(value) && !RESERVED.has(value);
    return isGood ? [] : [report('RL5209', placeOf(context, entry), { value })];
  });

/** user-setup makes a user, and asks for its name, when root may not log in. */
export const findNobody: Rule = (context) => {
  const entry = context.answers.get('passwd/make-user');
  if (entry?.value.text !== 'false' || answerOf(context, 'passwd/root-login') !== 'false') return [];
  return [report('RL5303', placeOf(context, entry), {})];
};

export const findUnusedPasswords: Rule = (context) =>
  (['root', 'user'] as const).flatMap((who) => {
    const clear = context.answers.get(`passwd/${who}-password`);
    const hash = context.answers.get(`passwd/${who}-password-crypted`);
    if (!hasValue(clear) || !hasValue(hash) || clear === undefined || hash === undefined) return [];
    const related = [{ position: placeOf(context, hash), message: 'the hash' }];
    const names = { name: `passwd/${who}-password`, other: `passwd/${who}-password-crypted` };
    return [report('RL5304', placeOf(context, clear, clear.name), names, related)];
  });

function hasValue(entry: Entry | undefined): boolean {
  return entry !== undefined && entry.value.text !== '';
}
