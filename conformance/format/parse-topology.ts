/** Reads the `topology` of a case file, and holds its steps to the servers that there are. */
import { cluster, membersOf, primaryWithReplicas, sentinel, type Topology } from "../../core/index.ts";
import { doorOf, otherHost, overIpv6, portOf, serverOf, type Step } from "./case.ts";

/** `replicas 2`, `sentinels 3 replicas 1 quorum 2 down-after-milliseconds 1000 failover-timeout 6000 deny-scripts-reconfig no`, `cluster 3x1`. */
export function parseTopology(words: readonly string[]): Topology {
  if (words[0] === "cluster") return parseCluster(words);
  const given = new Map<string, string>();
  for (let at = 0; at < words.length; at += 2) given.set(words[at] ?? "", words[at + 1] ?? "");
  const takeWord = (name: string): string | undefined => {
    const word = given.get(name);
    given.delete(name);
    return word;
  };
  const take = (name: string): number | undefined => {
    const word = takeWord(name);
    return word === undefined ? undefined : Number(word);
  };
  const replicas = take("replicas") ?? 0;
  const sentinels = take("sentinels");
  const settings = {
    quorum: take("quorum"),
    downAfterMs: take("down-after-milliseconds"),
    failoverTimeoutMs: take("failover-timeout"),
  };
  const mayNameScripts = takeWord("deny-scripts-reconfig") === "no";
  const [unknown] = given.keys();
  if (unknown !== undefined) throw new Error(`no topology has ${JSON.stringify(unknown)}`);
  if (sentinels === undefined) return primaryWithReplicas({ replicas });
  return sentinel({
    sentinels,
    replicas,
    ...(mayNameScripts && { denyScriptsReconfig: false }),
    ...Object.fromEntries(Object.entries(settings).filter(([, value]) => value)),
  });
}

function parseCluster([, shape = ""]: readonly string[]): Topology {
  const [, primaries, replicasPerPrimary] = /^(\d+)x(\d+)$/.exec(shape) ?? [];
  if (primaries === undefined) throw new Error(`not the shape of a cluster: ${JSON.stringify(shape)}`);
  return cluster({ primaries: Number(primaries), replicasPerPrimary: Number(replicasPerPrimary) });
}

/** Throws where the step names a server that the topology does not have. */
export function requireServers(step: Step, topology: Topology | undefined): void {
  const server =
    "server" in step ? step.server : "connection" in step ? serverOf(step.connection, topology) : undefined;
  if (topology === undefined && "connection" in step && doorOf(step.connection) !== undefined) {
    throw new Error("only the servers of a topology have other doors");
  }
  if (topology === undefined && "connection" in step && portOf(step.connection) !== undefined) {
    throw new Error("only the servers of a topology have other ports");
  }
  if (server === undefined || server === (topology === undefined ? overIpv6 : otherHost)) return;
  const names = topology === undefined ? [] : membersOf(topology).map(({ name }) => name);
  if (!names.includes(server)) throw new Error(`there is no server ${JSON.stringify(server)} in the topology`);
}
