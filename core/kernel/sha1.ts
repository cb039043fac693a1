// SHA-1: names of scripts, and the digests by which two datasets are compared.
import type { Bytes } from "./bytes.ts";

/** The 20 bytes of the hash of some bytes. */
export function sha1(bytes: Bytes): Uint8Array {
  const blocks = new Uint8Array(((bytes.length + 8) >> 6) * 64 + 64);
  for (let i = 0; i < bytes.length; i++) blocks[i] = bytes.charCodeAt(i);
  return hashBlocks(blocks, bytes.length);
}

/** The same of an array. */
export function sha1OfArray(array: Uint8Array): Uint8Array {
  const blocks = new Uint8Array(((array.length + 8) >> 6) * 64 + 64);
  blocks.set(array);
  return hashBlocks(blocks, array.length);
}

/** As 40 hexadecimal digits. */
export function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function hashBlocks(blocks: Uint8Array, length: number): Uint8Array {
  const view = new DataView(blocks.buffer);
  blocks[length] = 0x80;
  view.setUint32(blocks.length - 8, Math.floor(length / 0x20000000));
  view.setUint32(blocks.length - 4, (length << 3) >>> 0);
  const state = new Int32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]);
  const words = new Int32Array(80);
  for (let at = 0; at < blocks.length; at += 64) {
    for (let i = 0; i < 16; i++) words[i] = view.getInt32(at + 4 * i);
    for (let i = 16; i < 80; i++) words[i] = rotate(words[i - 3]! ^ words[i - 8]! ^ words[i - 14]! ^ words[i - 16]!, 1);
    mix(state, words);
  }
  const digest = new Uint8Array(20);
  const out = new DataView(digest.buffer);
  for (let i = 0; i < 5; i++) out.setInt32(4 * i, state[i]!);
  return digest;
}

function mix(state: Int32Array, words: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  for (let i = 0; i < 80; i++) {
    const next = (rotate(a, 5) + round(i, b, c, d) + e + words[i]!) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  for (const [i, value] of [a, b, c, d, e].entries()) state[i] = (state[i]! + value) | 0;
}

function round(i: number, b: number, c: number, d: number): number {
  if (i < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (i < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (i < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
