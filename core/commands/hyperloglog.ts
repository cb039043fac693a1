// HyperLogLogs, which live in strings: PFADD, PFCOUNT, PFMERGE, PFDEBUG, PFSELFTEST (hyperloglog.c).
import { equalIgnoringCase, lower, toUint8Array, type Bytes } from "../kernel/bytes.ts";
import type { Int64 } from "../kernel/integers.ts";
import type { Value } from "../keyspace/value.ts";
import { printed, ReplyError } from "../resp/errors.ts";
import { HyperLogLog, REGISTERS } from "../types/hyperloglog.ts";
import { selfTest } from "../types/hyperloglog-self-test.ts";
import { describeRuns } from "../types/hyperloglog-runs.ts";
import { RawString } from "../types/string-value.ts";
import { arg } from "./args.ts";
import { defineCommand, type CommandFacts } from "./command.ts";
import type { CommandContext } from "./context.ts";
import { key } from "./keys.ts";
import { asString } from "./values.ts";

const facts = {
  group: "hyperloglog",
  since: "2.8.9",
  arity: -2,
  acl: ["hyperloglog"],
} as const satisfies Partial<CommandFacts>;

function corrupt(): ReplyError {
  return new ReplyError("INVALIDOBJ Corrupted HLL object detected");
}

/** The HyperLogLog in a value, to be looked at; a string that holds none is of the wrong type. */
function lookInto(value: Value): HyperLogLog {
  const string = asString(value)!;
  return hyperLogLogIn(string instanceof RawString ? string.bytes : toUint8Array(string));
}

function hyperLogLogIn(bytes: Uint8Array): HyperLogLog {
  const found = HyperLogLog.in(bytes);
  if (found === undefined) throw new ReplyError("WRONGTYPE Key is not a valid HyperLogLog string value.");
  return found;
}

/** A HyperLogLog that is about to change in the bytes of its key. */
class OpenHyperLogLog {
  readonly #context: CommandContext;
  readonly #name: Bytes;
  readonly #before: Uint8Array;
  readonly value: HyperLogLog;

  /** The key's string is kept as raw bytes from now on, whether they change or not. Without a value an empty one is added. */
  constructor(context: CommandContext, name: Bytes, value: Value | undefined) {
    this.#context = context;
    this.#name = name;
    const string = asString(value);
    if (string instanceof RawString) {
      this.#before = string.bytes;
      this.value = hyperLogLogIn(this.#before);
      return;
    }
    this.value = string === undefined ? HyperLogLog.empty() : hyperLogLogIn(toUint8Array(string));
    this.#before = this.value.bytes;
    context.db.represent(name, RawString.ofBytes(this.#before));
  }

  /** Puts the bytes back where they have become others. */
  keep(): void {
    const { bytes } = this.value;
    if (bytes !== this.#before) this.#context.db.represent(this.#name, RawString.ofBytes(bytes));
  }

  /** The registers changed: the count is out of date, and everybody is told. */
  changed(changes: number): void {
    const { db, notify, propagate } = this.#context;
    this.value.forgetCount();
    this.keep();
    db.touch(this.#name);
    notify("string", "pfadd", this.#name);
    propagate.verbatim(changes);
  }
}

export const pfadd = defineCommand({
  ...facts,
  name: "PFADD",
  summary: "Lets elements come to a HyperLogLog; says whether its estimate may have changed.",
  complexity: "O(1) an element",
  flags: ["write", "denyoom", "fast"],
  keys: [key.at(1, "RW", "INSERT")],
  args: [arg.key("key"), arg.optional(arg.multiple(arg.string("element")))],
  run(context, { key: name, element: elements = [] }) {
    const { db, reply, server } = context;
    const found = db.peek(name);
    const open = new OpenHyperLogLog(context, name, found);
    let changes = found === undefined ? 1 : 0;
    for (const element of elements) {
      const change = open.value.add(element, server.limits.hllSparseBytes);
      if (change === undefined) {
        open.keep();
        throw corrupt();
      }
      changes += change;
    }
    if (changes > 0) open.changed(changes);
    reply.integer(changes > 0 ? 1 : 0);
  },
});

export const pfcount = defineCommand({
  ...facts,
  name: "PFCOUNT",
  summary: "Estimates how many different elements came to HyperLogLogs, taken together.",
  complexity: "O(1) for one key, O(N) for N keys",
  flags: ["readonly"],
  mayReplicate: true,
  keys: [
    {
      ...key.range(1, { lastKey: -1 }, "RW", "ACCESS"),
      notes: "RW because it may change the internal representation of the key, and propagate to replicas",
    },
  ],
  args: [arg.multiple(arg.key("key"))],
  run(context, { key: names }) {
    const { db, reply } = context;
    if (names.length > 1) {
      reply.integer(HyperLogLog.countOf(unite(context, names).registers));
      return;
    }
    const name = names[0]!;
    const found = db.read(name);
    reply.integer(found === undefined ? 0 : countOne(context, name, found));
  },
});

/** The count of one is remembered in it: that is a change of the string, which replicas share. */
function countOne(context: CommandContext, name: Bytes, found: Value): Int64 {
  const { value } = new OpenHyperLogLog(context, name, found);
  const { knownCount } = value;
  if (knownCount !== undefined) return knownCount;
  const count = value.count();
  if (count === undefined) throw corrupt();
  context.db.touch(name);
  context.propagate.verbatim();
  return count;
}

/** The highest of each register, and whether one of the HyperLogLogs is dense. */
function unite({ db }: CommandContext, names: readonly Bytes[]): { registers: Uint8Array; dense: boolean } {
  const union = new Uint8Array(REGISTERS);
  let dense = false;
  for (const name of names) {
    const found = db.read(name);
    if (found === undefined) continue;
    const hyperLogLog = lookInto(found);
    const registers = hyperLogLog.registers();
    if (registers === undefined) throw corrupt();
    dense ||= hyperLogLog.encoding === "dense";
    for (let index = 0; index < REGISTERS; index++) {
      if (registers[index]! > union[index]!) union[index] = registers[index]!;
    }
  }
  return { registers: union, dense };
}

export const pfmerge = defineCommand({
  ...facts,
  name: "PFMERGE",
  summary: "Merges HyperLogLogs into one, which may be one of them.",
  complexity: "O(N) for N HyperLogLogs",
  flags: ["write", "denyoom"],
  keys: [key.at(1, "RW", "ACCESS", "INSERT"), key.range(2, { lastKey: -1 }, "RO", "ACCESS")],
  args: [
    arg.key("destkey"),
    arg.multiple(arg.key("sourcekey", { keySpec: 1, until: "7.2.0" })),
    arg.optional(arg.multiple(arg.key("sourcekey", { keySpec: 1, since: "7.2.0", sinceShown: {} }))),
  ],
  ignoresArguments: true,
  run(context) {
    const { argv, db, reply, server } = context;
    const name = argv[1]!;
    const { registers, dense } = unite(context, argv.slice(1));
    const open = new OpenHyperLogLog(context, name, db.peek(name));
    if (dense) open.value.makeDense();
    registers.forEach((value, index) => {
      if (value > 0) open.value.raise(index, value, server.limits.hllSparseBytes);
    });
    open.changed(1);
    reply.ok();
  },
});

export const pfdebug = defineCommand({
  ...facts,
  name: "PFDEBUG",
  arity: 3,
  summary: "Shows the inside of a HyperLogLog.",
  complexity: "O(1)",
  flags: ["write", "denyoom", "admin"],
  docFlags: ["syscmd"],
  keys: [key.at(2, "RW", "ACCESS")],
  args: [arg.string("subcommand"), arg.key("key")],
  run(context, { subcommand, key: name }) {
    const { db, profile, reply } = context;
    if (profile.can.vectorizeHyperLogLogs && equalIgnoringCase(subcommand, "SIMD")) {
      setVectorized(context, name);
      return;
    }
    const found = db.peek(name);
    if (found === undefined) throw new ReplyError("ERR The specified key does not exist");
    const open = new OpenHyperLogLog(context, name, found);
    switch (lower(subcommand)) {
      case "getreg":
        becomeDense(context, open);
        reply.array(REGISTERS);
        open.value.registers()!.forEach((value) => reply.integer(value));
        return;
      case "decode":
        if (open.value.encoding === "dense") throw new ReplyError("ERR HLL encoding is not sparse");
        reply.bulk(describeRuns(open.value.runs));
        return;
      case "encoding":
        reply.simple(open.value.encoding);
        return;
      case "todense":
        reply.integer(becomeDense(context, open) ? 1 : 0);
        return;
      default:
        throw new ReplyError(`ERR Unknown PFDEBUG subcommand '${printed(subcommand)}'`);
    }
  },
});

/** SIMD ON or OFF; any other word is answered twice. */
function setVectorized({ reply, server }: CommandContext, word: Bytes): void {
  if (equalIgnoringCase(word, "ON")) server.vectorizesHyperLogLogs = true;
  else if (equalIgnoringCase(word, "OFF")) server.vectorizesHyperLogLogs = false;
  else reply.error("ERR Argument must be ON or OFF");
  reply.simple(server.vectorizesHyperLogLogs ? "enabled" : "disabled");
}

/** Makes a sparse one dense, which replicas do as well; false when it was dense. */
function becomeDense(context: CommandContext, open: OpenHyperLogLog): boolean {
  if (open.value.encoding === "dense") return false;
  if (!open.value.makeDense()) throw corrupt();
  open.keep();
  context.propagate.verbatim();
  return true;
}

export const pfselftest = defineCommand({
  ...facts,
  name: "PFSELFTEST",
  arity: 1,
  summary: "Checks the registers and the error of HyperLogLogs; a server that is sound says OK.",
  complexity: "O(1)",
  flags: ["admin"],
  docFlags: ["syscmd"],
  run({ random, reply }) {
    selfTest(random.fork("self-test"));
    reply.ok();
  },
});
