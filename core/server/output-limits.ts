// `client-output-buffer-limit`: clients for whom too much waits to be sent are cut off, at once or after a time (networking.c:
// checkClientOutputBufferLimits). What waits is a turn's replies, and what a connection that is held, slow or not read has not taken.
import { lower, type Bytes } from "../kernel/bytes.ts";
import { parseInt64 } from "../kernel/integers.ts";
import { readMemorySize } from "../commands/numbers.ts";

const CLASSES = ["normal", "slave", "pubsub"] as const;

/** A class of clients as the parameter names it. */
export type OutputClass = (typeof CLASSES)[number];

/** What a new server has, in the form that CONFIG GET prints: most bytes at once, bytes for a time, and that time in seconds. */
export const INITIAL_OUTPUT_LIMITS = "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60";

/** Puts the limits that are given into those that hold, or says what is wrong with them in Redis's words. */
export function readOutputLimits(
  given: Bytes,
  current: string,
): { readonly value: string } | { readonly problem: Bytes } {
  const words = given === "" ? [] : given.split(" ");
  if (words.length % 4 !== 0) return { problem: "Wrong number of arguments in buffer limit configuration." };
  const limits = new Map(rows(current.split(" ")).map(([name, ...numbers]) => [name!, numbers]));
  for (const [name = "", hard = "", soft = "", seconds = ""] of rows(words)) {
    const known = lower(name) === "replica" ? "slave" : lower(name);
    if (!limits.has(known)) return { problem: "Invalid client class specified in buffer limit configuration." };
    const numbers = [readMemorySize(hard), readMemorySize(soft), parseInt64(seconds)];
    if (numbers.some((number) => number === undefined || number < 0)) {
      return { problem: "Error in hard, soft or soft_seconds setting in buffer limit configuration." };
    }
    limits.set(known, numbers.map(String));
  }
  return { value: CLASSES.map((name) => [name, ...limits.get(name)!].join(" ")).join(" ") };
}

/** What may wait for clients of a class; where a limit is not set it is Infinity. */
export interface OutputLimit {
  readonly hardBytes: number;
  readonly softBytes: number;
  /** For so long the soft limit may be exceeded. */
  readonly softSeconds: number;
}

/** The limits of each class; undefined where a class has none. */
export function outputLimits(value: string): Readonly<Record<OutputClass, OutputLimit | undefined>> {
  const limits = new Map(rows(value.split(" ")).map(([name, ...numbers]) => [name, numbers.map(Number)]));
  const limit = (name: OutputClass): OutputLimit | undefined => {
    const [hard = 0, soft = 0, softSeconds = 0] = limits.get(name)!;
    if (hard === 0 && soft === 0) return undefined;
    return { hardBytes: hard || Number.POSITIVE_INFINITY, softBytes: soft || Number.POSITIVE_INFINITY, softSeconds };
  };
  return { normal: limit("normal"), slave: limit("slave"), pubsub: limit("pubsub") };
}

function rows(words: readonly Bytes[]): (readonly Bytes[])[] {
  return Array.from({ length: words.length / 4 }, (_, row) => words.slice(4 * row, 4 * row + 4));
}
