// The grammar of arguments: one description yields the parser, COMMAND DOCS, the option tokens and the fuzz generator.
import { equalIgnoringCase, type Bytes } from "../kernel/bytes.ts";
import { parseInt64, type Int64 } from "../kernel/integers.ts";
import { notAnInteger, syntaxError, type ReplyError } from "../resp/errors.ts";
import type { ServerPort } from "./ports.ts";
import { exists, type Family, type Profile, type Since } from "./profile.ts";

export type ArgType =
  | "string"
  | "integer"
  | "double"
  | "key"
  | "pattern"
  | "unix-time"
  | "pure-token"
  | "oneof"
  | "block";

/** What COMMAND DOCS says of an argument, besides its name and type. */
export interface ArgFacts {
  readonly token?: string;
  readonly since?: Since;
  /** The release that each family's documentation shows, where it is not `since`. */
  readonly sinceShown?: Partial<Record<Family, string>>;
  /** The documented name, where two forms of an argument share one. */
  readonly nameShown?: string;
  /** It is accepted, and no documentation tells. */
  readonly undocumented?: boolean;
  /** The release in which this form disappeared. */
  readonly until?: string;
  readonly deprecatedSince?: string;
  /** What the synopsis shows; the name where it is not given. */
  readonly display?: string;
  /** Index into the command's key specifications. */
  readonly keySpec?: number;
  /** The name under which Redis 7.0 documents it. */
  readonly name70?: string;
  /** Each value comes behind its own token: `GET a GET b`. */
  readonly multipleToken?: boolean;
  /** The argument before it, of this name, says how many values there are. */
  readonly countedBy?: string;
  /** The error when fewer values follow than were counted; a syntax error where it is not given. */
  readonly tooFew?: () => ReplyError;
  /** Redis 7.0 documents it as optional. */
  readonly optional70?: boolean;
  /** An alternative that is meant only when it is the last word. */
  readonly lastWord?: boolean;
  /** Given twice it is a syntax error; elsewhere the last one wins. */
  readonly onlyOnce?: boolean;
  /** The words that a multiple argument goes on with; everything that follows where it is not given. */
  readonly goesOnWith?: RegExp;
  /** The error when none of a oneof's alternatives is given behind its token. */
  readonly otherwise?: (word: Bytes) => ReplyError;
  /** A summary of its own, which only some arguments have. */
  readonly summary?: string;
}

/** An argument named N whose parsed value is a V. Build them with `arg`. */
export interface Arg<N extends string = string, V = unknown> {
  readonly name: N;
  readonly type: ArgType;
  readonly facts: ArgFacts;
  readonly optional: boolean;
  readonly multiple: boolean;
  /** The alternatives of a oneof, the parts of a block. */
  readonly parts: readonly Arg[];
  /** A oneof whose alternatives may be combined: the handler judges which go together. */
  readonly combine: boolean;
  /** Converts a value at the moment when Redis would, so that errors come in its order. */
  readonly read: ((bytes: Bytes, profile: Profile, server: ServerPort) => unknown) | undefined;
  /** Never set: carries the type of the value. */
  readonly value?: V;
}

/** The record of values that a list of arguments parses to. */
export type Parsed<A extends readonly Arg[]> = { readonly [E in A[number] as E["name"]]: ValueOf<E> };
type ValueOf<A> = A extends Arg<string, infer V> ? V : never;

/** The alternative that was given, and its value. */
export type Choice<A extends readonly Arg[]> = {
  [E in A[number] as E["name"]]: { readonly is: E["name"]; readonly value: ValueOf<E> };
}[A[number]["name"]];

function make<N extends string, V>(name: N, type: ArgType, facts: ArgFacts, more: Partial<Arg<N, V>> = {}): Arg<N, V> {
  return { name, type, facts, optional: false, multiple: false, parts: [], combine: false, read: undefined, ...more };
}

const int64 = (bytes: Bytes): Int64 => {
  const value = parseInt64(bytes);
  if (value === undefined) throw notAnInteger();
  return value;
};

/** Builders of arguments. Values arrive as they were sent, unless a reader converts them during parsing. */
export const arg = {
  key: <N extends string>(name: N, facts: ArgFacts = {}) => make<N, Bytes>(name, "key", facts),
  string: <N extends string>(name: N, facts: ArgFacts = {}) => make<N, Bytes>(name, "string", facts),
  pattern: <N extends string>(name: N, facts: ArgFacts = {}) => make<N, Bytes>(name, "pattern", facts),
  double: <N extends string>(name: N, facts: ArgFacts = {}) => make<N, Bytes>(name, "double", facts),
  unixTime: <N extends string>(name: N, facts: ArgFacts = {}) => make<N, Bytes>(name, "unix-time", facts),
  /** An integer that the handler converts, in its own order. */
  lateInteger: <N extends string>(name: N, facts: ArgFacts = {}) => make<N, Bytes>(name, "integer", facts),
  /** An integer that is converted while parsing. */
  integer: <N extends string>(name: N, facts: ArgFacts = {}) => make<N, Int64>(name, "integer", facts, { read: int64 }),
  token: <N extends string>(name: N, token: string, facts: ArgFacts = {}) =>
    make<N, true>(name, "pure-token", { ...facts, token }),
  oneOf: <N extends string, const A extends readonly Arg[]>(name: N, parts: A, facts: ArgFacts = {}) =>
    make<N, Choice<A>>(name, "oneof", facts, { parts }),
  /** A oneof whose alternatives may come together; the value holds those given. */
  someOf: <N extends string, const A extends readonly Arg[]>(name: N, parts: A, facts: ArgFacts = {}) =>
    make<N, Partial<Parsed<A>>>(name, "oneof", facts, { parts, combine: true }),
  block: <N extends string, const A extends readonly Arg[]>(name: N, parts: A, facts: ArgFacts = {}) =>
    make<N, Parsed<A>>(name, "block", facts, { parts }),
  optional: <N extends string, V>(of: Arg<N, V>): Arg<N, V | undefined> => ({
    ...(of as Arg<N, V | undefined>),
    optional: true,
  }),
  multiple: <N extends string, V>(of: Arg<N, V>): Arg<N, readonly V[]> => ({
    ...(of as unknown as Arg<N, readonly V[]>),
    multiple: true,
  }),
  /** Converts the value while parsing, with the reader's own error. */
  read: <N extends string, V>(
    of: Arg<N, Bytes>,
    read: (bytes: Bytes, profile: Profile, server: ServerPort) => V,
  ): Arg<N, V> => ({
    ...(of as unknown as Arg<N, V>),
    read,
  }),
};

/** Whether an argument exists in a profile. */
export function argExists({ facts }: Arg, profile: Profile): boolean {
  return exists(facts.since, profile) && (facts.until === undefined || !exists(facts.until, profile));
}

/** Parses the arguments behind a command's name; throws the ReplyError that Redis would send. */
export type Parser = (argv: readonly Bytes[], from: number, server: ServerPort) => Record<string, unknown>;

/** Words the error for a word that is no option of a command; `argv` is the whole request. */
export type UnknownOption = (word: Bytes, argv: readonly Bytes[], profile: Profile) => ReplyError;

export interface ParserOptions {
  readonly profile: Profile;
  /** The error for a word that is no option; a syntax error where it is not given. */
  readonly unknown?: UnknownOption | undefined;
}

/** Builds the parser of a list of arguments for one profile. */
export function compileParser(args: readonly Arg[], options: ParserOptions): Parser {
  const present = presentIn(args, options.profile);
  const template = templateOf(present);
  const required = present.findIndex((each) => !isPlain(each));
  if (required < 0) return compilePlain(present, template);
  // Options are most often not given: SET key value is a row of values too.
  const bare = present.slice(required).every(({ optional }) => optional);
  const parseBare = compilePlain(present.slice(0, required), template);
  const parseRepeated = compileRepeated(present, required, template);
  return (argv, from, server) => {
    if (bare && argv.length === from + required) return parseBare(argv, from);
    const repeated = parseRepeated?.(argv, from);
    if (repeated !== undefined) return repeated;
    const parsed: Record<string, unknown> = { ...template };
    const input: Input = { argv, at: from, options, server };
    parseSequence(present, parsed, input);
    if (input.at < argv.length) throw options.unknown?.(argv[input.at]!, argv, options.profile) ?? syntaxError();
    return parsed;
  };
}

/** The arguments of a profile, with the alternatives and parts of that profile. */
function presentIn(args: readonly Arg[], profile: Profile): readonly Arg[] {
  return args
    .filter((each) => argExists(each, profile))
    .map((each) => (each.parts.length === 0 ? each : { ...each, parts: presentIn(each.parts, profile) }));
}

function isPlain({ optional, multiple, parts, facts, read }: Arg): boolean {
  return !optional && !multiple && parts.length === 0 && facts.token === undefined && read === undefined;
}

/** Parses a row of values, which nothing but their positions tell. */
type PlainParser = (argv: readonly Bytes[], from: number) => Record<string, unknown>;

/** Most commands take a fixed row of values, and their arity was checked: no loop over options is needed. */
function compilePlain(args: readonly Arg[], template: Record<string, unknown>): PlainParser {
  const names = args.map(({ name }) => name);
  return (argv, from) => {
    const parsed = { ...template };
    for (let i = 0; i < names.length; i++) parsed[names[i]!] = argv[from + i];
    return parsed;
  };
}

/** Parses a request of the most common form; undefined for any other, which the whole grammar judges. */
type PartialParser = (argv: readonly Bytes[], from: number) => Record<string, unknown> | undefined;

/**
 * The form of LPUSH, MSET and ZADD: a row of values, options that are not given, then values or blocks of them to the end.
 * Undefined where a command's grammar is another.
 */
function compileRepeated(
  args: readonly Arg[],
  required: number,
  template: Record<string, unknown>,
): PartialParser | undefined {
  const last = args.at(-1)!;
  const between = args.slice(required, -1);
  const row = last.type === "block" ? last.parts : [{ ...last, multiple: false }];
  const repeats = last.multiple && !last.optional && Object.keys(last.facts).every((fact) => !SHAPING.has(fact));
  if (!repeats || !row.every(isPlain) || !between.every(startsWithLetter)) return undefined;
  const parseFirst = compilePlain(args.slice(0, required), template);
  const parseRow = last.type === "block" ? compilePlain(row, templateOf(row)) : undefined;
  return (argv, from) => {
    const start = from + required;
    if (argv.length <= start || (argv.length - start) % row.length !== 0) return undefined;
    if (between.length > 0 && isLetter(argv[start]!.charCodeAt(0))) return undefined;
    const parsed = parseFirst(argv, from);
    if (parseRow === undefined) parsed[last.name] = argv.length === start + 1 ? [argv[start]] : argv.slice(start);
    else {
      const rows: unknown[] = [];
      for (let at = start; at < argv.length; at += row.length) rows.push(parseRow(argv, at));
      parsed[last.name] = rows;
    }
    return parsed;
  };
}

/** Facts that change which words a multiple argument takes. */
const SHAPING: ReadonlySet<string> = new Set([
  "token",
  "multipleToken",
  "countedBy",
  "tooFew",
  "goesOnWith",
  "lastWord",
]);

/** An optional argument that no other word than one with a letter in front can begin. */
function startsWithLetter(each: Arg): boolean {
  return each.optional && beginsWithLetter(each);
}

function beginsWithLetter({ facts, type, parts }: Arg): boolean {
  if (facts.token !== undefined) return isLetter(facts.token.charCodeAt(0));
  const begins = ({ facts: { token } }: Arg): boolean => token !== undefined && isLetter(token.charCodeAt(0));
  return type === "oneof" && parts.every(begins);
}

function isLetter(code: number): boolean {
  return (code | 32) >= 97 && (code | 32) <= 122;
}

function templateOf(args: readonly Arg[]): Record<string, undefined> {
  return Object.fromEntries(args.map((each) => [each.name, undefined]));
}

interface Input {
  readonly argv: readonly Bytes[];
  at: number;
  readonly options: ParserOptions;
  readonly server: ServerPort;
}

/** Required arguments come in their order; a run of optional ones in any order, each as often as it likes. */
function parseSequence(args: readonly Arg[], into: Record<string, unknown>, input: Input): void {
  for (let i = 0; i < args.length; i++) {
    const each = args[i]!;
    if (each.optional) {
      let end = i + 1;
      while (end < args.length && args[end]!.optional) end++;
      const run = args.slice(i, end);
      const last = input.argv.length - requiredWords(args.slice(end));
      while (input.at < last && run.some((option) => parseOption(option, into, input)));
      i = end - 1;
    } else if (each.facts.countedBy !== undefined) {
      into[each.name] = parseCounted(each, Number(into[each.facts.countedBy]), input);
    } else if (each.multiple && each.type !== "oneof") {
      const needed = requiredWords(args.slice(i + 1));
      const values: unknown[] = [];
      do values.push(parseOne(each, input));
      while (input.at < input.argv.length - needed);
      into[each.name] = values;
    } else if (each.parts.length > 0 && each.type === "oneof") {
      if (!parseOption(each, into, input))
        throw input.options.unknown?.(input.argv[input.at]!, input.argv, input.options.profile) ?? syntaxError();
    } else {
      into[each.name] = parseOne(each, input);
    }
  }
}

/** As many values as an earlier argument announced. */
function parseCounted(each: Arg, count: number, input: Input): unknown[] {
  if (count > input.argv.length - input.at) throw each.facts.tooFew?.() ?? syntaxError();
  return Array.from({ length: count }, () => parseOne(each, input));
}

/** Arguments that must still come; each takes one word at least. */
function requiredWords(args: readonly Arg[]): number {
  return args.filter(({ optional }) => !optional).length;
}

/** Tries an optional argument at the current word; false when the word is not its. */
function parseOption(option: Arg, into: Record<string, unknown>, input: Input): boolean {
  if (option.type === "oneof" && option.facts.token === undefined) return parseAlternative(option, into, input);
  if (option.facts.token !== undefined && !isToken(option, input)) return false;
  if (option.facts.onlyOnce && into[option.name] !== undefined) return false;
  if (option.facts.token === undefined && into[option.name] !== undefined && !option.multiple) return false;
  into[option.name] = option.multiple
    ? [...((into[option.name] ?? []) as unknown[]), ...parseRow(option, input)]
    : parseOne(option, input);
  return true;
}

/** The values of a multiple argument behind its one token, as far as they go. */
function parseRow(each: Arg, input: Input): unknown[] {
  const values: unknown[] = [];
  const { token, goesOnWith } = each.facts;
  if (token !== undefined) input.at++;
  while (input.at < input.argv.length && goesOnWith?.test(input.argv[input.at]!) !== false) {
    values.push(parseValue(each, input));
  }
  return values;
}

function parseAlternative(option: Arg, into: Record<string, unknown>, input: Input): boolean {
  for (const part of option.parts) {
    if (part.facts.token !== undefined && !isToken(part, input)) continue;
    if (part.facts.lastWord && input.at !== input.argv.length - 1) continue;
    const given = into[option.name] as { is: string } | undefined;
    const clash = given !== undefined && !option.combine && !option.multiple;
    if (clash && (given.is !== part.name || part.facts.onlyOnce)) throw syntaxError();
    const value = part.facts.goesOnWith ? parseRow(part, input) : parseOne(part, input);
    const choice = { is: part.name, value };
    if (option.combine) into[option.name] = { ...given, [part.name]: value };
    else if (option.multiple) into[option.name] = [...((into[option.name] ?? []) as unknown[]), choice];
    else into[option.name] = choice;
    return true;
  }
  return false;
}

/** Whether an option starts here. A token without all its values is no option: Redis counts what follows first. */
function isToken(each: Arg, { argv, at }: Input): boolean {
  const word = argv[at];
  return word !== undefined && equalIgnoringCase(word, each.facts.token!) && argv.length - at >= width(each);
}

/** The fewest words that an argument takes. */
function width(each: Arg): number {
  const token = each.facts.token === undefined ? 0 : 1;
  const widths = each.parts.map(width);
  if (each.type === "pure-token" || each.facts.goesOnWith) return token;
  if (each.type === "oneof") return token + Math.min(...widths);
  if (each.type === "block") return token + widths.reduce((sum, next) => sum + next, 0);
  return token + 1;
}

/** Passes the token, if there is one, and reads what belongs to it. */
function parseOne(each: Arg, input: Input): unknown {
  if (each.facts.token !== undefined) input.at++;
  if (each.type === "pure-token") return true;
  return parseValue(each, input);
}

function parseValue(each: Arg, input: Input): unknown {
  if (each.type === "block") {
    const block: Record<string, unknown> = {};
    parseSequence(each.parts, block, input);
    return block;
  }
  if (each.type === "oneof") {
    const holder: Record<string, unknown> = {};
    if (!parseAlternative(each, holder, input)) {
      throw each.facts.otherwise?.(input.argv[input.at]!) ?? syntaxError();
    }
    while (each.multiple && input.at < input.argv.length && parseAlternative(each, holder, input));
    return holder[each.name];
  }
  const word = input.argv[input.at];
  if (word === undefined) throw syntaxError();
  input.at++;
  return each.read ? each.read(word, input.options.profile, input.server) : word;
}
