// Byte strings: every key, value and reply is a JavaScript string whose chars are 0-255, because that is V8's fastest form.

/** A byte string: one char (0-255) a byte. */
export type Bytes = string;

/** Copies `buffer[from, to)` into a byte string. Hosts pass a native one (Node: `latin1Slice`). */
export type Slice = (buffer: Uint8Array, from: number, to: number) => Bytes;

const CHUNK = 8192;

/** The portable `Slice`, used where the host offers nothing faster. */
export const sliceBytes: Slice = (buffer, from, to) => {
  if (to - from <= CHUNK) return String.fromCharCode(...buffer.subarray(from, to));
  let bytes = "";
  for (let at = from; at < to; at += CHUNK) {
    bytes += String.fromCharCode(...buffer.subarray(at, Math.min(to, at + CHUNK)));
  }
  return bytes;
};

/** Writes a byte string into a new array, one byte a char. */
export function toUint8Array(bytes: Bytes): Uint8Array {
  const array = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) array[i] = bytes.charCodeAt(i);
  return array;
}

/** Upper-cases ASCII letters only; other bytes stay, whatever the locale. */
export function upper(bytes: Bytes): Bytes {
  return /[a-z]/.test(bytes) ? bytes.replace(/[a-z]+/g, (letters) => letters.toUpperCase()) : bytes;
}

/** Lower-cases ASCII letters only; other bytes stay, whatever the locale. */
export function lower(bytes: Bytes): Bytes {
  return /[A-Z]/.test(bytes) ? bytes.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : bytes;
}

/** ASCII case-insensitive equality, Redis's `strcasecmp`. */
export function equalIgnoringCase(a: Bytes, b: Bytes): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (lowerCode(a.charCodeAt(i)) !== lowerCode(b.charCodeAt(i))) return false;
  return true;
}

function lowerCode(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}
