// Looking over the keyspace: SCAN, KEYS, RANDOMKEY, TYPE.
import { equalIgnoringCase, lower, type Bytes } from "../../kernel/bytes.ts";
import { globMatch } from "../../kernel/glob.ts";
import { typeOf } from "../../keyspace/value.ts";
import { printed, ReplyError } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand } from "../command.ts";
import { key } from "../keys.ts";
import { misplacedScanOption, readCursor, readScanCount } from "../cursor.ts";
import type { Profile } from "../profile.ts";

export const scan = defineCommand({
  name: "SCAN",
  group: "generic",
  since: "2.8.0",
  arity: -2,
  summary: "Goes over the keys of a database, a few at a time.",
  complexity: "O(1) a call, O(N) for all N keys",
  flags: ["readonly"],
  acl: ["keyspace"],
  tips: ["nondeterministic_output", "request_policy:special", "response_policy:special"],
  in: { "redis-7.0": { tips: ["nondeterministic_output", "request_policy:special"] } },
  unknownOption: (word, _argv, profile) => misplacedScanOption(word, profile),
  args: [
    arg.read(arg.lateInteger("cursor"), readCursor),
    arg.optional(arg.pattern("pattern", { token: "MATCH" })),
    arg.optional(arg.read(arg.lateInteger("count", { token: "COUNT" }), readScanCount)),
    arg.optional(arg.read(arg.string("type", { token: "TYPE", since: "6.0.0" }), readType)),
  ],
  run({ db, reply }, { cursor, pattern = "*", count = 10, type }) {
    const visited: Bytes[] = [];
    const next = db.scan(cursor, count, (name) => visited.push(name));
    const found = visited.filter((name) => {
      if (pattern !== "*" && !globMatch(pattern, name)) return false;
      const value = db.look(name);
      return value !== undefined && (type === undefined || equalIgnoringCase(typeOf(value), type));
    });
    reply.array(2);
    reply.bulk(String(next));
    reply.bulks(found);
  },
});

/** Types that a key may have, or that modules may add. */
const TYPE_NAMES: ReadonlySet<Bytes> = new Set(["string", "list", "set", "zset", "hash", "stream"]);

function readType(bytes: Bytes, { can }: Profile): Bytes {
  if (can.checksScanType && !TYPE_NAMES.has(lower(bytes)))
    throw new ReplyError(`ERR unknown type name '${printed(bytes)}'`);
  return bytes;
}

export const keys = defineCommand({
  name: "KEYS",
  group: "generic",
  since: "1.0.0",
  arity: 2,
  summary: "Replies every key that matches a pattern.",
  complexity: "O(N) for N keys in the database",
  flags: ["readonly"],
  acl: ["keyspace", "dangerous"],
  tips: ["request_policy:all_shards", "nondeterministic_output_order"],
  args: [arg.pattern("pattern")],
  run({ db, reply }, { pattern }) {
    reply.bulks(db.keys().filter((name) => pattern === "*" || globMatch(pattern, name)));
  },
});

export const randomkey = defineCommand({
  name: "RANDOMKEY",
  group: "generic",
  since: "1.0.0",
  arity: 1,
  summary: "Replies a key drawn at random.",
  complexity: "O(1)",
  flags: ["readonly"],
  acl: ["keyspace"],
  tips: ["request_policy:all_shards", "response_policy:special", "nondeterministic_output"],
  in: { "redis-7.0": { tips: ["request_policy:all_shards", "nondeterministic_output"] } },
  run({ db, reply }) {
    reply.bulkOrNull(db.randomKey());
  },
});

export const type = defineCommand({
  name: "TYPE",
  group: "generic",
  since: "1.0.0",
  arity: 2,
  summary: "Replies the type of the value at a key, or `none`.",
  complexity: "O(1)",
  flags: ["readonly", "fast"],
  acl: ["keyspace"],
  keys: [key.at(1, "RO")],
  args: [arg.key("key")],
  run({ db, reply }, { key: name }) {
    const value = db.readUntouched(name);
    reply.simple(value === undefined ? "none" : typeOf(value));
  },
});
