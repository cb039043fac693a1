/** What a case expects in place of a reply: exact bytes, or a declared matcher where no two runs can agree. */
import type { AggregateType, BulkType } from "./reply.ts";
import type { Bytes } from "./escapes.ts";

/** The matchers, as they are written after `~`. Those that wrap compare with the reply recorded below them. */
export const matcherNames = [
  "any",
  "any-integer",
  "match",
  "capture",
  "within",
  "unordered",
  "map",
  "fields",
  "docs",
  "info",
  "lines",
  "client",
  "log",
] as const;
export type MatcherName = (typeof matcherNames)[number];

export type Expected =
  | { readonly kind: "line"; readonly text: Bytes }
  | { readonly kind: "bulk"; readonly type: BulkType; readonly payload: Bytes | null }
  | { readonly kind: "aggregate"; readonly type: AggregateType; readonly items: readonly Expected[] | null }
  | Matcher;

export type Matcher =
  /** Anything at all. */
  | { readonly kind: "any" }
  /** `:N`, or a bulk string that is one. */
  | { readonly kind: "any-integer" }
  /** The type byte and the payload fit a glob of `*`, `?` and `[...]`: `$redis-*`, `-ERR *`. */
  | { readonly kind: "match"; readonly glob: Bytes }
  /** Anything but an aggregate; its payload stands for `$name` in the commands that follow. */
  | { readonly kind: "capture"; readonly name: string }
  /** An integer (`:N` or a bulk string) no further than this from the recorded one. */
  | { readonly kind: "within"; readonly distance: number; readonly recorded: Expected }
  /** The recorded elements in any order. */
  | { readonly kind: "unordered"; readonly recorded: Expected }
  /** Fields and values in any order of fields, at this level only, whether RESP2's flat row or RESP3's map. */
  | { readonly kind: "map"; readonly recorded: Expected }
  /** The fields of a map (or of RESP2's flat row) in any order, whatever their values. */
  | { readonly kind: "fields"; readonly recorded: Expected }
  /** COMMAND DOCS and COMMAND INFO: maps and sets in any order at every level, prose and history left out. */
  | { readonly kind: "docs"; readonly recorded: Expected }
  /** INFO: the sections and the names of their fields, without the values. */
  | { readonly kind: "info"; readonly recorded: Expected }
  /** The lines of a text in any order, each to the byte. */
  | { readonly kind: "lines"; readonly recorded: Expected }
  /** CLIENT INFO and CLIENT LIST: every line's fields, without the values that tell of sockets, ids and memory. */
  | { readonly kind: "client"; readonly recorded: Expected }
  /** ACL LOG: as it is, but of the lines about clients only what every release has and `~client` compares. */
  | { readonly kind: "log"; readonly recorded: Expected };
