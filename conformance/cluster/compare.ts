/** The same deeds on a cluster of ours and on one of real servers. */
import { setTimeout as delay } from "node:timers/promises";
import { Random } from "../../core/kernel/random.ts";
import { Company } from "../nodes/company.ts";
import { startRealNodes } from "../nodes/real-nodes.ts";
import { serveNodes } from "../nodes/served-nodes.ts";
import { digests, takeTurns, type Agreement } from "../nodes/turns.ts";
import { profiles, type ProfileName } from "../profiles.ts";
import { Deeds, type ClusterDeed } from "./deeds.ts";
import { form } from "./form.ts";
import { handedOver } from "./handover.ts";

export type ClusterComparison = {
  readonly profile: ProfileName;
  readonly program: string;
  readonly commands: number;
  readonly seed: number;
};

const NODES = 6;
/** Nodes tell each other at once, and a replica hears of it by the next ping. */
const SPREADING_MS = 120;
const NODE_TIMEOUT_MS = 3_000;
/** What a vote takes, at most. */
const VOTING_MS = 1_500;
const CONFIG = {
  "cluster-node-timeout": String(NODE_TIMEOUT_MS),
  "repl-diskless-sync-delay": "0",
  "enable-debug-command": "yes",
};

/** Throws the turns that led to the first difference. */
export async function compareClusters(options: ClusterComparison): Promise<Agreement> {
  const { profile, program, commands, seed } = options;
  const theirs = await startRealNodes({ program, nodes: NODES, config: { "cluster-enabled": "yes", ...CONFIG } });
  const ours = await serveNodes({ profile, nodes: NODES, config: CONFIG });
  const companies: Company[] = [];
  try {
    for (const { ports } of [ours, theirs]) companies.push(await Company.gather(ports, await form(ports)));
    const [simulated, real] = companies as [Company, Company];
    const deeds = new Deeds(new Random(seed), profiles[profile].family);
    const votedAt = new Map<number, number>();
    return await takeTurns<ClusterDeed>({
      simulated,
      real,
      commands,
      mostWaiting: NODES,
      next: (waiting) => deeds.next(waiting),
      before: (deed) => untilVotesAreFree(deed, votedAt),
      after,
      state: digests,
    });
  } finally {
    for (const company of companies) company.close();
    await Promise.all([ours.close(), theirs.close()]);
  }
}

async function after({ handover, spreads }: ClusterDeed, company: Company): Promise<void> {
  if (handover) await handedOver(company, handover);
  if (!spreads && !handover) return;
  await delay(SPREADING_MS);
  await company.settle();
}

/**
 * Primaries vote for replicas of the same primary once in two node timeouts; a TAKEOVER needs no votes.
 * @param votedAt when the replicas of each shard were last voted for
 */
async function untilVotesAreFree({ words, handover }: ClusterDeed, votedAt: Map<number, number>): Promise<void> {
  if (handover === undefined || words.includes("TAKEOVER")) return;
  const shard = handover.to % (NODES / 2);
  await delay((votedAt.get(shard) ?? -Infinity) + 2 * NODE_TIMEOUT_MS + VOTING_MS - performance.now());
  votedAt.set(shard, performance.now());
}
