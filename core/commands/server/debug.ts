// DEBUG: what tests use of it, behind the configuration that allows it (debug.c).
import { equalIgnoringCase, lower, type Bytes } from "../../kernel/bytes.ts";
import { datasetDigest, valueDigest } from "../../keyspace/digest.ts";
import { noSuchKey, ReplyError, unknownForm } from "../../resp/errors.ts";
import { List } from "../../types/list.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { replyHelp } from "../help.ts";
import { readMemorySize } from "../numbers.ts";
import { debugHelp } from "./debug-help.ts";

/** A subcommand, the number of words that it may have with DEBUG and its name, and what it does. */
interface Subcommand {
  readonly words: (count: number, context: CommandContext) => boolean;
  readonly run: (context: CommandContext, words: readonly Bytes[]) => void;
}

const exactly = (count: number) => (words: number) => words === count;

const subcommands: Readonly<Record<string, Subcommand>> = {
  help: {
    words: exactly(2),
    run: ({ reply, profile }) => replyHelp(reply, profile, { container: "debug", lines: debugHelp }),
  },
  sleep: {
    words: exactly(3),
    run({ reply, server }, [seconds = ""]) {
      reply.ok();
      server.stall((Number.parseFloat(seconds) || 0) * 1000);
    },
  },
  "set-active-expire": {
    words: exactly(3),
    run({ reply, server }, [active = ""]) {
      server.setActiveExpire(Number.parseInt(active, 10) === 1);
      reply.ok();
    },
  },
  digest: {
    words: exactly(2),
    run(context) {
      context.reply.simple(datasetDigest(context.server.databases, digestOptions(context)));
    },
  },
  "digest-value": {
    words: () => true,
    run(context, keys) {
      context.reply.array(keys.length);
      for (const key of keys) context.reply.simple(valueDigest(context.db, key, digestOptions(context)));
    },
  },
  object: {
    words: (count, { profile }) => count === 3 || (count === 4 && profile.family === "valkey"),
    run: replyObject,
  },
  listpack: {
    words: exactly(3),
    run({ db, reply }, [key = ""]) {
      const encoding = db.encoding(key);
      if (encoding === undefined) throw noSuchKey();
      if (encoding !== "listpack") throw new ReplyError("ERR Not a listpack encoded object.");
      reply.simple("Listpack structure printed on stdout");
    },
  },
  quicklist: {
    words: (count) => count === 3 || count === 4,
    run({ db, reply }, [key = ""]) {
      const encoding = db.encoding(key);
      if (encoding === undefined) throw noSuchKey();
      if (encoding !== "quicklist") throw new ReplyError("ERR Not a quicklist encoded object.");
      reply.simple("Quicklist structure printed on stdout");
    },
  },
  "quicklist-packed-threshold": {
    words: exactly(3),
    run({ reply, server }, [size = ""]) {
      const sizeBytes = readMemorySize(size);
      if (sizeBytes === undefined || sizeBytes > MOST_PACKED_BYTES) {
        throw new ReplyError("ERR argument must be a memory value bigger than 1 and smaller than 4gb");
      }
      server.setPackedThreshold(Number(sizeBytes));
      reply.ok();
    },
  },
  reload: {
    words: () => true,
    run({ reply, server, profile }, options) {
      const given = options.map(lower);
      if (!given.every((option) => RELOAD_OPTIONS.has(option))) {
        throw new ReplyError("ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.");
      }
      const has = (option: Bytes): boolean => given.includes(option);
      const outcome = server.snapshots.reload({
        saves: !has("nosave"),
        flushes: !has("noflush"),
        merges: has("merge"),
      });
      if (outcome === "unsaved") throw new ReplyError("ERR");
      if (outcome === "unread") {
        const advice = profile.can.pointsToLogs ? ", check server logs." : "";
        throw new ReplyError(`ERR Error trying to load the RDB dump${advice}`);
      }
      reply.ok();
    },
  },
  loadaof: {
    words: () => true,
    run({ reply, server }) {
      if (!server.appendOnly.reload()) {
        throw new ReplyError("ERR Error trying to load the AOF files, check server logs.");
      }
      reply.ok();
    },
  },
  "aof-flush-sleep": {
    words: exactly(3),
    run({ reply, server }, [microseconds = ""]) {
      server.appendOnly.sleepBeforeFlushes(Math.floor((Number.parseInt(microseconds, 10) || 0) / 1000));
      reply.ok();
    },
  },
  "change-repl-id": {
    words: exactly(2),
    run({ reply, server }) {
      server.changeReplicationId();
      reply.ok();
    },
  },
  replicate: {
    words: (count) => count >= 3,
    run({ reply, server }, request) {
      server.replication.say(request);
      reply.ok();
    },
  },
};

const MOST_PACKED_BYTES = 2n ** 32n;
const RELOAD_OPTIONS: ReadonlySet<Bytes> = new Set(["merge", "noflush", "nosave"]);

function digestOptions({ profile }: CommandContext) {
  return { scores: profile.can.shortestDoubles ? "shortest" : "printf17" } as const;
}

/** What a value is made of; the address is nobody's. */
function replyObject({ db, reply, server, profile }: CommandContext, [key = "", fast]: readonly Bytes[]): void {
  const value = db.look(key);
  const encoding = db.encoding(key);
  if (value === undefined || encoding === undefined) throw noSuchKey();
  const isFast = fast !== undefined && equalIgnoringCase(fast, "FAST");
  const fields = [
    "Value at:0x7f0000000000",
    "refcount:1",
    `encoding:${encoding}`,
    !isFast && `serializedlength:${server.persistence.dump(value).length - PAYLOAD_OVERHEAD_BYTES}`,
    `lru:${db.stamp(key)}`,
    `lru_seconds_idle:${Math.floor(db.idleMs(key)! / 1000)}`,
    profile.family === "valkey" &&
      `lfu_freq:${db.frequency(key)} lfu_access_time_minutes:${Math.floor(db.stamp(key) / 256)}`,
    value instanceof List && encoding === "quicklist" && !isFast && describeNodes(value),
  ];
  reply.simple(fields.filter((field) => field !== false).join(" "));
}

function describeNodes(list: List): string {
  const { nodes, fill, length } = list;
  const sizeBytes = nodes.reduce((sum, node) => sum + node.sizeBytes, 0);
  return (
    `ql_nodes:${nodes.length} ql_avg_node:${(length / nodes.length).toFixed(2)} ql_listpack_max:${fill} ` +
    `ql_compressed:${list.compressDepth === 0 ? 0 : 1} ql_uncompressed_size:${sizeBytes}`
  );
}

/** The type before the value, the version and the checksum behind it. */
const PAYLOAD_OVERHEAD_BYTES = 1 + 2 + 8;

export const debug = defineCommand({
  name: "DEBUG",
  group: "server",
  since: "1.0.0",
  arity: -2,
  summary: "Commands for debugging; refused unless enable-debug-command allows them.",
  complexity: "that of the subcommand",
  flags: ["admin", "noscript", "loading", "stale", "protected"],
  docFlags: ["syscmd"],
  ignoresArguments: true,
  run(context) {
    const [, name = "", ...words] = context.argv;
    const subcommand = Object.hasOwn(subcommands, lower(name)) ? subcommands[lower(name)] : undefined;
    if (!subcommand?.words(context.argv.length, context)) throw unknownForm(name, "DEBUG");
    subcommand.run(context, words);
  },
});
