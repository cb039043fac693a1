// The commands of a Sentinel: SENTINEL, and what it answers differently from a server with data (sentinel.c: sentinelCommand).
import { equalIgnoringCase, lower, type Bytes } from "../../kernel/bytes.ts";
import { parseInt64 } from "../../kernel/integers.ts";
import { notAnInteger, ReplyError } from "../../resp/errors.ts";
import type { Reply } from "../../resp/reply.ts";
import { defineCommand, defineContainer, type Command, type CommandFacts } from "../../commands/command.ts";
import type { Since } from "../../commands/profile.ts";
import type { CommandContext } from "../../commands/context.ts";
import { commands } from "../../commands/commands.ts";
import { defineHelp } from "../../commands/help.ts";
import { describe } from "./descriptions.ts";
import { vote } from "./election.ts";
import { bestSlave, startFailover } from "./failover.ts";
import { HELLO_CHANNEL, receiveHello } from "./hello.ts";
import { sentinelHelp } from "./help.ts";
import type { Instance } from "./instance.ts";
import type { Sentinel } from "./sentinel.ts";
import { matchGlobal, setGlobal, setMaster } from "./settings.ts";
import { TIMING_NAMES } from "./timing.ts";

/** The commands that a Sentinel shares with servers that hold data. */
const SHARED: ReadonlySet<string> = new Set([
  "ACL",
  "AUTH",
  "CLIENT",
  "COMMAND",
  "HELLO",
  "INFO",
  "PING",
  "PSUBSCRIBE",
  "PUNSUBSCRIBE",
  "SHUTDOWN",
  "SUBSCRIBE",
  "UNSUBSCRIBE",
]);

const facts = {
  group: "sentinel",
  complexity: "O(1)",
  flags: ["admin"],
  acl: ["admin", "dangerous"],
} as const satisfies Partial<CommandFacts>;

const IN_VALKEY = { valkey: "8.0.0" } as const;

type Differences = Pick<CommandFacts, "in">;
type Run = (sentinel: Sentinel, context: CommandContext, words: readonly Bytes[]) => void;

/** The table of one Sentinel, which exists once its server does. */
export function sentinelCommands(sentinelOf: () => Sentinel): readonly Command[] {
  const subcommand = (name: string, arity: number, since: Since, run: Run, differs: Differences = {}): Command =>
    defineCommand({
      ...facts,
      ...differs,
      name,
      arity,
      since,
      summary: SUMMARIES[name]!,
      ignoresArguments: true,
      run: (context) => run(sentinelOf(), context, context.argv.slice(2)),
    });
  return [
    ...commands.filter(({ name }) => SHARED.has(name)).map(withoutData),
    defineContainer({
      ...facts,
      name: "SENTINEL",
      since: "2.8.4",
      arity: -2,
      complexity: "Depends on subcommand.",
      summary: "A container for Redis Sentinel commands.",
      subcommands: [
        subcommand("CKQUORUM", 3, "2.8.4", checkQuorum),
        subcommand("CONFIG", -4, "6.2.0", config, { in: { "redis-7.0": { arity: -3 } } }),
        subcommand("DEBUG", -2, "7.0.0", debug),
        subcommand("FAILOVER", 3, "2.8.4", failover),
        subcommand("FLUSHCONFIG", 2, "2.8.4", (_, { reply }) => reply.ok()),
        subcommand("GET-MASTER-ADDR-BY-NAME", 3, "2.8.4", masterAddress),
        subcommand("GET-PRIMARY-ADDR-BY-NAME", 3, IN_VALKEY, masterAddress),
        subcommand("INFO-CACHE", -3, "3.2.0", infoCache),
        subcommand("IS-MASTER-DOWN-BY-ADDR", 6, "2.8.4", isMasterDown),
        subcommand("IS-PRIMARY-DOWN-BY-ADDR", 6, IN_VALKEY, isMasterDown),
        subcommand("MASTER", 3, "2.8.4", master),
        subcommand("PRIMARY", 3, IN_VALKEY, master),
        subcommand("MASTERS", 2, "2.8.4", masters),
        subcommand("PRIMARIES", 2, IN_VALKEY, masters),
        subcommand("MONITOR", 6, "2.8.4", monitor),
        subcommand("MYID", 2, "6.2.0", (sentinel, { reply }) => reply.bulk(sentinel.id)),
        subcommand("PENDING-SCRIPTS", 2, "2.8.4", pendingScripts),
        subcommand("REMOVE", 3, "2.8.4", (sentinel, { reply }, [name]) => {
          sentinel.remove(sentinel.require(name!));
          reply.ok();
        }),
        ...["REPLICAS", "SLAVES"].map((name) =>
          subcommand(name, 3, name === "SLAVES" ? "2.8.0" : "5.0.0", (sentinel, { reply }, [master]) =>
            replyInstances(sentinel, reply, announced(sentinel.require(master!).slaves.values())),
          ),
        ),
        subcommand("RESET", 3, "2.8.4", (sentinel, { reply }, [pattern]) => reply.integer(sentinel.reset(pattern!))),
        subcommand("SENTINELS", 3, "2.8.4", (sentinel, { reply }, [master]) =>
          replyInstances(sentinel, reply, sentinel.require(master!).sentinels.values()),
        ),
        subcommand("SET", -5, "2.8.4", (sentinel, { reply }, [name, ...words]) => {
          setMaster(sentinel, sentinel.require(name!), words);
          reply.ok();
        }),
        subcommand("SIMULATE-FAILURE", -3, "3.2.0", simulateFailure),
        defineHelp({ group: "sentinel", since: "2.8.4" }, "SENTINEL", sentinelHelp),
      ],
    }),
    defineCommand({
      name: "PUBLISH",
      group: "pubsub",
      since: "2.0.0",
      arity: 3,
      summary: "Takes the hello of another Sentinel.",
      complexity: "O(1)",
      flags: ["pubsub", "loading", "stale", "fast"],
      channels: { at: 1 },
      acl: ["pubsub"],
      ignoresArguments: true,
      run({ argv, reply }) {
        if (argv[1] !== HELLO_CHANNEL) {
          throw new ReplyError("ERR Only HELLO messages are accepted by Sentinel instances.");
        }
        receiveHello(sentinelOf(), argv[2]!);
        reply.integer(1);
      },
    }),
    defineCommand({
      name: "ROLE",
      group: "server",
      since: "2.8.12",
      arity: 1,
      summary: "Replies what the server is to others.",
      complexity: "O(1)",
      flags: ["noscript", "loading", "stale", "fast"],
      acl: ["admin", "dangerous"],
      run({ reply }) {
        reply.array(2);
        reply.bulk("sentinel");
        reply.bulks([...sentinelOf().masters.keys()]);
      },
    }),
  ];
}

/** Subcommands of CLIENT that mean nothing without data. */
const OF_DATA: ReadonlySet<string> = new Set(["CAPA", "IMPORT-SOURCE", "NO-TOUCH"]);

function withoutData(command: Command): Command {
  if (command.name !== "CLIENT") return command;
  return { ...command, subcommands: command.subcommands.filter(({ name }) => !OF_DATA.has(name)) };
}

const SUMMARIES: Readonly<Record<string, string>> = {
  CKQUORUM: "Tells whether enough Sentinels can be reached to fail over.",
  CONFIG: "Reads and changes the settings of the Sentinel itself.",
  DEBUG: "Shows and changes periods and patience.",
  FAILOVER: "Fails over without asking other Sentinels.",
  FLUSHCONFIG: "Rewrites the configuration file.",
  "GET-MASTER-ADDR-BY-NAME": "Tells where a primary is.",
  "INFO-CACHE": "Shows the last INFO of servers.",
  "IS-MASTER-DOWN-BY-ADDR": "Tells whether a primary seems down, and votes.",
  MASTER: "Describes a primary.",
  MASTERS: "Describes every primary.",
  MONITOR: "Begins to watch a primary.",
  MYID: "Tells the id of the Sentinel.",
  "PENDING-SCRIPTS": "Lists the scripts that wait.",
  REMOVE: "Watches a primary no longer.",
  REPLICAS: "Describes the replicas of a primary.",
  RESET: "Forgets what was learnt of primaries.",
  SENTINELS: "Describes the other Sentinels of a primary.",
  SET: "Changes how a primary is watched.",
  "SIMULATE-FAILURE": "Dies in the middle of a failover.",
  SLAVES: "Describes the replicas of a primary.",
  "GET-PRIMARY-ADDR-BY-NAME": "Tells where a primary is.",
  "IS-PRIMARY-DOWN-BY-ADDR": "Tells whether a primary seems down, and votes.",
  PRIMARY: "Describes a primary.",
  PRIMARIES: "Describes every primary.",
};

const master: Run = (sentinel, { reply }, [name]) => replyInstance(sentinel, reply, sentinel.require(name!));
const masters: Run = (sentinel, { reply }) => replyInstances(sentinel, reply, sentinel.masters.values());

function replyInstance(sentinel: Sentinel, reply: Reply, instance: Instance): void {
  const described = describe(sentinel, instance);
  reply.map(described.length);
  for (const [name, value] of described) {
    reply.bulk(name);
    reply.bulk(String(value));
  }
}

function replyInstances(sentinel: Sentinel, reply: Reply, instances: Iterable<Instance>): void {
  const row = [...instances];
  reply.array(row.length);
  for (const instance of row) replyInstance(sentinel, reply, instance);
}

/** Replicas with `replica-announced no` are watched, and may take over, but nobody is told of them. */
function announced(replicas: Iterable<Instance>): Instance[] {
  return [...replicas].filter((replica) => replica.announced);
}

function checkQuorum(sentinel: Sentinel, { reply }: CommandContext, [name]: readonly Bytes[]): void {
  const master = sentinel.require(name!);
  const voters = master.sentinels.size + 1;
  const usable = 1 + [...master.sentinels.values()].filter(({ isSubjectivelyDown }) => !isSubjectivelyDown).length;
  const reached = usable >= master.quorum;
  const authorized = usable >= Math.floor(voters / 2) + 1;
  if (reached && authorized) {
    reply.simple(`OK ${usable} usable Sentinels. Quorum and failover authorization can be reached`);
    return;
  }
  const quorum = reached ? "" : "Not enough available Sentinels to reach the specified quorum for this master";
  const majority = authorized ? "" : "Not enough available Sentinels to reach the majority and authorize a failover";
  throw new ReplyError(`NOQUORUM ${usable} usable Sentinels. ${[quorum, majority].filter(Boolean).join(". ")}`);
}

const SEVERAL_SETTINGS =
  "ERR Only SENTINEL CONFIG GET <param> [<param> <param> ...] / SET <param> <value> [<param> <value> ...] are supported.";
const ONE_SETTING = "ERR Only SENTINEL CONFIG GET <option> / SET <option> <value> are supported.";

function config(sentinel: Sentinel, { reply }: CommandContext, [action, ...words]: readonly Bytes[]): void {
  const several = sentinel.server.profile.can.setsSentinelsAtOnce;
  if (equalIgnoringCase(action!, "GET") && (several || words.length === 1)) {
    const found = matchGlobal(sentinel, words);
    reply.map(found.length);
    for (const [name, value] of found) {
      reply.bulk(name);
      reply.bulk(value);
    }
  } else if (equalIgnoringCase(action!, "SET") && (several ? words.length >= 2 : words.length === 2)) {
    setGlobal(sentinel, words);
    reply.ok();
  } else throw new ReplyError(several ? SEVERAL_SETTINGS : ONE_SETTING);
}

function debug({ timing }: Sentinel, { reply }: CommandContext, words: readonly Bytes[]): void {
  if (words.length === 0) {
    reply.map(TIMING_NAMES.length);
    for (const name of TIMING_NAMES) {
      reply.bulk(name.toUpperCase());
      reply.bulk(String(timing[name]));
    }
    return;
  }
  for (let at = 0; at < words.length; at += 2) {
    const [option = "", value] = words.slice(at, at + 2);
    const name = TIMING_NAMES.find((each) => each === lower(option));
    if (name === undefined || value === undefined) {
      throw new ReplyError(`ERR Unknown option or number of arguments for SENTINEL DEBUG '${option}'`);
    }
    const number = parseInt64(value);
    if (typeof number !== "number" || number <= 0) {
      throw new ReplyError(`ERR Invalid argument '${value}' for SENTINEL DEBUG '${option}'`);
    }
    timing[name] = number;
  }
  reply.ok();
}

function failover(sentinel: Sentinel, { reply }: CommandContext, [name]: readonly Bytes[]): void {
  const master = sentinel.require(name!);
  if (master.failoverInProgress) throw new ReplyError("INPROG Failover already in progress");
  if (bestSlave(sentinel, master) === undefined) {
    throw new ReplyError("NOGOODSLAVE No suitable replica to promote");
  }
  startFailover(sentinel, master);
  master.forced = true;
  reply.ok();
}

function masterAddress(sentinel: Sentinel, { reply }: CommandContext, [name]: readonly Bytes[]): void {
  const master = sentinel.masters.get(name!);
  if (master === undefined) reply.nullArray();
  else reply.bulks([master.currentAddress.host, String(master.currentAddress.port)]);
}

function infoCache(sentinel: Sentinel, { reply }: CommandContext, names: readonly Bytes[]): void {
  const masters = names.map((name) => sentinel.masters.get(name)).filter((master) => master !== undefined);
  reply.array(2 * masters.length);
  for (const master of masters) {
    const instances = [master, ...master.slaves.values()];
    reply.bulk(master.name);
    reply.array(instances.length);
    for (const { infoAt, info } of instances) {
      reply.array(2);
      reply.integer(infoAt === 0 ? 0 : sentinel.now - infoAt);
      if (infoAt === 0) reply.null();
      else reply.bulk(info);
    }
  }
}

function isMasterDown(
  sentinel: Sentinel,
  { reply }: CommandContext,
  [host, portText, epochText, candidate]: readonly Bytes[],
): void {
  const port = parseInt64(portText!);
  const epoch = parseInt64(epochText!);
  if (port === undefined || epoch === undefined) throw notAnInteger();
  const master = sentinel.masterAt({ host: host!, port: Number(port) });
  const down = !sentinel.inTilt && master?.isSubjectivelyDown === true;
  const given =
    master === undefined || candidate === "*"
      ? undefined
      : vote(sentinel, master, { epoch: Number(epoch), candidate: candidate! });
  reply.array(3);
  reply.integer(down ? 1 : 0);
  reply.bulk(given?.leader ?? "*");
  reply.integer(given?.epoch ?? 0);
}

function monitor(sentinel: Sentinel, { reply }: CommandContext, words: readonly Bytes[]): void {
  const [name, host, portText, quorumText] = words as [Bytes, Bytes, Bytes, Bytes];
  const quorum = parseInt64(quorumText);
  if (quorum === undefined) throw new ReplyError("ERR Invalid quorum");
  const port = parseInt64(portText);
  if (port === undefined) throw new ReplyError("ERR Invalid port");
  if (quorum <= 0) throw new ReplyError("ERR Quorum must be 1 or greater.");
  if (!sentinel.takesHost(host)) {
    throw new ReplyError("ERR Invalid IP address or hostname specified");
  }
  if (port < 0 || port > 65_535) throw new ReplyError("ERR Invalid port number.");
  sentinel.beginsToWatch(sentinel.monitor({ name, address: { host, port: Number(port) }, quorum: Number(quorum) }));
  reply.ok();
}

function pendingScripts({ scripts, now }: Sentinel, { reply }: CommandContext): void {
  reply.array(scripts.jobs.length);
  for (const { path, args, process, startsAt = now, runs } of scripts.jobs) {
    reply.map(5);
    reply.bulk("argv");
    reply.bulks([path, ...args]);
    reply.bulk("flags");
    reply.bulk(process === undefined ? "scheduled" : "running");
    reply.bulk("pid");
    reply.bulk(String(process?.pid ?? 0));
    reply.bulk(process === undefined ? "run-delay" : "run-time");
    reply.bulk(String(process === undefined ? Math.max(0, startsAt - now) : now - startsAt));
    reply.bulk("retry-num");
    reply.bulk(String(runs));
  }
}

const FAILURES = ["crash-after-election", "crash-after-promotion"] as const;

function simulateFailure(sentinel: Sentinel, { reply }: CommandContext, words: readonly Bytes[]): void {
  for (const word of words) {
    if (lower(word) === "help") {
      reply.bulks(FAILURES);
      return;
    }
    const failure = FAILURES.find((each) => each === lower(word));
    if (failure === undefined) throw new ReplyError("ERR Unknown failure simulation specified");
    sentinel.failureSimulated = failure;
  }
  reply.ok();
}
