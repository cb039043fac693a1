// SHA-256: what is kept of passwords.
import type { Bytes } from "./bytes.ts";
import { hexadecimal } from "./sha1.ts";

/** The hash of some bytes, as 64 hexadecimal digits. */
export function sha256(bytes: Bytes): string {
  const blocks = new Uint8Array(((bytes.length + 8) >> 6) * 64 + 64);
  for (let i = 0; i < bytes.length; i++) blocks[i] = bytes.charCodeAt(i);
  const view = new DataView(blocks.buffer);
  blocks[bytes.length] = 0x80;
  view.setUint32(blocks.length - 8, Math.floor(bytes.length / 0x20000000));
  view.setUint32(blocks.length - 4, (bytes.length << 3) >>> 0);
  const state = Int32Array.from(INITIAL);
  const words = new Int32Array(64);
  for (let at = 0; at < blocks.length; at += 64) {
    for (let i = 0; i < 16; i++) words[i] = view.getInt32(at + 4 * i);
    for (let i = 16; i < 64; i++)
      words[i] = (words[i - 16]! + mixed(words[i - 15]!, words[i - 2]!) + words[i - 7]!) | 0;
    mix(state, words);
  }
  const digest = new Uint8Array(32);
  const out = new DataView(digest.buffer);
  for (let i = 0; i < 8; i++) out.setInt32(4 * i, state[i]!);
  return hexadecimal(digest);
}

function mixed(near: number, far: number): number {
  const low = rotate(near, 7) ^ rotate(near, 18) ^ (near >>> 3);
  return (low + (rotate(far, 17) ^ rotate(far, 19) ^ (far >>> 10))) | 0;
}

function mix(state: Int32Array, words: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let i = 0; i < 64; i++) {
    const choice = (e & f) ^ (~e & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const first = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + ROUND[i]! + words[i]!) | 0;
    const second = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] = (state[i]! + value) | 0;
}

function rotate(value: number, bits: number): number {
  return (value >>> bits) | (value << (32 - bits));
}

/** The first primes: the fractions of their roots are the constants. */
const PRIMES = firstPrimes(64);
const INITIAL = PRIMES.slice(0, 8).map((prime) => fraction(BigInt(prime), 2n));
const ROUND = Int32Array.from(PRIMES, (prime) => fraction(BigInt(prime), 3n));

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

/** The first 32 bits behind the point of a root, exactly: of n * 2^(32 * degree) the whole root, cut to its lowest bits. */
function fraction(n: bigint, degree: bigint): number {
  const scaled = n << (32n * degree);
  let low = 0n;
  let high = 1n << 40n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** degree <= scaled) low = middle;
    else high = middle;
  }
  return Number(BigInt.asIntN(32, low));
}
