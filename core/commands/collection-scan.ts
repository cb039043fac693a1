// SSCAN, HSCAN and ZSCAN: a cursor over one collection. The options are read only once there is a collection (db.c: scanGenericCommand).
import { equalIgnoringCase, type Bytes } from "../kernel/bytes.ts";
import { globMatch } from "../kernel/glob.ts";
import type { Collection } from "../keyspace/value.ts";
import { arg } from "./args.ts";
import type { CommandContext } from "./context.ts";
import { misplacedScanOption, readCursor, readScanCount } from "./cursor.ts";
import type { Profile } from "./profile.ts";
import { readAs, type CollectionClass } from "./values.ts";

/** What all of them take; HSCAN has NOVALUES besides. */
export const collectionScanArgs = [
  arg.key("key"),
  arg.lateInteger("cursor"),
  arg.optional(arg.pattern("pattern", { token: "MATCH" })),
  arg.optional(arg.lateInteger("count", { token: "COUNT" })),
] as const;

/** An element by its name, and what stands beside it in the reply. */
export interface ScannedEntry {
  readonly name: Bytes;
  readonly beside: readonly Bytes[];
}

export interface ScanOptions {
  readonly pattern: Bytes;
  readonly count: number;
  /** HSCAN's NOVALUES, ZSCAN's NOSCORES. */
  readonly namesOnly: boolean;
}

/** A step of a cursor over a collection: what it visited, and where it goes on. */
export type ScanStep<T> = (
  collection: T,
  cursor: number,
  options: ScanOptions,
) => { readonly next: number; readonly entries: readonly ScannedEntry[] };

/** The word that leaves values away, where a release has it. */
export type NamesOnly = (profile: Profile) => Bytes | undefined;

/** Runs one of the three: `NAME key cursor [options]`. */
export function runCollectionScan<T extends Collection>(
  context: CommandContext,
  type: CollectionClass<T>,
  { step, namesOnly }: { readonly step: ScanStep<T>; readonly namesOnly?: NamesOnly },
): void {
  const { argv, profile, reply } = context;
  const cursor = readCursor(argv[2]!, profile);
  const collection = readAs(context, argv[1]!, type);
  if (collection === undefined) {
    reply.array(2);
    reply.bulk("0");
    reply.array(0);
    return;
  }
  const options = readOptions(context, namesOnly);
  const { next, entries } = step(collection, cursor, options);
  reply.array(2);
  reply.bulk(String(next));
  reply.bulks(
    entries
      .filter(({ name }) => options.pattern === "*" || globMatch(options.pattern, name))
      .flatMap(({ name, beside }) => (options.namesOnly ? [name] : [name, ...beside])),
  );
}

function readOptions({ argv, profile }: CommandContext, namesWord: NamesOnly | undefined): ScanOptions {
  let pattern: Bytes = "*";
  let count = 10;
  const word = namesWord?.(profile);
  let namesOnly = false;
  for (let i = 3; i < argv.length; i++) {
    const option = argv[i]!;
    const value = argv[i + 1];
    if (equalIgnoringCase(option, "COUNT") && value !== undefined) {
      count = readScanCount(value);
      i++;
    } else if (equalIgnoringCase(option, "MATCH") && value !== undefined) {
      pattern = value;
      i++;
    } else if (word !== undefined && equalIgnoringCase(option, word)) namesOnly = true;
    else throw misplacedScanOption(option, profile);
  }
  return { pattern, count, namesOnly };
}
