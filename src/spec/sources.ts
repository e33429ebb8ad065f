import type { IssuePlace } from '../report/codes.ts';
import type { Position } from '../report/issue.ts';
import type { SpecDocument } from './document.ts';
import { formatPath, locateKey, locateValue, type SpecPath } from './locate.ts';
import type { GuestAsWritten, ImageAsWritten, RoleAsWritten } from './schema.ts';

/** A file of a site with what of it has the right shape. */
export interface FragmentSource<Written> {
  readonly name: string;
  readonly file: string;
  readonly document: SpecDocument;
  readonly written: Partial<Written>;
}

export type RoleSource = FragmentSource<RoleAsWritten>;
export type ImageSource = FragmentSource<ImageAsWritten>;

/** A guest's file with the defaults of the site filled in. */
export interface GuestSource extends FragmentSource<GuestAsWritten> {
  /** The site's file, where a value comes from that the guest's own file does not have. */
  readonly defaults: SpecDocument | undefined;
}

/** The place of a value of a guest, a role or an image: in its own file, or in the defaults of the site. */
export function placeValue(source: FragmentSource<unknown> | GuestSource, path: SpecPath): IssuePlace {
  const [document, full] = findDocument(source, path);
  return { position: locateValue(document, full), path: formatPath(full) };
}

/** The place of a part of a text, where the file has that text as it stands on one line; else the whole text's. */
export function placeInside(
  source: FragmentSource<unknown> | GuestSource,
  path: SpecPath,
  part: { readonly text: string; readonly start: number; readonly length: number },
): { readonly position: Position; readonly path: string } {
  const [document, full] = findDocument(source, path);
  const position = locateValue(document, full);
  const line = document.text.split('\n')[position.line - 1] ?? '';
  const found = line.indexOf(part.text, position.column - 1);
  // One quote may stand before it.
  if (found < 0 || found > position.column) return { position, path: formatPath(full) };
  const column = found + 1 + part.start;
  return { position: { ...position, column, length: part.length }, path: formatPath(full) };
}

/** The place of a key. */
export function placeKey(source: FragmentSource<unknown> | GuestSource, path: SpecPath): IssuePlace {
  const [document, full] = findDocument(source, path);
  return { position: locateKey(document, full), path: formatPath(full) };
}

/** The start of the file, for what is missing in it. */
export function placeFile(source: FragmentSource<unknown>): IssuePlace {
  const [firstKey] = Object.keys(source.document.data ?? {});
  return { position: locateKey(source.document, firstKey === undefined ? [] : [firstKey]) };
}

function findDocument(
  source: FragmentSource<unknown> | GuestSource,
  path: SpecPath,
): [SpecDocument, SpecPath] {
  const defaults = 'defaults' in source ? source.defaults : undefined;
  const isOwn = Object.hasOwn(source.document.data ?? {}, path[0] ?? '');
  return isOwn || defaults === undefined ? [source.document, path] : [defaults, ['defaults', ...path]];
}
