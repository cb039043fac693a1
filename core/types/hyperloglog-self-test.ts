// What PFSELFTEST checks: that registers keep what they are given, and that estimates are as good as they should be
// (hyperloglog.c: pfselftestCommand). Fewer rounds than there, so that nobody has to wait for it.
import type { Random } from "../kernel/random.ts";
import { HyperLogLog, REGISTERS } from "./hyperloglog.ts";

const ROUNDS = 10;
const GREATEST_VALUE = 50;
const MOST_ELEMENTS = 100_000;
/** Bytes up to which registers are kept as runs. */
const SPARSE_LIMIT_BYTES = 3000;
/** The standard error of so many registers. */
const STANDARD_ERROR = 1.04 / Math.sqrt(REGISTERS);
/** Few estimates are further off than so many standard errors. */
const TOLERANCE = 6;

/** Throws where HyperLogLogs do not do what they should. */
export function selfTest(random: Random): void {
  checkRegisters(random);
  checkEstimates(random);
}

/** Random values, read back from a dense one. */
function checkRegisters(random: Random): void {
  for (let round = 0; round < ROUNDS; round++) {
    const dense = HyperLogLog.empty();
    const wanted = Array.from({ length: REGISTERS }, () => random.int(1, GREATEST_VALUE));
    wanted.forEach((value, index) => dense.raise(index, value, 0));
    const registers = dense.registers()!;
    wanted.forEach((value, index) => {
      if (registers[index] !== value) fail(`Register ${index} should be ${value} but is ${registers[index]}`);
    });
  }
}

/** The same elements to one of each kind: they must agree, and be about right at every power of ten. */
function checkEstimates(random: Random): void {
  const [sparse, dense] = [HyperLogLog.empty(), HyperLogLog.empty()];
  const seed = random.hex(8);
  for (let elements = 1, checkpoint = 1; elements <= MOST_ELEMENTS; elements++) {
    sparse.add(`${seed}${elements}`, SPARSE_LIMIT_BYTES);
    dense.add(`${seed}${elements}`, 0);
    if (elements < checkpoint) continue;
    const [first, second] = [Number(sparse.count()), Number(dense.count())];
    if (first !== second) fail(`dense/sparse disagree: ${second} and ${first}`);
    const error = Math.abs(elements - first);
    if (error > Math.ceil(TOLERANCE * STANDARD_ERROR * elements))
      fail(`Too big error. card:${elements} abserr:${error}`);
    checkpoint *= 10;
  }
}

function fail(what: string): never {
  throw new Error(`HyperLogLogs fail their test: ${what}`);
}
