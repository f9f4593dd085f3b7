// The native string methods of Buffer, applied to a plain Uint8Array over shared memory.
//
// Node defines them on Buffer.prototype and they accept any Uint8Array as `this`. They need neither
// a view of the range (about 100 ns) nor a check of arguments: callers guarantee the range.

interface NativeText {
  latin1Slice(this: Uint8Array, start: number, end: number): string;
  utf8Slice(this: Uint8Array, start: number, end: number): string;
  latin1Write(this: Uint8Array, text: string, start: number, bytesMax: number): number;
  utf8Write(this: Uint8Array, text: string, start: number, bytesMax: number): number;
}

const native = Buffer.prototype as unknown as NativeText;

const latin1SliceOf = native.latin1Slice;
const utf8SliceOf = native.utf8Slice;
const latin1WriteTo = native.latin1Write;
const utf8WriteTo = native.utf8Write;

/** Bytes start..end, each one a character. */
export function latin1Slice(u8: Uint8Array, start: number, end: number): string {
  return latin1SliceOf.call(u8, start, end);
}

/** Bytes start..end, which are well-formed UTF-8. */
export function utf8Slice(u8: Uint8Array, start: number, end: number): string {
  return utf8SliceOf.call(u8, start, end);
}

/** Writes a text that is all ASCII and fits. */
export function writeAsciiText(u8: Uint8Array, at: number, text: string): void {
  latin1WriteTo.call(u8, text, at, text.length);
}

/** Writes a well-formed text that is `bytes` long in UTF-8 and fits. */
export function writeUtf8Text(u8: Uint8Array, at: number, text: string, bytes: number): void {
  const written = utf8WriteTo.call(u8, text, at, bytes);
  if (written !== bytes) throw new Error(`utf8Write wrote ${written} of ${bytes} bytes`);
}

/** UTF-8 bytes of a text; equal to its length exactly when it is all ASCII. */
export function utf8Length(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
