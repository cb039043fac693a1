// What the commands of Redis's built-in module vectorset have in common: modules say little of their commands, and count
// the words themselves.
import type { Bytes } from "../../kernel/bytes.ts";
import { parseInt64 } from "../../kernel/integers.ts";
import { ReplyError, wrongArity } from "../../resp/errors.ts";
import { VectorSet } from "../../types/vector-set.ts";
import type { GraphNode } from "../../types/vector-set/graph-node.ts";
import type { CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key } from "../keys.ts";
import { readAs, writeAs } from "../values.ts";

export const facts = {
  group: "vector-set",
  module: "vectorset",
  since: "8.0.0",
  arity: -1,
  complexity: "O(1)",
  flags: ["readonly", "module", "fast"],
  keys: [key.at(1, "RW", "ACCESS", "UPDATE")],
  ignoresArguments: true,
} as const satisfies Partial<CommandFacts> & { ignoresArguments: true };

/** Throws where a request has fewer words than `least`, or more than `most`. */
export function checkWords({ argv, commandName }: CommandContext, least: number, most = Infinity): void {
  if (argv.length < least || argv.length > most) throw wrongArity(commandName);
}

/** The set at the key of a request, for reading. */
export function readSet(context: CommandContext): VectorSet | undefined {
  return readAs(context, context.argv[1]!, VectorSet);
}

/** The element that a request names, for reading; undefined without it, or without the key. */
export function readElement(context: CommandContext): { set: VectorSet; node: GraphNode } | undefined {
  const set = readSet(context);
  const node = set?.get(context.argv[2]!);
  return set === undefined || node === undefined ? undefined : { set, node };
}

/**
 * Runs what opens the key of a request for writing. A module's key counts as changed when it is closed, whatever came of it,
 * an error too.
 */
export function writing(context: CommandContext, run: (set: VectorSet | undefined, name: Bytes) => void): void {
  const name = context.argv[1]!;
  try {
    run(writeAs(context, name, VectorSet), name);
  } finally {
    context.db.touch(name);
  }
}

export const invalidVector = (): ReplyError => new ReplyError("ERR invalid vector specification");

/** Of a vector that does not fit a set. */
export function dimensionMismatch(given: number, { shape }: VectorSet): ReplyError {
  return new ReplyError(`ERR Vector dimension mismatch - got ${given} but set has ${shape.dimensions}`);
}

/** The number behind an option. */
export function readWithin(
  word: Bytes,
  { from, to = Infinity }: { readonly from: number; readonly to?: number },
  option: Bytes,
): number {
  const number = Number(parseInt64(word) ?? 0);
  if (number < from || number > to) throw new ReplyError(`ERR invalid ${option}`);
  return number;
}
