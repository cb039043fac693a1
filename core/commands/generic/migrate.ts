// MIGRATE: keys that move to another server. Its words are all here; nothing listens where it would go, until servers have neighbours.
import { equalIgnoringCase, lower, type Bytes } from "../../kernel/bytes.ts";
import { ReplyError, syntaxError } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand } from "../command.ts";
import { key, type FoundKey } from "../keys.ts";
import { readInt64 } from "../numbers.ts";
import { secretsBehind } from "../secrets.ts";

/** The words that follow an option. */
const VALUES: Readonly<Record<string, number>> = { copy: 0, replace: 0, auth: 1, auth2: 2 };

/** The positions of the keys; undefined behind a word that is no option (db.c: migrateGetKeys). */
function findMigrated(argv: readonly Bytes[]): readonly FoundKey[] | undefined {
  const flags = ["RW", "ACCESS", "DELETE"] as const;
  const at = keysAt(argv);
  if (at === undefined) return undefined;
  if (argv[3] !== "" || at === argv.length) return [{ index: 3, flags }];
  return argv.slice(at + 1).map((_word, i) => ({ index: at + 1 + i, flags }));
}

/** Where the word KEYS stands, behind the options, or the end; undefined when a word is no option. */
function keysAt(argv: readonly Bytes[]): number | undefined {
  let i = 6;
  for (; i < argv.length && !equalIgnoringCase(argv[i]!, "KEYS"); i++) {
    const values = VALUES[lower(argv[i]!)];
    if (values === undefined || i + values >= argv.length) return undefined;
    i += values;
  }
  return i;
}

/** What may stand before KEYS. */
const OPTIONS = new Map([
  ["COPY", { words: 0 }],
  ["REPLACE", { words: 0 }],
  ["AUTH", { words: 1, secret: true }],
  ["AUTH2", { words: 2, secret: true }],
]);

export const migrate = defineCommand({
  name: "MIGRATE",
  group: "generic",
  since: "2.6.0",
  arity: -6,
  summary: "Moves keys to another server.",
  complexity: "O(N) for N bytes of the values",
  flags: ["write", "movablekeys"],
  acl: ["keyspace", "dangerous"],
  tips: ["nondeterministic_output"],
  keys: [
    { ...key.at(3, "RW", "ACCESS", "DELETE"), keysOf: findMigrated },
    { ...key.after("KEYS", -2, { lastKey: -1 }, "RW", "ACCESS", "DELETE", "incomplete"), keysOf: () => [] },
  ],
  args: [
    arg.string("host"),
    arg.lateInteger("port"),
    arg.oneOf("key-selector", [arg.key("key"), arg.token("empty-string", "", { name70: "empty_string" })], {
      name70: "key_or_empty_string",
    }),
    arg.lateInteger("destination-db"),
    arg.lateInteger("timeout"),
    arg.optional(arg.token("copy", "COPY", { since: "3.0.0" })),
    arg.optional(arg.token("replace", "REPLACE", { since: "3.0.0" })),
    arg.optional(
      arg.oneOf("authentication", [
        arg.string("auth", {
          token: "AUTH",
          since: "4.0.7",
          display: "password",
          name70: "password",
          optional70: true,
        }),
        arg.block("auth2", [arg.string("username"), arg.string("password")], {
          token: "AUTH2",
          since: "6.0.0",
          name70: "username_password",
          optional70: true,
        }),
      ]),
    ),
    arg.optional(
      arg.multiple(arg.key("keys", { token: "KEYS", since: "3.0.6", keySpec: 1, display: "key", name70: "key" })),
    ),
  ],
  secrets: (argv) => secretsBehind(argv, 6, OPTIONS),
  ignoresArguments: true,
  run({ argv, db, reply }) {
    const at = keysAt(argv);
    if (at === undefined) throw syntaxError();
    if (at < argv.length && argv[3] !== "") {
      throw new ReplyError("ERR When using MIGRATE KEYS option, the key argument must be set to the empty string");
    }
    readInt64(argv[5]!);
    readInt64(argv[4]!);
    if (!findMigrated(argv)!.some(({ index }) => db.read(argv[index]!) !== undefined)) {
      reply.simple("NOKEY");
      return;
    }
    throw new ReplyError("IOERR error or timeout writing to target instance");
  },
});
