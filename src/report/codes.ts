import { DOM0_CODES } from './codes/dom0.ts';
import type { CodeEntry } from './codes/entry.ts';
import { GUEST_CODES, SITE_CODES } from './codes/guests.ts';
import { XEN_HOST_CODES } from './codes/host.ts';
import { IMAGE_TRANSPORT_CODES } from './codes/image-transport.ts';
import { IMAGE_CODES } from './codes/images.ts';
import { INSTALLER_CODES } from './codes/installer.ts';
import { ISO_CODES } from './codes/iso.ts';
import { ISO_BUILD_CODES } from './codes/iso-build.ts';
import { NETWORK_CODES } from './codes/network.ts';
import { OPERATION_CODES } from './codes/operation.ts';
import { PRESEED_QUESTION_CODES, PRESEED_TEXT_CODES } from './codes/preseed.ts';
import { PRESEED_INSTALL_CODES, PRESEED_RECIPE_CODES } from './codes/preseed-recipe.ts';
import { PRESEED_CONFLICT_CODES, PRESEED_VALUE_CODES } from './codes/preseed-values.ts';
import { RENDER_CODES } from './codes/render.ts';
import { RUN_CODES } from './codes/run.ts';
import { SHAPE_CODES } from './codes/shape.ts';
import { TEXT_CODES } from './codes/text.ts';
import { VALUE_CODES } from './codes/values.ts';
import { VAULT_CODES } from './codes/vault.ts';
import type { Issue, Position, RelatedPosition } from './issue.ts';
import { hideUrlPassword, showText } from './show-text.ts';

/**
 * Every code with its wording, those of failures too: where a throw composes its text, the table has the rule. A code that is no longer used stays unused: it is never given
 * another meaning.
 */
export const CODES = {
  ...RUN_CODES,
  ...OPERATION_CODES,
  ...RENDER_CODES,
  ...TEXT_CODES,
  ...SHAPE_CODES,
  ...VALUE_CODES,
  ...GUEST_CODES,
  ...SITE_CODES,
  ...ISO_CODES,
  ...IMAGE_CODES,
  ...IMAGE_TRANSPORT_CODES,
  ...ISO_BUILD_CODES,
  ...VAULT_CODES,
  ...XEN_HOST_CODES,
  ...DOM0_CODES,
  ...PRESEED_TEXT_CODES,
  ...PRESEED_QUESTION_CODES,
  ...PRESEED_VALUE_CODES,
  ...PRESEED_CONFLICT_CODES,
  ...PRESEED_RECIPE_CODES,
  ...PRESEED_INSTALL_CODES,
  ...INSTALLER_CODES,
  ...NETWORK_CODES,
} as const;

export type Code = keyof typeof CODES;

type PlaceholdersIn<Text> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? (Name extends `${string} ${string}` ? never : Name) | PlaceholdersIn<Rest>
  : never;
type TextsOf<Entry> = Entry extends { message: infer Message; hint: infer Hint } ? Message | Hint : never;
type MessageOf<Entry> = Entry extends { message: infer Message } ? Message : never;
type ParameterName<Key extends Code> = PlaceholdersIn<
  TextsOf<(typeof CODES)[Key]> | MessageOf<(typeof CODES)[Key]>
>;

/** What the texts of a code need. An empty `suggestion` leaves the hint out. */
export type CodeParameters<Key extends Code> = Readonly<Record<ParameterName<Key>, string | number>>;

export interface IssuePlace {
  readonly position?: Position | undefined;
  readonly path?: string | undefined;
  readonly related?: readonly RelatedPosition[];
}

/** Makes an issue with the wording of the table. Values are cut and cleaned of control characters. */
export function makeIssue<Key extends Code>(
  code: Key,
  parameters: CodeParameters<Key>,
  place: IssuePlace = {},
): Issue {
  const entry: CodeEntry = CODES[code];
  const hint = entry.hint === undefined ? '' : fillTemplate(entry.hint, parameters);
  return {
    code,
    severity: entry.severity ?? 'error',
    message: fillTemplate(entry.message, parameters),
    ...(hint === '' ? {} : { hint }),
    ...(place.position === undefined ? {} : { position: place.position }),
    ...(place.path === undefined || place.path === '' ? {} : { path: place.path }),
    ...(place.related === undefined ? {} : { related: place.related }),
  };
}

/** `makeIssue` for a code that is known only at run time; a parameter that is missing stays as `{name}`. */
export function makeIssueByName(
  code: Code,
  parameters: Readonly<Record<string, string | number>>,
  place: IssuePlace = {},
): Issue {
  return makeIssue(code, parameters as CodeParameters<typeof code>, place);
}

/** Whether a text is one of the codes of the table. */
export function isCode(text: string): text is Code {
  return Object.hasOwn(CODES, text);
}

function fillTemplate(template: string, parameters: Readonly<Record<string, string | number>>): string {
  return template.replaceAll(/\{([a-z]+)\}/g, (whole, name: string) => {
    const value = parameters[name];
    return value === undefined ? whole : showText(hideUrlPassword(String(value)));
  });
}
