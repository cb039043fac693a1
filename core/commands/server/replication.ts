// Replication as clients and other servers see it: REPLICAOF, SLAVEOF, ROLE, FAILOVER, and PSYNC, SYNC, REPLCONF (replication.c).
import { equalIgnoringCase, lower, type Bytes } from "../../kernel/bytes.ts";
import { parseInt64 } from "../../kernel/integers.ts";
import { ReplyError, syntaxError } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand, type Command, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { readInt64 } from "../numbers.ts";

const facts = {
  group: "server",
  complexity: "O(1)",
  flags: ["admin", "noscript", "stale", "no_async_loading"],
  acl: ["admin", "dangerous"],
} as const satisfies Partial<CommandFacts>;

const MOST_PORT = 65535;

function defineFollow(own: Pick<CommandFacts, "name" | "since" | "summary" | "deprecated">): Command {
  return defineCommand({
    ...facts,
    ...own,
    arity: 3,
    args: [
      arg.oneOf("args", [
        arg.block("host-port", [arg.string("host"), arg.lateInteger("port")]),
        arg.block("no-one", [arg.token("no", "NO"), arg.token("one", "ONE")]),
      ]),
    ],
    ignoresArguments: true,
    run({ argv, server, reply }) {
      if (server.cluster !== undefined) throw new ReplyError("ERR REPLICAOF not allowed in cluster mode.");
      const [, host = "", portText = ""] = argv;
      if (equalIgnoringCase(host, "no") && equalIgnoringCase(portText, "one")) {
        server.replication.lead();
        reply.ok();
        return;
      }
      const port = parseInt64(portText);
      if (typeof port !== "number" || port < 0 || port > MOST_PORT) throw new ReplyError("ERR Invalid master port");
      if (server.replication.follow({ host, port })) reply.ok();
      else reply.simple("OK Already connected to specified master");
    },
  });
}

export const replicaof = defineFollow({
  name: "REPLICAOF",
  since: "5.0.0",
  summary: "Makes the server a replica of another, or a primary again.",
});

export const slaveof = defineFollow({
  name: "SLAVEOF",
  since: "1.0.0",
  summary: "Makes the server a replica of another, or a primary again.",
  deprecated: { since: "5.0.0", replacedBy: "`REPLICAOF`" },
});

export const role = defineCommand({
  name: "ROLE",
  group: "server",
  since: "2.8.12",
  arity: 1,
  summary: "Replies what the server is to others, and how far the stream has come.",
  complexity: "O(1)",
  flags: ["noscript", "loading", "stale", "fast"],
  acl: ["admin", "dangerous"],
  run({ server: { replication }, reply }) {
    const { primary, offset, primaryOffset } = replication;
    if (primary !== undefined) {
      reply.array(5);
      reply.bulk("slave");
      reply.bulk(primary.address.host);
      reply.integer(primary.address.port);
      reply.bulk(primary.state);
      reply.integer(primaryOffset);
      return;
    }
    const online = replication.replicas.infos().filter((replica) => replica.online);
    reply.array(3);
    reply.bulk("master");
    reply.integer(offset);
    reply.array(online.length);
    for (const replica of online) reply.bulks([replica.host, String(replica.port), String(replica.offset)]);
  },
});

export const failover = defineCommand({
  ...facts,
  name: "FAILOVER",
  since: "6.2.0",
  arity: -1,
  summary: "Hands over to a replica, once it has everything.",
  flags: ["admin", "noscript", "stale"],
  args: [
    arg.optional(
      arg.block("target", [arg.string("host"), arg.lateInteger("port"), arg.optional(arg.token("force", "FORCE"))], {
        token: "TO",
      }),
    ),
    arg.optional(arg.token("abort", "ABORT")),
    arg.optional(arg.lateInteger("milliseconds", { token: "TIMEOUT" })),
  ],
  ignoresArguments: true,
  run({ argv, server, reply }) {
    if (server.cluster !== undefined) {
      throw new ReplyError("ERR FAILOVER not allowed in cluster mode. Use CLUSTER FAILOVER command instead.");
    }
    const { failover: port } = server.replication;
    if (argv.length === 2 && equalIgnoringCase(argv[1]!, "ABORT")) port.abort();
    else port.begin(readFailover(argv));
    reply.ok();
  },
});

function readFailover(argv: readonly Bytes[]) {
  let target: { host: Bytes; port: number } | undefined;
  let force = false;
  let timeoutMs = 0;
  for (let at = 1; at < argv.length; at++) {
    const word = lower(argv[at]!);
    const left = argv.length - at - 1;
    if (word === "timeout" && left > 0 && timeoutMs === 0) {
      timeoutMs = Number(readInt64(argv[++at]!));
      if (timeoutMs <= 0) throw new ReplyError("ERR FAILOVER timeout must be greater than 0");
    } else if (word === "to" && left > 1 && target === undefined) {
      target = { host: argv[at + 1]!, port: Number(readInt64(argv[at + 2]!)) };
      at += 2;
    } else if (word === "force" && !force) force = true;
    else throw syntaxError();
  }
  return { target, force, timeoutMs };
}

export const psync = defineCommand({
  ...facts,
  name: "PSYNC",
  since: "2.8.0",
  arity: -3,
  summary: "Asks for the replication stream from an offset on.",
  complexity: "O(N) for N keys, where all are sent",
  flags: ["admin", "noscript", "no_async_loading", "no_multi"],
  args: [arg.string("replicationid"), arg.lateInteger("offset")],
  ignoresArguments: true,
  run({ argv, client, server }) {
    const [, id = "", offset = "", word = ""] = argv;
    server.replication.sync(client, { id, offset: readInt64(offset), takesOver: equalIgnoringCase(word, "FAILOVER") });
  },
});

export const sync = defineCommand({
  ...facts,
  name: "SYNC",
  since: "1.0.0",
  arity: 1,
  summary: "Asks for everything, and for the replication stream behind it.",
  complexity: "O(N) for N keys",
  flags: ["admin", "noscript", "no_async_loading", "no_multi"],
  run({ client, server }) {
    server.replication.sync(client, undefined);
  },
});

export const replconf = defineCommand({
  ...facts,
  name: "REPLCONF",
  since: "3.0.0",
  arity: -1,
  summary: "What a replica says of itself, and how far it has got.",
  flags: ["admin", "noscript", "loading", "stale", "allow_busy"],
  docFlags: ["syscmd"],
  ignoresArguments: true,
  run(context) {
    const { argv, reply } = context;
    if (argv.length % 2 === 0) throw syntaxError();
    for (let at = 1; at < argv.length; at += 2) {
      if (!configure(context, lower(argv[at]!), argv[at + 1]!)) return;
    }
    reply.ok();
  },
});

/** One option of REPLCONF; false where nothing is replied. */
function configure({ argv, client, server, profile }: CommandContext, option: Bytes, value: Bytes): boolean {
  const { replicaFacts } = client;
  switch (option) {
    case "listening-port":
      replicaFacts.port = Number(readInt64(value));
      return true;
    case "ip-address":
      if (value.length >= LONGEST_HOST) {
        throw new ReplyError(`ERR REPLCONF ip-address provided by replica instance is too long: ${value.length} bytes`);
      }
      replicaFacts.host = value;
      return true;
    case "capa":
      replicaFacts.capabilities.add(lower(value));
      return true;
    case "ack": {
      const aof = equalIgnoringCase(argv.at(-2)!, "fack") ? parseInt64(argv.at(-1)!) : undefined;
      server.replication.acknowledged(client, parseInt64(value), aof);
      return false;
    }
    case "getack":
      server.replication.acknowledge(argv);
      return false;
    case "rdb-only":
      replicaFacts.wantsDataOnly = readInt64(value) === 1;
      return true;
    case "rdb-filter-only":
      if (value !== "" && value !== "functions") {
        throw new ReplyError(`ERR Unsupported rdb-filter-only option: ${value}`);
      }
      replicaFacts.wantsFunctionsOnly = value === "functions";
      return true;
    case "version":
      if (!profile.can.tellsVersionToPrimary) break;
      if (!/^\d+\.\d+\.\d+$/.test(value)) throw new ReplyError(`ERR Unrecognized version format: ${value}`);
      return true;
    case "rdb-channel":
      if (!profile.can.opensDataChannel) break;
      return true;
  }
  throw new ReplyError(`ERR Unrecognized REPLCONF option: ${option}`);
}

const LONGEST_HOST = 256;
