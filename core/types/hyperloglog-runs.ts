// Registers of a HyperLogLog as runs of equal ones, byte for byte as Redis splits and joins them (hyperloglog.c: hllSparseSet):
// 00xxxxxx: 1 to 64 zeros; 01xxxxxx and a byte: 1 to 16384 zeros; 1vvvvvxx: 1 to 4 times a value from 1 to 32.
import type { Bytes } from "../kernel/bytes.ts";

const REGISTERS = 16384;
const LONGEST_SHORT_ZEROS = 64;
const LONGEST_VALUES = 4;
/** A register above it has no place in a run. */
export const MOST_SPARSE_VALUE = 32;
/** Runs that are looked at for joining, from the one before the change on. */
const JOINS_LOOKED_AT = 5;

/** All registers zero. */
export const EMPTY_RUNS: Uint8Array = Uint8Array.of(...zeros(REGISTERS));

interface Run {
  readonly sizeBytes: number;
  readonly length: number;
  readonly value: number;
}

function runAt(runs: Uint8Array, at: number): Run {
  const byte = runs[at]!;
  if (byte >= 0x80) return { sizeBytes: 1, length: (byte & 3) + 1, value: ((byte >> 2) & 31) + 1 };
  if (byte < 0x40) return { sizeBytes: 1, length: byte + 1, value: 0 };
  return { sizeBytes: 2, length: (((byte & 63) << 8) | (runs[at + 1] ?? 0)) + 1, value: 0 };
}

function zeros(length: number): readonly number[] {
  if (length === 0) return [];
  if (length <= LONGEST_SHORT_ZEROS) return [length - 1];
  return [0x40 | ((length - 1) >> 8), (length - 1) & 255];
}

function values(value: number, length: number): readonly number[] {
  return length === 0 ? [] : [0x80 | ((value - 1) << 2) | (length - 1)];
}

/** All registers; undefined when the runs are not 16384 long together. */
export function decodeRuns(runs: Uint8Array): Uint8Array | undefined {
  const registers = new Uint8Array(REGISTERS);
  let index = 0;
  for (let at = 0; at < runs.length;) {
    const { sizeBytes, length, value } = runAt(runs, at);
    if (value > 0) registers.fill(value, index, index + length);
    index += length;
    at += sizeBytes;
  }
  return index === REGISTERS ? registers : undefined;
}

/** As PFDEBUG DECODE shows runs: `Z:2778 v:1,1 z:12`. */
export function describeRuns(runs: Uint8Array): Bytes {
  const words: Bytes[] = [];
  for (let at = 0; at < runs.length;) {
    const { sizeBytes, length, value } = runAt(runs, at);
    words.push(value > 0 ? `v:${value},${length}` : `${sizeBytes === 2 ? "Z" : "z"}:${length}`);
    at += sizeBytes;
  }
  return words.join(" ");
}

/** Runs with a register raised; `spliced` is how many bytes they had before equal ones were joined. */
export interface RaisedRuns {
  readonly bytes: Uint8Array;
  readonly spliced: number;
}

/** Raises a register to a value; undefined when no run holds the register. */
export function withRegister(runs: Uint8Array, index: number, value: number): RaisedRuns | "unchanged" | undefined {
  let at = 0;
  let before = 0;
  let first = 0;
  let run: Run | undefined;
  for (; at < runs.length; at += run.sizeBytes) {
    run = runAt(runs, at);
    if (index < first + run.length) break;
    before = at;
    first += run.length;
  }
  if (run === undefined || at >= runs.length) return undefined;
  if (run.value >= value) return "unchanged";
  const parts = split(run, index - first, value);
  const spliced = new Uint8Array(runs.length - run.sizeBytes + parts.length);
  spliced.set(runs.subarray(0, at));
  // Of a last run that lacks its second byte Redis loses a byte; what is written behind the end is lost here too.
  for (let i = 0; i < parts.length; i++) spliced[at + i] = parts[i]!;
  const behind = runs.subarray(at + run.sizeBytes);
  spliced.set(behind, spliced.length - behind.length);
  return { bytes: joined(spliced, before), spliced: spliced.length };
}

/** What takes the place of a run when the register at an offset in it gets another value. */
function split(run: Run, offset: number, value: number): readonly number[] {
  const behind = run.length - offset - 1;
  return run.value === 0
    ? [...zeros(offset), ...values(value, 1), ...zeros(behind)]
    : [...values(run.value, offset), ...values(value, 1), ...values(run.value, behind)];
}

/** Joins neighbours of the same value, as far as Redis looks. */
function joined(runs: Uint8Array, from: number): Uint8Array {
  let end = runs.length;
  let at = from;
  for (let looks = JOINS_LOOKED_AT; looks > 0 && at < end; looks--) {
    const run = runAt(runs, at);
    const next = at + 1 < end && run.value > 0 ? runAt(runs, at + 1) : undefined;
    const length = next?.value === run.value ? run.length + next.length : LONGEST_VALUES + 1;
    if (length > LONGEST_VALUES) {
      at += run.sizeBytes;
      continue;
    }
    runs.set(values(run.value, length), at + 1);
    runs.copyWithin(at, at + 1, end);
    end--;
  }
  return runs.subarray(0, end);
}
