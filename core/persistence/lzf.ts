// LZF, the compression of strings in DUMP payloads and RDB files: literal runs and references up to 8 KB back (lzf_c.c, very fast form).
import type { Bytes } from "../kernel/bytes.ts";
import { toUint8Array, sliceBytes } from "../kernel/bytes.ts";

const HASH_BITS = 16;
const MAX_LITERALS = 32;
const MAX_OFFSET = 8192;
const MAX_REFERENCE = 264;
const UNROLLED = 16;

function hash(three: number): number {
  return ((three >>> (24 - HASH_BITS)) - 5 * three) & ((1 << HASH_BITS) - 1);
}

/** Compresses; undefined when the result would have more than `mostBytes`. */
export function lzfCompress(bytes: Bytes, mostBytes: number): Bytes | undefined {
  const input = toUint8Array(bytes);
  const end = input.length;
  const out = new Uint8Array(mostBytes);
  /** Where three bytes were last seen, plus one. */
  const seen = new Int32Array(1 << HASH_BITS);
  let from = 0;
  let to = 1; // the first byte is the length of the first run
  let literals = 0;
  let three = (input[0]! << 8) | input[1]!;
  const endRun = (): void => {
    out[to - literals - 1] = literals - 1;
  };
  while (from < end - 2) {
    three = ((three << 8) | input[from + 2]!) & 0xffffff;
    const slot = hash(three);
    const reference = seen[slot]! - 1;
    seen[slot] = from + 1;
    const offset = from - reference - 1;
    if (reference > 0 && offset < MAX_OFFSET && sameThree(input, reference, from)) {
      if (to - (literals === 0 ? 1 : 0) + 4 >= mostBytes) return undefined;
      endRun();
      if (literals === 0) to--;
      const length = matchLength(input, { reference, from }) - 2;
      if (length < 7) out[to++] = (offset >> 8) + (length << 5);
      else {
        out[to++] = (offset >> 8) + (7 << 5);
        out[to++] = length - 7;
      }
      out[to++] = offset & 0xff;
      to++;
      literals = 0;
      from += length + 2;
      if (from >= end - 2) break;
      for (let at = from - 2; at < from; at++) {
        three = (input[at]! << 16) | (input[at + 1]! << 8) | input[at + 2]!;
        seen[hash(three)] = at + 1;
      }
    } else {
      if (to >= mostBytes) return undefined;
      literals++;
      out[to++] = input[from++]!;
      if (literals === MAX_LITERALS) {
        endRun();
        literals = 0;
        to++;
      }
    }
  }
  if (to + 3 > mostBytes) return undefined;
  while (from < end) {
    literals++;
    out[to++] = input[from++]!;
    if (literals === MAX_LITERALS) {
      endRun();
      literals = 0;
      to++;
    }
  }
  endRun();
  return sliceBytes(out, 0, literals === 0 ? to - 1 : to);
}

/** How far two places are alike. The first 16 bytes are compared without a look at the limit, so a match may go two beyond it. */
function matchLength(input: Uint8Array, { reference, from }: { reference: number; from: number }): number {
  const longest = Math.min(input.length - from - 2, MAX_REFERENCE);
  const alike = (length: number): boolean => input[reference + length] === input[from + length];
  let length = 2;
  if (longest > UNROLLED) {
    while (length < 2 + UNROLLED) if (!alike(++length)) return length;
  }
  do length++;
  while (length < longest && alike(length));
  return length;
}

function sameThree(input: Uint8Array, a: number, b: number): boolean {
  return input[a] === input[b] && input[a + 1] === input[b + 1] && input[a + 2] === input[b + 2];
}

/** Decompresses to exactly so many bytes; undefined when that is impossible. */
export function lzfDecompress(compressed: Bytes, sizeBytes: number): Bytes | undefined {
  const out = new Uint8Array(sizeBytes);
  let from = 0;
  let to = 0;
  while (from < compressed.length) {
    const control = compressed.charCodeAt(from++);
    if (control < MAX_LITERALS) {
      const length = control + 1;
      if (to + length > sizeBytes || from + length > compressed.length) return undefined;
      for (let i = 0; i < length; i++) out[to++] = compressed.charCodeAt(from++);
      continue;
    }
    let length = control >> 5;
    if (length === 7) length += compressed.charCodeAt(from++);
    let reference = to - ((control & 0x1f) << 8) - 1 - compressed.charCodeAt(from++);
    length += 2;
    // NaN, from bytes that are not there, fails every comparison.
    if (!(to + length <= sizeBytes && reference >= 0)) return undefined;
    for (let i = 0; i < length; i++) out[to++] = out[reference++]!;
  }
  return to === sizeBytes ? sliceBytes(out, 0, sizeBytes) : undefined;
}
