// SENTINEL HELP, in the words of each family.
import type { Bytes } from "../../kernel/bytes.ts";
import { exists, type Profile } from "../../commands/profile.ts";
import type { HelpLine } from "../../commands/help.ts";

function byFamily(redis: Bytes, valkey: Bytes): HelpLine {
  return ({ family }: Profile) => (family === "valkey" ? valkey : redis);
}

function from72(line: Bytes, before: Bytes): HelpLine {
  return (profile: Profile) => (exists("7.2.0", profile) ? line : before);
}

export const sentinelHelp: readonly HelpLine[] = [
  byFamily("CKQUORUM <master-name>", "CKQUORUM <primary-name>"),
  "    Check if the current Sentinel configuration is able to reach the quorum",
  byFamily(
    "    needed to failover a master and the majority needed to authorize the",
    "    needed to failover a primary and the majority needed to authorize the",
  ),
  "    failover.",
  from72("CONFIG SET param value [param value ...]", "CONFIG SET <param> <value>"),
  "    Set a global Sentinel configuration parameter.",
  from72("CONFIG GET <param> [param param param ...]", "CONFIG GET <param>"),
  "    Get global Sentinel configuration parameter.",
  "DEBUG [<param> <value> ...]",
  "    Show a list of configurable time parameters and their values (milliseconds).",
  "    Or update current configurable parameters values (one or more).",
  byFamily("GET-MASTER-ADDR-BY-NAME <master-name>", "GET-PRIMARY-ADDR-BY-NAME <primary-name>"),
  byFamily(
    "    Return the ip and port number of the master with that name.",
    "    Return the ip and port number of the primary with that name.",
  ),
  byFamily("FAILOVER <master-name>", "FAILOVER <primary-name>"),
  byFamily(
    "    Manually failover a master node without asking for agreement from other",
    "    Manually failover a primary node without asking for agreement from other",
  ),
  "    Sentinels",
  "FLUSHCONFIG",
  "    Force Sentinel to rewrite its configuration on disk, including the current",
  "    Sentinel state.",
  byFamily("INFO-CACHE <master-name>", "INFO-CACHE <primary-name>"),
  byFamily(
    "    Return last cached INFO output from masters and all its replicas.",
    "    Return last cached INFO output from primaries and all its replicas.",
  ),
  byFamily(
    "IS-MASTER-DOWN-BY-ADDR <ip> <port> <current-epoch> <runid>",
    "IS-PRIMARY-DOWN-BY-ADDR <ip> <port> <current-epoch> <runid>",
  ),
  byFamily(
    "    Check if the master specified by ip:port is down from current Sentinel's",
    "    Check if the primary specified by ip:port is down from current Sentinel's",
  ),
  "    point of view.",
  byFamily("MASTER <master-name>", "PRIMARY <primary-name>"),
  byFamily(
    "    Show the state and info of the specified master.",
    "    Show the state and info of the specified primary.",
  ),
  byFamily("MASTERS", "PRIMARIES"),
  byFamily(
    "    Show a list of monitored masters and their state.",
    "    Show a list of monitored primaries and their state.",
  ),
  "MONITOR <name> <ip> <port> <quorum>",
  byFamily(
    "    Start monitoring a new master with the specified name, ip, port and quorum.",
    "    Start monitoring a new primary with the specified name, ip, port and quorum.",
  ),
  "MYID",
  "    Return the ID of the Sentinel instance.",
  "PENDING-SCRIPTS",
  "    Get pending scripts information.",
  byFamily("REMOVE <master-name>", "REMOVE <primary-name>"),
  byFamily("    Remove master from Sentinel's monitor list.", "    Remove primary from Sentinel's monitor list."),
  byFamily("REPLICAS <master-name>", "REPLICAS <primary-name>"),
  byFamily(
    "    Show a list of replicas for this master and their state.",
    "    Show a list of replicas for this primary and their states.",
  ),
  "RESET <pattern>",
  byFamily(
    "    Reset masters for specific master name matching this pattern.",
    "    Reset primaries for specific primary name matching this pattern.",
  ),
  byFamily("SENTINELS <master-name>", "SENTINELS <primary-name>"),
  byFamily(
    "    Show a list of Sentinel instances for this master and their state.",
    "    Show a list of Sentinel instances for this primary and their state.",
  ),
  byFamily(
    "SET <master-name> <option> <value> [<option> <value> ...]",
    "SET <primary-name> <option> <value> [<option> <value> ...]",
  ),
  byFamily(
    "    Set configuration parameters for certain masters.",
    "    Set configuration parameters for certain primaries.",
  ),
  "SIMULATE-FAILURE [CRASH-AFTER-ELECTION] [CRASH-AFTER-PROMOTION] [HELP]",
  "    Simulate a Sentinel crash.",
];
