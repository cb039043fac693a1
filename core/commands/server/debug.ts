// DEBUG: what tests use of it, behind the configuration that allows it (debug.c).
import { lower, type Bytes } from "../../kernel/bytes.ts";
import { unknownForm } from "../../resp/errors.ts";
import { defineCommand } from "../command.ts";
import { replyHelp, type HelpLine } from "../help.ts";
import { exists } from "../profile.ts";

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
    const { argv, server, reply, profile } = context;
    const name = lower(argv[1]!);
    if (argv.length === 2 && name === "help") replyHelp(reply, profile, { container: "debug", lines: helpLines });
    else if (argv.length === 3 && name === "sleep") {
      reply.ok();
      server.stall((Number.parseFloat(argv[2]!) || 0) * 1000);
    } else if (argv.length === 3 && name === "set-active-expire") {
      server.setActiveExpire(Number.parseInt(argv[2]!, 10) === 1);
      reply.ok();
    } else throw unknownForm(argv[1]!, "DEBUG");
  },
});

/** A line in the words of Redis 7.0, of later Redis, and of Valkey. */
function worded(redis70: Bytes, redis: Bytes, valkey = redis): HelpLine {
  return (profile) => {
    if (profile.family === "valkey") return valkey;
    return exists("7.2.0", profile) ? redis : redis70;
  };
}

const byFamily = (redis: Bytes, valkey: Bytes): HelpLine => worded(redis, redis, valkey);

/** All that a real server lists, whether it is here or not: clients read it. 7.2 and 7.4 are given the list of 8.0. */
const helpLines: readonly HelpLine[] = [
  "AOF-FLUSH-SLEEP <microsec>",
  "    Server will sleep before flushing the AOF, this is used for testing.",
  "ASSERT",
  "    Crash by assertion failed.",
  "CHANGE-REPL-ID",
  "    Change the replication IDs of the instance.",
  "    Dangerous: should be used only for testing the replication subsystem.",
  "CONFIG-REWRITE-FORCE-ALL",
  "    Like CONFIG REWRITE but writes all configuration options, including",
  "    keywords not listed in original configuration file or default values.",
  "CRASH-AND-RECOVER [<milliseconds>]",
  "    Hard crash and restart after a <milliseconds> delay (default 0).",
  "DIGEST",
  "    Output a hex signature representing the current DB content.",
  {
    since: { redis: "7.2.0" },
    lines: [
      "INTERNAL_SECRET",
      "    Return the cluster internal secret (hashed with crc16) or error if not in cluster mode.",
    ],
  },
  "DIGEST-VALUE <key> [<key> ...]",
  "    Output a hex signature of the values of all the specified keys.",
  "ERROR <string>",
  byFamily(
    "    Return a Redis protocol error with <string> as message. Useful for clients",
    "    Return a RESP protocol error with <string> as message. Useful for clients",
  ),
  byFamily("    unit tests to simulate Redis errors.", "    unit tests to simulate error replies."),
  "LEAK <string>",
  "    Create a memory leak of the input string.",
  "LOG <message>",
  "    Write <message> to the server log.",
  worded("HTSTATS <dbid>", "HTSTATS <dbid> [full]"),
  byFamily(
    "    Return hash table statistics of the specified Redis database.",
    "    Return hash table statistics of the specified database.",
  ),
  worded("HTSTATS-KEY <key>", "HTSTATS-KEY <key> [full]"),
  "    Like HTSTATS but for the hash table stored at <key>'s value.",
  "LOADAOF",
  "    Flush the AOF buffers on disk and reload the AOF in memory.",
  "REPLICATE <string>",
  "    Replicates the provided string to replicas, allowing data divergence.",
  "MALLCTL <key> [<val>]",
  "    Get or set a malloc tuning integer.",
  "MALLCTL-STR <key> [<val>]",
  "    Get or set a malloc tuning string.",
  byFamily("OBJECT <key>", "OBJECT <key> [fast]"),
  "    Show low level info about `key` and associated value.",
  {
    since: { valkey: "8.1.0" },
    lines: [
      "    Some fields of the default behavior may be time consuming to fetch,",
      "    and `fast` can be passed to avoid fetching them.",
    ],
  },
  "DROP-CLUSTER-PACKET-FILTER <packet-type>",
  byFamily(
    "    Drop all packets that match the filtered type. Set to -1 allow all packets.",
    "    Drop all packets that match the filtered type. Set to -1 allow all packets or -2 to drop all packets.",
  ),
  {
    since: { valkey: "8.1.0" },
    lines: [
      "CLOSE-CLUSTER-LINK-ON-PACKET-DROP <0|1>",
      "    This is valid only when DROP-CLUSTER-PACKET-FILTER is set to a valid packet type.",
      "    When set to 1, the cluster link is closed after dropping a packet based on the filter.",
      "DISABLE-CLUSTER-RANDOM-PING <0|1>",
      "    Disable sending cluster ping to a random node every second.",
    ],
  },
  "OOM",
  "    Crash the server simulating an out-of-memory error.",
  "PANIC",
  "    Crash the server simulating a panic.",
  "POPULATE <count> [<prefix>] [<size>]",
  "    Create <count> string keys named key:<num>. If <prefix> is specified then",
  "    it is used instead of the 'key' prefix. These are not propagated to",
  "    replicas. Cluster slots are not respected so keys not belonging to the",
  "    current node can be created in cluster mode.",
  "PROTOCOL <type>",
  "    Reply with a test value of the specified type. <type> can be: string,",
  "    integer, double, bignum, null, array, set, map, attrib, push, verbatim,",
  "    true, false.",
  "RELOAD [option ...]",
  "    Save the RDB on disk and reload it back to memory. Valid <option> values:",
  "    * MERGE: conflicting keys will be loaded from RDB.",
  "    * NOFLUSH: the existing database will not be removed before load, but",
  "      conflicting keys will generate an exception and kill the server.",
  "    * NOSAVE: the database will be loaded from an existing RDB file.",
  "    Examples:",
  "    * DEBUG RELOAD: verify that the server is able to persist, flush and reload",
  "      the database.",
  "    * DEBUG RELOAD NOSAVE: replace the current database with the contents of an",
  "      existing RDB file.",
  "    * DEBUG RELOAD NOSAVE NOFLUSH MERGE: add the contents of an existing RDB",
  "      file to the database.",
  "RESTART [<milliseconds>]",
  "    Graceful restart: save config, db, restart after a <milliseconds> delay (default 0).",
  "SDSLEN <key>",
  "    Show low level SDS string info representing `key` and value.",
  "SEGFAULT",
  "    Crash the server with sigsegv.",
  "SET-ACTIVE-EXPIRE <0|1>",
  worded(
    "    Setting it to 0 disables expiring keys in background when they are not",
    "    Setting it to 0 disables expiring keys (and hash-fields) in background ",
    "    Setting it to 0 disables expiring keys in background when they are not",
  ),
  worded(
    "    accessed (otherwise the Redis behavior). Setting it to 1 reenables back the",
    "    when they are not accessed (otherwise the Redis behavior). Setting it",
    "    accessed (otherwise the behavior). Setting it to 1 reenables back the",
  ),
  worded("    default.", "    to 1 reenables back the default.", "    default."),
  "QUICKLIST-PACKED-THRESHOLD <size>",
  "    Sets the threshold for elements to be inserted as plain vs packed nodes",
  "    Default value is 1GB, allows values up to 4GB. Setting to 0 restores to default.",
  "SET-SKIP-CHECKSUM-VALIDATION <0|1>",
  "    Enables or disables checksum checks for RDB files and RESTORE's payload.",
  "SLEEP <seconds>",
  "    Stop the server for <seconds>. Decimals allowed.",
  "STRINGMATCH-TEST",
  "    Run a fuzz tester against the stringmatchlen() function.",
  "STRUCTSIZE",
  byFamily(
    "    Return the size of different Redis core C structures.",
    "    Return the size of different core C structures.",
  ),
  "LISTPACK <key>",
  "    Show low level info about the listpack encoding of <key>.",
  "QUICKLIST <key> [<0|1>]",
  "    Show low level info about the quicklist encoding of <key>.",
  "    The optional argument (0 by default) sets the level of detail",
  "CLIENT-EVICTION",
  "    Show low level client eviction pools info (maxmemory-clients).",
  "PAUSE-CRON <0|1>",
  "    Stop periodic cron job processing.",
  "REPLYBUFFER PEAK-RESET-TIME <NEVER||RESET|time>",
  "    Sets the time (in milliseconds) to wait between client reply buffer peak resets.",
  "    In case NEVER is provided the last observed peak will never be reset",
  "    In case RESET is provided the peak reset time will be restored to the default value",
  "REPLYBUFFER RESIZING <0|1>",
  "    Enable or disable the reply buffer resize cron job",
  {
    since: { redis: "7.2.0" },
    lines: [
      "REPL-PAUSE <clear|after-fork|before-rdb-channel|on-streaming-repl-buf>",
      "    Pause the server's main process during various replication steps.",
    ],
  },
  {
    since: { valkey: "8.1.0" },
    lines: [
      "PAUSE-AFTER-FORK <0|1>",
      "    Stop the server's main process after fork.",
      "DELAY-RDB-CLIENT-FREE-SECOND <seconds>",
      "    Grace period in seconds for replica main channel to establish psync.",
    ],
  },
  { since: "7.2.0", lines: ["DICT-RESIZING <0|1>", "    Enable or disable the main dict and expire dict resizing."] },
  {
    since: { redis: "7.2.0" },
    lines: [
      "SCRIPT <LIST|<sha>>",
      "    Output SHA and content of all scripts or of a specific script with its SHA.",
      "MARK-INTERNAL-CLIENT [UNMARK]",
      "    Promote the current connection to an internal connection.",
    ],
  },
  {
    since: { valkey: "8.1.0" },
    lines: [
      "CLIENT-ENFORCE-REPLY-LIST <0|1>",
      "When set to 1, it enforces the use of the client reply list directly",
      "    and avoids using the client's static buffer.",
    ],
  },
  "CLUSTERLINK KILL <to|from|all> <node-id>",
  "    Kills the link based on the direction to/from (both) with the provided node.",
];
