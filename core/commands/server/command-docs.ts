// How COMMAND INFO and COMMAND DOCS show a command: all of it derived from the table.
import { lower, type Bytes } from "../../kernel/bytes.ts";
import type { Reply } from "../../resp/reply.ts";
import { argExists, type Arg, type ArgFacts } from "../args.ts";
import { categoriesOf } from "../acl/categories.ts";
import type { CommandFlag } from "../command.ts";
import type { ResolvedCommand } from "../command-table.ts";
import type { BeginSearch, FindKeys, KeySpec } from "../keys.ts";
import { sinceIn, type Profile } from "../profile.ts";

/** Flags that a server uses and does not show. */
const hiddenFlags: ReadonlySet<CommandFlag> = new Set(["protected"]);

/** The ten elements of COMMAND INFO. */
export function replyInfo(reply: Reply, resolved: ResolvedCommand): void {
  const { fullName, arity, flags, keys, command, subcommands } = resolved;
  const shownFlags = [...flags].filter((flag) => !hiddenFlags.has(flag));
  const [first, last, step] = legacyRange(keys);
  reply.array(10);
  reply.bulk(fullName);
  reply.integer(arity);
  reply.set(shownFlags.length);
  for (const flag of shownFlags) reply.simple(flag);
  reply.integer(first);
  reply.integer(last);
  reply.integer(step);
  const categories = categoriesOf(resolved);
  reply.set(categories.length);
  for (const category of categories) reply.simple(`@${category}`);
  reply.set(command.tips?.length ?? 0);
  for (const tip of command.tips ?? []) reply.bulk(tip);
  reply.set(keys.length);
  for (const spec of keys) replyKeySpec(reply, spec);
  // No set where there are any: server.c: addReplyCommandSubCommands.
  if (subcommands.size === 0) reply.set(0);
  else reply.array(subcommands.size);
  for (const subcommand of subcommands.values()) replyInfo(reply, subcommand);
}

/** First key, last key and step, as one range over all index specifications. */
function legacyRange(keys: readonly KeySpec[]): readonly [number, number, number] {
  let first = 0;
  let last = 0;
  let step = 0;
  for (const { begin, find } of keys) {
    if (begin.type !== "index" || find.type !== "range") continue;
    const end = find.lastKey >= 0 ? begin.index + find.lastKey : find.lastKey;
    if (first === 0) {
      first = begin.index;
      step = find.step;
      last = end;
    } else last = end;
  }
  return [first, last, step];
}

function replyKeySpec(reply: Reply, { begin, find, flags, notes }: KeySpec): void {
  reply.map(notes === undefined ? 3 : 4);
  if (notes !== undefined) {
    reply.bulk("notes");
    reply.bulk(notes);
  }
  reply.bulk("flags");
  reply.set(flags.length);
  for (const flag of flags) reply.simple(flag.length === 2 ? flag : lower(flag));
  reply.bulk("begin_search");
  replySearch(reply, begin.type, beginFields(begin));
  reply.bulk("find_keys");
  replySearch(reply, find.type, findFields(find));
}

type SearchFields = readonly (readonly [name: Bytes, value: Bytes | number])[];

function beginFields(begin: BeginSearch): SearchFields {
  switch (begin.type) {
    case "index":
      return [["index", begin.index]];
    case "keyword":
      return [
        ["keyword", begin.keyword],
        ["startfrom", begin.startFrom],
      ];
    case "unknown":
      return [];
  }
}

function findFields(find: FindKeys): SearchFields {
  switch (find.type) {
    case "range":
      return [
        ["lastkey", find.lastKey],
        ["keystep", find.step],
        ["limit", find.limit],
      ];
    case "keynum":
      return [
        ["keynumidx", find.keynumIndex],
        ["firstkey", find.firstKey],
        ["keystep", find.step],
      ];
    case "unknown":
      return [];
  }
}

function replySearch(reply: Reply, type: Bytes, spec: SearchFields): void {
  reply.map(2);
  reply.bulk("type");
  reply.bulk(type);
  reply.bulk("spec");
  reply.map(spec.length);
  for (const [name, value] of spec) {
    reply.bulk(name);
    if (typeof value === "number") reply.integer(value);
    else reply.bulk(value);
  }
}

type Field = readonly [name: Bytes, write: () => void];

function replyFields(reply: Reply, fields: readonly Field[]): void {
  reply.map(fields.length);
  for (const [name, write] of fields) {
    reply.bulk(name);
    write();
  }
}

function replySet(reply: Reply, values: readonly Bytes[]): void {
  reply.set(values.length);
  for (const value of values) reply.simple(value);
}

/** The name and the map of COMMAND DOCS. */
export function replyDocs(reply: Reply, resolved: ResolvedCommand, profile: Profile): void {
  const { command, fullName, subcommands } = resolved;
  if (command.module !== undefined) {
    replyModuleDocs(reply, fullName, command.module);
    return;
  }
  const { deprecated, docFlags = [] } = command;
  const allDocFlags = deprecated ? ["deprecated", ...docFlags] : docFlags;
  const args = documented(command.args, profile);
  const fields: Field[] = [
    ["summary", () => reply.bulk(command.summary)],
    ["since", () => reply.bulk(sinceIn(command.since, profile))],
    ["group", () => reply.bulk(command.group)],
  ];
  const { complexity } = command;
  if (complexity !== undefined) fields.push(["complexity", () => reply.bulk(complexity)]);
  if (allDocFlags.length > 0) fields.push(["doc_flags", () => replySet(reply, allDocFlags)]);
  if (deprecated) {
    fields.push(["deprecated_since", () => reply.bulk(deprecated.since)]);
    fields.push(["replaced_by", () => reply.bulk(deprecated.replacedBy)]);
  }
  if (args.length > 0) fields.push(["arguments", () => replyArguments(reply, args, profile)]);
  if (subcommands.size > 0) {
    fields.push([
      "subcommands",
      () => {
        reply.map(subcommands.size);
        for (const subcommand of subcommands.values()) replyDocs(reply, subcommand, profile);
      },
    ]);
  }
  reply.bulk(fullName);
  replyFields(reply, fields);
}

/** All that is told of a command of which its module tells nothing. */
function replyModuleDocs(reply: Reply, name: Bytes, module: Bytes): void {
  reply.bulk(name);
  replyFields(reply, [
    ["group", () => reply.bulk("module")],
    ["module", () => reply.bulk(module)],
  ]);
}

function replyArguments(reply: Reply, args: readonly Arg[], profile: Profile): void {
  reply.array(args.length);
  for (const each of args) replyArgument(reply, each, profile);
}

function documented(args: readonly Arg[], profile: Profile): readonly Arg[] {
  return args.filter((each) => argExists(each, profile) && !each.facts.undocumented);
}

function shownSince({ since, sinceShown }: ArgFacts, profile: Profile): string | undefined {
  if (sinceShown !== undefined) return sinceShown[profile.family];
  return since === undefined ? undefined : sinceIn(since, profile);
}

function replyArgument(reply: Reply, each: Arg, profile: Profile): void {
  const { facts, type, optional, multiple } = each;
  const modern = profile.can.displayText;
  const name = modern ? (facts.nameShown ?? each.name) : (facts.name70 ?? each.name);
  const parts = documented(each.parts, profile);
  const isOptional = optional || (!modern && facts.optional70 === true);
  const flags = [isOptional && "optional", multiple && "multiple", facts.multipleToken && "multiple_token"].filter(
    (flag) => typeof flag === "string",
  );
  const fields: Field[] = [
    ["name", () => reply.bulk(name)],
    ["type", () => reply.bulk(type)],
  ];
  const text = (field: Bytes, value: string | undefined): void => {
    if (value !== undefined) fields.push([field, () => reply.bulk(value)]);
  };
  if (modern && parts.length === 0) text("display_text", facts.display ?? name);
  const { keySpec = type === "key" ? 0 : undefined } = facts;
  if (keySpec !== undefined) fields.push(["key_spec_index", () => reply.integer(keySpec)]);
  text("token", facts.token);
  text("summary", facts.summary);
  text("since", shownSince(facts, profile));
  text("deprecated_since", facts.deprecatedSince);
  if (flags.length > 0) fields.push(["flags", () => replySet(reply, flags)]);
  if (parts.length > 0) fields.push(["arguments", () => replyArguments(reply, parts, profile)]);
  replyFields(reply, fields);
}
