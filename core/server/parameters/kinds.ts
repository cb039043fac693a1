// The kinds of values that parameters have, with the checks and the words of each (config.c).
import { parseInt64 } from "../../kernel/integers.ts";
import { lower, type Bytes } from "../../kernel/bytes.ts";
import { readMemorySize } from "../../commands/numbers.ts";
import type { Profile } from "../../commands/profile.ts";
import type { ListeningParameter } from "../doors.ts";
import type { Common, Outcome, Parameter, Surroundings } from "./parameter.ts";

/** The limits that C sets. */
export const INT64_MAX = 9223372036854775807n;
export const UINT64_MAX = 18446744073709551615n;
export const INT_MAX = 2147483647n;
export const MEGABYTE = 1_048_576n;

/** What counts or measures without a limit of its own. */
export const count = (initial: bigint) => ({ initial, min: 0n, max: INT64_MAX });

/** A port, or 0 for none. */
export const PORT = { initial: 0n, min: 0n, max: 65535n };

function between(value: bigint, min: bigint, max: bigint): Outcome<string> {
  return value < min || value > max
    ? { problem: `argument must be between ${min} and ${max} inclusive` }
    : { value: String(value) };
}

/** A whole number. */
export function integer(
  common: Common,
  { initial, min, max }: { initial: bigint; min: bigint; max: bigint },
): Parameter {
  return {
    ...common,
    initial: () => String(initial),
    read(text) {
      const value = parseInt64(text);
      return value === undefined
        ? { problem: "argument couldn't be parsed into an integer" }
        : between(BigInt(value), min, max);
    },
  };
}

/** A size in bytes: `100mb`. */
export function memory(
  common: Common,
  { initial, min, max }: { initial: bigint | ((profile: Profile) => bigint); min: bigint; max: bigint },
): Parameter {
  return {
    ...common,
    initial: (profile) => String(typeof initial === "bigint" ? initial : initial(profile)),
    read(text) {
      const value = readMemorySize(text);
      return value === undefined ? { problem: "argument must be a memory value" } : between(value, min, max);
    },
  };
}

/** Yes or no. */
export function boolean(common: Common, initial: boolean | ((profile: Profile) => boolean)): Parameter {
  return {
    ...common,
    initial: (profile) => ((typeof initial === "boolean" ? initial : initial(profile)) ? "yes" : "no"),
    read(text) {
      const value = lower(text);
      return value === "yes" || value === "no" ? { value } : { problem: "argument must be 'yes' or 'no'" };
    },
  };
}

/** One of a few words. */
export function choice(common: Common, values: readonly string[], initial: string): Parameter {
  return {
    ...common,
    initial: () => initial,
    read(text) {
      const value = lower(text);
      return values.includes(value)
        ? { value }
        : { problem: `argument(s) must be one of the following: ${values.join(", ")}` };
    },
  };
}

/** Any text. */
export function text(common: Common, initial: string): Parameter {
  return { ...common, initial: () => initial, read: (value) => ({ value }) };
}

/** A parameter of which not every value will do. */
export function checked(parameter: Parameter, problemOf: (value: string) => Bytes | undefined): Parameter {
  return {
    ...parameter,
    read(text, current) {
      const outcome = parameter.read(text, current);
      const problem = "value" in outcome ? problemOf(outcome.value) : undefined;
      return problem === undefined ? outcome : { problem };
    },
  };
}

/** A parameter that takes more than it keeps: beyond its limits it stays at them. */
export function clamped(parameter: Parameter, { least, most }: { least: bigint; most: bigint }): Parameter {
  return {
    ...parameter,
    read(text, current) {
      const outcome = parameter.read(text, current);
      if ("problem" in outcome) return outcome;
      const value = BigInt(outcome.value);
      return { value: String(value < least ? least : value > most ? most : value) };
    },
  };
}

export const CANNOT_LISTEN = "Unable to listen on this port. Check server logs.";

/** A parameter that says where the server listens: it is tried by listening there. */
export function moving(parameter: Parameter, by: ListeningParameter, problem: Bytes): Parameter {
  return {
    ...parameter,
    attempt(value, surroundings) {
      const outcome = parameter.attempt?.(value, surroundings) ?? { value };
      if ("problem" in outcome || value === surroundings.before) return outcome;
      return surroundings.listens(by) ? outcome : { problem };
    },
  };
}

/** A parameter that the server cannot change to every value; the one that it has already is no change. */
export function attempted(
  parameter: Parameter,
  problemOf: (value: string, others: Surroundings["others"]) => Bytes | undefined,
): Parameter {
  return {
    ...parameter,
    attempt(value, { before, others }) {
      const problem = value === before ? undefined : problemOf(value, others);
      return problem === undefined ? { value } : { problem };
    },
  };
}
