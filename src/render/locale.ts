import { requireMatch } from './refuse.ts';

/** Locales that libc has built in; locale-gen(8) knows nothing of them. */
const BUILT_IN: ReadonlySet<string> = new Set(['C', 'POSIX', 'C.UTF-8', 'C.utf8']);

/**
 * A locale that says its character set, or one that libc has built in. What a bare `de_DE` means differs from locale to
 * locale (/usr/share/i18n/SUPPORTED), so it is not guessed.
 * @throws Failure RL0901
 */
export function requireLocale(locale: string): string {
  if (BUILT_IN.has(locale)) return locale;
  return requireMatch(
    'a locale',
    locale,
    /^[a-z]{2,3}(_[A-Z]{2})?\.[A-Z][A-Z0-9-]{1,15}(@[a-z]{1,16})?$/,
    'spelled with its character set, as en_GB.UTF-8',
  );
}

/** Writes /etc/locale.gen. @throws Failure RL0901 */
export function renderLocaleGen(locale: string): string {
  requireLocale(locale);
  const charset = /\.([^@]+)/.exec(locale)?.[1] ?? '';
  return `# Written by relight.\n${BUILT_IN.has(locale) ? '' : `${locale} ${charset}\n`}`;
}

/** Writes /etc/default/locale. @throws Failure RL0901 */
export function renderDefaultLocale(locale: string): string {
  return `LANG=${requireLocale(locale)}\n`;
}

/** Writes /etc/default/keyboard from a keymap as the installer names it: `gb`, `fr(latin9)`. @throws Failure RL0901 */
export function renderKeyboard(keyboard: string): string {
  requireMatch(
    'a keyboard',
    keyboard,
    /^[a-z][a-z0-9-]{1,31}(\([a-z0-9_-]{1,30}\))?$/,
    'a layout, as gb or fr(latin9)',
  );
  const [layout = '', variant = ''] = keyboard.replace(')', '').split('(');
  const settings = {
    XKBMODEL: 'pc105',
    XKBLAYOUT: layout,
    XKBVARIANT: variant,
    XKBOPTIONS: '',
    BACKSPACE: 'guess',
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key}="${value}"\n`)
    .join('');
}

/** Writes /etc/timezone. @throws Failure RL0901 */
export function renderTimezone(timezone: string): string {
  const pattern = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9][A-Za-z0-9_+-]*){0,2}$/;
  return `${requireMatch('a time zone', timezone, pattern, 'a name below /usr/share/zoneinfo, as Europe/London')}\n`;
}

/** Where /etc/localtime points. @throws Failure RL0901 */
export function findLocaltimeTarget(timezone: string): string {
  return `/usr/share/zoneinfo/${renderTimezone(timezone).trimEnd()}`;
}
