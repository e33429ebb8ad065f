/** Little- and big-endian numbers out of a byte array. Reading past the end is a RangeError: check lengths first. */
function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function readU16(bytes: Uint8Array, offset: number): number {
  return view(bytes).getUint16(offset, true);
}

export function readU32(bytes: Uint8Array, offset: number): number {
  return view(bytes).getUint32(offset, true);
}

export function readU16Big(bytes: Uint8Array, offset: number): number {
  return view(bytes).getUint16(offset, false);
}

export function readU32Big(bytes: Uint8Array, offset: number): number {
  return view(bytes).getUint32(offset, false);
}

/** A 64-bit number; those beyond 2^53 come out as Infinity, which no range check admits. */
export function readU64(bytes: Uint8Array, offset: number): number {
  const value = view(bytes).getBigUint64(offset, true);
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(value);
}

export function readByte(bytes: Uint8Array, offset: number): number {
  return view(bytes).getUint8(offset);
}

const LATIN = new TextDecoder('latin1');
const UTF8 = new TextDecoder('utf-8');
const UTF16 = new TextDecoder('utf-16be');

/** Bytes of a fixed field as text, without the padding of blanks and NULs at its end. */
export function readText(bytes: Uint8Array, offset: number, length: number): string {
  return LATIN.decode(bytes.subarray(offset, offset + length)).replace(/[\0 ]+$/, '');
}

export function decodeUtf8(bytes: Uint8Array): string {
  return UTF8.decode(bytes);
}

export function decodeUtf16(bytes: Uint8Array): string {
  return UTF16.decode(bytes);
}
