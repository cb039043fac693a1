// MIGRATE: keys that move to another server (cluster.c: migrateCommand).
import { equalIgnoringCase, lower, type Bytes } from "../../kernel/bytes.ts";
import { parseInt64 } from "../../kernel/integers.ts";
import { ReplyError, syntaxError } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand } from "../command.ts";
import { key, type FoundKey } from "../keys.ts";
import { readInt64 } from "../numbers.ts";
import type { MigrationRequest } from "../ports.ts";
import { secretsBehind } from "../secrets.ts";

/** The words that follow an option. */
const VALUES: Readonly<Record<string, number>> = { copy: 0, replace: 0, auth: 1, auth2: 2 };

/**
 * The positions of the keys; undefined where one stands before KEYS as well. Who has not said KEYS anywhere but at the end means
 * the one key; what is no option is passed over (db.c: getKeysUsingKeySpecs, migrateGetKeys).
 */
function findMigrated(argv: readonly Bytes[]): readonly FoundKey[] | undefined {
  const flags = ["RW", "ACCESS", "DELETE"] as const;
  const isKeys = (word: Bytes): boolean => equalIgnoringCase(word, "KEYS");
  for (let i = 6; argv.slice(1, -1).some(isKeys) && i < argv.length; i++) {
    if (isKeys(argv[i]!)) {
      if (argv[3] !== "") return undefined;
      return argv.slice(i + 1).map((_word, at) => ({ index: i + 1 + at, flags }));
    }
    i += VALUES[lower(argv[i]!)] ?? 0;
  }
  return [{ index: 3, flags }];
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
  run(context) {
    const { argv, db, reply, server } = context;
    const at = keysAt(argv);
    if (at === undefined) throw syntaxError();
    if (at < argv.length && argv[3] !== "") {
      throw new ReplyError("ERR When using MIGRATE KEYS option, the key argument must be set to the empty string");
    }
    const timeoutMs = Number(readInt64(argv[5]!));
    const database = Number(readInt64(argv[4]!));
    const names = at === argv.length ? [argv[3]!] : argv.slice(at + 1);
    const moving = names.filter((name) => db.read(name) !== undefined);
    if (moving.length === 0) {
      reply.simple("NOKEY");
      return;
    }
    const options = readOptions(argv.slice(6, at));
    server.migrate(context, {
      host: argv[1]!,
      port: Number(parseInt64(argv[2]!) ?? 0),
      timeoutMs: timeoutMs > 0 ? timeoutMs : USUAL_TIMEOUT_MS,
      database,
      keys: moving,
      ...options,
    });
  },
});

const USUAL_TIMEOUT_MS = 1_000;

function readOptions(words: readonly Bytes[]): Pick<MigrationRequest, "copies" | "replaces" | "credentials"> {
  let copies = false;
  let replaces = false;
  let credentials: readonly Bytes[] | undefined;
  for (let at = 0; at < words.length; at++) {
    const word = lower(words[at]!);
    if (word === "copy") copies = true;
    else if (word === "replace") replaces = true;
    else {
      const count = VALUES[word]!;
      credentials = words.slice(at + 1, at + 1 + count);
      at += count;
    }
  }
  return { copies, replaces, credentials };
}
