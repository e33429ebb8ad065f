import { parseShortDate } from './directory-record.ts';
import { decodeUtf8, readByte, readText, readU32 } from './numbers.ts';
import type { SystemUseField } from './system-use.ts';

/** What Rock Ridge (RRIP 1.12) says of one entry. */
export interface RockRidge {
  readonly name: string | undefined;
  /** st_mode with the file type. */
  readonly mode: number | undefined;
  readonly links: number | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly target: string | undefined;
  /** Seconds since 1970. */
  readonly modified: number | undefined;
  /** Block of the directory that was moved away from here (CL). */
  readonly childBlock: number | undefined;
  /** The directory was moved to here (RE): it is listed where its CL is. */
  readonly isRelocated: boolean;
}

/** Folds the fields of an entry. Undefined: there is no field of Rock Ridge among them. */
export function parseRockRidge(fields: readonly SystemUseField[]): RockRidge | undefined {
  const known = fields.filter((field) => /^(PX|NM|SL|TF|CL|PL|RE|RR|PN|SF)$/.test(field.signature));
  if (known.length === 0) return undefined;
  const find = (signature: string, length: number) =>
    known.find((field) => field.signature === signature && field.data.length >= length)?.data;
  const px = find('PX', 32);
  const cl = find('CL', 8);
  return {
    name: joinName(known),
    mode: px && readU32(px, 0),
    links: px && readU32(px, 8),
    uid: px && readU32(px, 16),
    gid: px && readU32(px, 24),
    target: joinTarget(known),
    modified: findModified(known),
    childBlock: cl && readU32(cl, 0),
    isRelocated: known.some((field) => field.signature === 'RE'),
  };
}

/** NM: bit 0 of the flags says that the name goes on in the next NM. */
function joinName(fields: readonly SystemUseField[]): string | undefined {
  const parts: Uint8Array[] = [];
  for (const { signature, data } of fields) {
    if (signature !== 'NM' || data.length < 1) continue;
    parts.push(data.subarray(1));
    if ((readByte(data, 0) & 1) === 0) break;
  }
  return parts.length === 0 ? undefined : decodeUtf8(concat(parts));
}

/** SL: components with flags of their own: 1 goes on, 2 is `.`, 4 is `..`, 8 is `/` (RRIP 4.1.3.1). */
function joinTarget(fields: readonly SystemUseField[]): string | undefined {
  const links = fields.filter((field) => field.signature === 'SL');
  if (links.length === 0) return undefined;
  let target = '';
  let pending: Uint8Array[] = [];
  let isFirst = true;
  for (const { data } of links) {
    let offset = 1;
    while (offset + 2 <= data.length) {
      const flags = readByte(data, offset);
      const length = readByte(data, offset + 1);
      if (offset + 2 + length > data.length) break;
      pending.push(data.subarray(offset + 2, offset + 2 + length));
      offset += 2 + length;
      if ((flags & 1) !== 0) continue;
      const isRoot = (flags & 8) !== 0;
      const text =
        (flags & 2) !== 0 ? '.' : (flags & 4) !== 0 ? '..' : isRoot ? '/' : decodeUtf8(concat(pending));
      target += isFirst || target.endsWith('/') ? text : `/${text}`;
      isFirst = false;
      pending = [];
    }
  }
  return target;
}

/** TF: a bit per time in the order creation, modification, ...; bit 7 means 17-byte dates (RRIP 4.1.6). */
function findModified(fields: readonly SystemUseField[]): number | undefined {
  for (const { signature, data } of fields) {
    if (signature !== 'TF' || data.length < 1) continue;
    const flags = readByte(data, 0);
    if ((flags & 2) === 0) continue;
    const width = (flags & 0x80) === 0 ? 7 : 17;
    const start = 1 + ((flags & 1) === 0 ? 0 : width);
    if (start + width > data.length) continue;
    const bytes = data.subarray(start, start + width);
    return width === 7 ? parseShortDate(bytes) : parseLongDate(bytes);
  }
  return undefined;
}

/** Sixteen digits and a zone (ECMA-119 8.4.26.1). */
function parseLongDate(bytes: Uint8Array): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\d\d$/.exec(readText(bytes, 0, 16));
  if (match === null) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const zone = readByte(bytes, 16);
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - (zone > 127 ? zone - 256 : zone) * 900;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
