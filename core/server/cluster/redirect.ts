// Where a request belongs: here, or with which error it is sent away (cluster.c: getNodeByQuery).
import type { Bytes } from "../../kernel/bytes.ts";
import type { ResolvedCommand } from "../../commands/command-table.ts";
import type { Profile } from "../../commands/profile.ts";
import { ReplyError } from "../../resp/errors.ts";
import { findSlotted } from "../../commands/keys.ts";
import type { ScriptRun } from "../../scripting/script-run.ts";
import type { Client } from "../client.ts";
import type { Cluster } from "./cluster.ts";
import { endpointOf } from "../../commands/cluster/endpoint.ts";
import type { ClusterNode } from "./node.ts";

/** Whoever asks; EXEC asks for all that was queued. */
type Asker = Pick<Client, "address" | "door" | "slot" | "asking" | "readsFromReplica"> &
  Partial<Pick<Client, "transaction">>;

interface Request {
  readonly command: ResolvedCommand;
  readonly argv: readonly Bytes[];
}

/** A request belongs elsewhere: EXEC is told so in these very words. */
export class Redirection extends ReplyError {}

/**
 * The text of the error that the client gets; undefined where the command may run here.
 *
 * @param foundIn the only slot whose keys are found, where slots are on their way
 */
export function redirect(cluster: Cluster, client: Asker, request: Request, foundIn?: number): Bytes | undefined {
  const isExec = request.command.fullName === "exec";
  if (isExec && client.transaction === undefined) return undefined;
  const requests: readonly Request[] = isExec ? client.transaction!.queue : [request];
  const { myself, server } = cluster;
  const { owners, migrating, importing } = cluster.slots;
  let slot: number | undefined;
  let node: ClusterNode | undefined;
  let first: Bytes | undefined;
  let differ = false;
  let keys = 0;
  let missing = 0;
  let ofShardChannels = false;
  for (const { command, argv } of requests) {
    const channels = concernsShardChannels(
      server.profile,
      server.profile.can.queuesShardChannels ? command : request.command,
    );
    ofShardChannels ||= channels;
    for (const { index } of findSlotted(command.keys, argv) ?? []) {
      const key = argv[index]!;
      const own = cluster.slotOf(key);
      if (slot === undefined) {
        slot = own;
        node = owners[slot];
        if (node === undefined) return "CLUSTERDOWN Hash slot not served";
      } else if (own !== slot) return "CROSSSLOT Keys in request don't hash to the same slot";
      first ??= key;
      differ ||= key !== first;
      const moving = migrating.has(slot) || importing.has(slot);
      keys++;
      const found = (foundIn ?? slot) === slot && server.databases[0]!.has(key);
      if (moving && !channels && !found) missing++;
    }
  }
  client.slot = slot;
  if (slot === undefined || node === undefined) return undefined;
  const writes = requests.some(({ command }) => command.flags.has("write"));
  const down = whyDown(cluster, { ofShardChannels, writes });
  if (down !== undefined) return down;
  // To whoever reads from it a replica that knows of a slot on its way is what its primary is.
  const self = client.readsFromReplica ? (myself.primary ?? myself) : myself;
  const isMigrating = node === self && migrating.has(slot);
  const isImporting = node !== self && !self.isReplica && importing.has(slot);
  if ((isMigrating || isImporting) && request.command.fullName === "migrate") return undefined;
  if (isMigrating && missing > 0) {
    return missing < keys ? TRY_AGAIN : `ASK ${slot} ${reachable(cluster, client, migrating.get(slot)!)}`;
  }
  if (isImporting && (client.asking || request.command.flags.has("asking"))) {
    return differ && missing > 0 ? TRY_AGAIN : undefined;
  }
  const mayReadHere = myself.primary === node && (client.readsFromReplica || ofShardChannels) && !writes;
  return node === myself || mayReadHere ? undefined : `MOVED ${slot} ${reachable(cluster, client, node)}`;
}

/** Shard channels are no keys: none is missing, and replicas have them too. */
function concernsShardChannels({ can }: Profile, { flags, fullName }: ResolvedCommand): boolean {
  return flags.has("pubsub") && !(can.takesUnsubscribingForKeys && fullName === "sunsubscribe");
}

/** With which error whoever waits for keys is sent away; undefined where the wait goes on (cluster.c: clusterRedirectBlockedClientIfNeeded). */
export function redirectWaiting(cluster: Cluster, client: Asker, { command, argv }: Request): Bytes | undefined {
  if (!cluster.isUp) return "CLUSTERDOWN The cluster is down";
  const { myself } = cluster;
  const { owners, importing } = cluster.slots;
  // All of its keys are of one slot.
  const [first] = findSlotted(command.keys, argv) ?? [];
  if (first === undefined) return undefined;
  const slot = cluster.slotOf(argv[first.index]!);
  const owner = owners[slot];
  if (owner === undefined) return "CLUSTERDOWN Hash slot not served";
  const readsHere = client.readsFromReplica && !command.flags.has("write") && myself.primary === owner;
  return owner === myself || readsHere || importing.has(slot)
    ? undefined
    : `MOVED ${slot} ${reachable(cluster, client, owner)}`;
}

/** Why a script may not run a command here (script.c: scriptVerifyClusterState). */
export function refusalInScript(cluster: Cluster, run: ScriptRun, request: Request): Bytes | undefined {
  const { client } = run.caller;
  const { flags } = run;
  const { findsKeysOfScriptsIn, tellsSlotsInScripts: tellsWhich } = cluster.server.profile.can;
  const given = client.slot;
  const elsewhere = redirect(cluster, client, request, findsKeysOfScriptsIn === "every slot" ? undefined : run.slot);
  const touched = client.slot;
  client.slot = given ?? touched;
  if (findsKeysOfScriptsIn === "the last slot") run.slot = touched ?? run.slot;
  if (elsewhere !== undefined) {
    if (elsewhere.endsWith("only accepts read commands")) {
      return "Script attempted to execute a write command while the cluster is down and readonly";
    }
    if (elsewhere.endsWith("is down")) return "Script attempted to execute a command while the cluster is down";
    if (tellsWhich && elsewhere.startsWith("CLUSTERDOWN")) return "Script attempted to access a slot not served";
    if (tellsWhich && elsewhere.startsWith("CROSSSLOT")) {
      return `Command '${request.command.fullName}' in script attempted to access keys that don't hash to the same slot`;
    }
    return "Script attempted to access a non local key in a cluster node";
  }
  const maySpread = flags === undefined || flags.has("allow-cross-slot-keys");
  if (maySpread || given === undefined || touched === undefined || given === touched) return undefined;
  return "Script attempted to access keys that do not hash to the same slot";
}

const TRY_AGAIN = "TRYAGAIN Multiple keys request during rehashing of slot";

function whyDown(
  { isUp, server: { config } }: Cluster,
  { ofShardChannels, writes }: { readonly ofShardChannels: boolean; readonly writes: boolean },
): Bytes | undefined {
  if (isUp) return undefined;
  if (ofShardChannels) {
    return config.flag("cluster-allow-pubsubshard-when-down") ? undefined : "CLUSTERDOWN The cluster is down";
  }
  if (!config.flag("cluster-allow-reads-when-down")) return "CLUSTERDOWN The cluster is down";
  return writes ? "CLUSTERDOWN The cluster is down and only accepts read commands" : undefined;
}

function reachable(cluster: Cluster, client: Asker, node: ClusterNode): Bytes {
  return `${endpointOf(cluster, client, node) ?? ""}:${cluster.portFor(client, node)}`;
}
