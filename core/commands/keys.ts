// Key specifications: where a command's keys are, and what it does with them. Source of cluster routing, ACL, GETKEYS.
import type { Bytes } from "../kernel/bytes.ts";

/** How a key is accessed, and what is done with its data, as COMMAND INFO prints them. */
export type KeyFlag =
  | "RO"
  | "RW"
  | "OW"
  | "RM"
  | "ACCESS"
  | "UPDATE"
  | "INSERT"
  | "DELETE"
  | "incomplete"
  | "variable_flags";

export interface BeginSearch {
  readonly type: "index";
  readonly index: number;
}

export interface FindKeys {
  readonly type: "range";
  readonly lastKey: number;
  readonly step: number;
  readonly limit: number;
}

export interface KeySpec {
  readonly begin: BeginSearch;
  readonly find: FindKeys;
  readonly flags: readonly KeyFlag[];
  readonly notes?: string;
  /** The flags of one request, where they depend on its options (`variable_flags`). */
  readonly flagsOf?: (argv: readonly Bytes[]) => readonly KeyFlag[];
}

/** Builders of key specifications. Positions count the command's name as 0. */
export const key = {
  /** One key at a position. */
  at: (index: number, ...flags: readonly KeyFlag[]): KeySpec => key.range(index, { lastKey: 0 }, ...flags),
  /** Keys from a position on; `lastKey` is relative to it, negative counts from the end (-1: the last argument). */
  range: (
    index: number,
    { lastKey, step = 1, limit = 0 }: { lastKey: number; step?: number; limit?: number },
    ...flags: readonly KeyFlag[]
  ): KeySpec => ({ begin: { type: "index", index }, find: { type: "range", lastKey, step, limit }, flags }),
};

/** A key in a request: its position and how it is accessed. */
export interface FoundKey {
  readonly index: number;
  readonly flags: readonly KeyFlag[];
}

/** The keys of a request, whose arity was checked, by its command's specifications. */
export function findKeys(specs: readonly KeySpec[], argv: readonly Bytes[]): FoundKey[] {
  return specs.flatMap(({ begin, find, flags, flagsOf }) => {
    const last = find.lastKey >= 0 ? begin.index + find.lastKey : argv.length + find.lastKey;
    const found: FoundKey[] = [];
    for (let index = begin.index; index <= last; index += find.step)
      found.push({ index, flags: flagsOf?.(argv) ?? flags });
    return found;
  });
}
