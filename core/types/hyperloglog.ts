// The HyperLogLog in Redis's own bytes, because they are a string that GET shows and SET restores: a header with the count that was
// last reckoned, then 16384 registers of six bits, or runs of equal ones while most are zero (hyperloglog.c).
import { toUint8Array, type Bytes } from "../kernel/bytes.ts";
import type { Int64 } from "../kernel/integers.ts";
import { murmur64 } from "../kernel/murmur.ts";
import { estimate } from "./hyperloglog-estimate.ts";
import { decodeRuns, EMPTY_RUNS, MOST_SPARSE_VALUE, withRegister } from "./hyperloglog-runs.ts";

const INDEX_BITS = 14;
export const REGISTERS = 1 << INDEX_BITS;
const REGISTER_BITS = 6;
/** Bits of the hash that are left behind the index. */
const HASH_BITS = 64 - INDEX_BITS;
const SEED = 0xadc83b19;

const MAGIC = toUint8Array("HYLL");
const ENCODING_AT = 4;
const DENSE = 0;
const SPARSE = 1;
/** Eight bytes, the lowest first; the highest bit says that they are out of date. */
const COUNT_AT = 8;
const STALE_AT = 15;
const STALE = 0x80;
const HEADER_BYTES = 16;
const DENSE_BYTES = HEADER_BYTES + (REGISTERS * REGISTER_BITS) / 8;

export class HyperLogLog {
  #bytes: Uint8Array;

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  static empty(): HyperLogLog {
    const bytes = new Uint8Array(HEADER_BYTES + EMPTY_RUNS.length);
    bytes.set(MAGIC);
    bytes[ENCODING_AT] = SPARSE;
    bytes[STALE_AT] = STALE;
    bytes.set(EMPTY_RUNS, HEADER_BYTES);
    return new HyperLogLog(bytes);
  }

  /** The one that a string holds, which is changed in place where its size stays; undefined where the string holds none. */
  static in(bytes: Uint8Array): HyperLogLog | undefined {
    if (bytes.length < HEADER_BYTES || MAGIC.some((byte, at) => bytes[at] !== byte)) return undefined;
    const encoding = bytes[ENCODING_AT]!;
    if (encoding > SPARSE || (encoding === DENSE && bytes.length !== DENSE_BYTES)) return undefined;
    return new HyperLogLog(bytes);
  }

  /** Estimates how many different elements left these registers. */
  static countOf(registers: Uint8Array): Int64 {
    return estimate(registers);
  }

  /** The string that holds it. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** As PFDEBUG ENCODING names it. */
  get encoding(): "dense" | "sparse" {
    return this.#bytes[ENCODING_AT] === DENSE ? "dense" : "sparse";
  }

  /** The runs of registers, while they are sparse. */
  get runs(): Uint8Array {
    return this.#bytes.subarray(HEADER_BYTES);
  }

  /** The count that was last reckoned; undefined when something came since. */
  get knownCount(): Int64 | undefined {
    if ((this.#bytes[STALE_AT]! & STALE) !== 0) return undefined;
    let count = 0n;
    for (let at = STALE_AT; at >= COUNT_AT; at--) count = (count << 8n) | BigInt(this.#bytes[at]!);
    return count <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(count) : count;
  }

  /** Estimates how many different elements came, and remembers it; undefined when the registers are corrupt. */
  count(): Int64 | undefined {
    const registers = this.registers();
    if (registers === undefined) return undefined;
    const count = estimate(registers);
    for (let at = COUNT_AT, rest = BigInt(count); at <= STALE_AT; at++, rest >>= 8n) {
      this.#bytes[at] = Number(rest & 255n);
    }
    return count;
  }

  forgetCount(): void {
    this.#bytes[STALE_AT]! |= STALE;
  }

  /** All registers, in an array of their own; undefined when they are corrupt. */
  registers(): Uint8Array | undefined {
    if (this.encoding === "sparse") return decodeRuns(this.runs);
    const registers = new Uint8Array(REGISTERS);
    for (let index = 0; index < REGISTERS; index++) registers[index] = this.#register(index);
    return registers;
  }

  /** Lets an element come: 1 when it changed a register, 0 when not, undefined when the registers are corrupt. */
  add(element: Bytes, sparseLimitBytes: number): 0 | 1 | undefined {
    const [low, high] = murmur64(element, SEED);
    return this.raise(low & (REGISTERS - 1), rank(low, high), sparseLimitBytes);
  }

  /** Raises a register to a value, if it is lower; replies as `add`. */
  raise(index: number, value: number, sparseLimitBytes: number): 0 | 1 | undefined {
    if (this.encoding === "sparse") {
      if (value > MOST_SPARSE_VALUE) return this.#raiseAsDense(index, value);
      const runs = withRegister(this.runs, index, value);
      if (runs === undefined) return undefined;
      if (runs === "unchanged") return 0;
      const grows = runs.spliced > this.runs.length;
      if (grows && HEADER_BYTES + runs.spliced > sparseLimitBytes) return this.#raiseAsDense(index, value);
      this.#replaceRuns(runs.bytes);
      return 1;
    }
    if (value <= this.#register(index)) return 0;
    this.#setRegister(index, value);
    return 1;
  }

  #raiseAsDense(index: number, value: number): 0 | 1 | undefined {
    return this.makeDense() ? this.raise(index, value, 0) : undefined;
  }

  /** Gives each register its six bits, if that is not so already; false when the runs are corrupt. */
  makeDense(): boolean {
    if (this.encoding === "dense") return true;
    const registers = decodeRuns(this.runs);
    if (registers === undefined) return false;
    const dense = new Uint8Array(DENSE_BYTES);
    dense.set(this.#bytes.subarray(0, HEADER_BYTES));
    dense[ENCODING_AT] = DENSE;
    this.#bytes = dense;
    for (let index = 0; index < REGISTERS; index++) {
      const value = registers[index]!;
      if (value > 0) this.#setRegister(index, value);
    }
    return true;
  }

  #replaceRuns(runs: Uint8Array): void {
    const bytes = new Uint8Array(HEADER_BYTES + runs.length);
    bytes.set(this.#bytes.subarray(0, HEADER_BYTES));
    bytes.set(runs, HEADER_BYTES);
    this.#bytes = bytes;
    this.forgetCount();
  }

  /** Six bits, the lowest first; they may lie in two bytes. */
  #register(index: number): number {
    const bit = index * REGISTER_BITS;
    const at = HEADER_BYTES + (bit >> 3);
    const both = this.#bytes[at]! | ((this.#bytes[at + 1] ?? 0) << 8);
    return (both >> (bit & 7)) & 63;
  }

  #setRegister(index: number, value: number): void {
    const bit = index * REGISTER_BITS;
    const at = HEADER_BYTES + (bit >> 3);
    const shift = bit & 7;
    const both = this.#bytes[at]! | ((this.#bytes[at + 1] ?? 0) << 8);
    const changed = (both & ~(63 << shift)) | (value << shift);
    this.#bytes[at] = changed;
    this.#bytes[at + 1] = changed >> 8;
  }
}

/** The place, from 1 on, of the lowest bit that is set behind the index; one is set beyond the last. */
function rank(low: number, high: number): number {
  const lowRest = (low >>> INDEX_BITS) | (high << (32 - INDEX_BITS));
  if (lowRest !== 0) return 32 - Math.clz32(lowRest & -lowRest);
  const highRest = (high >>> INDEX_BITS) | (1 << (HASH_BITS - 32));
  return 64 - Math.clz32(highRest & -highRest);
}
