/** The same deeds on a primary and replicas of ours and on real ones, while they change roles. */
import { setTimeout as delay } from "node:timers/promises";
import { Random } from "../../core/kernel/random.ts";
import { Company } from "../nodes/company.ts";
import { startRealNodes } from "../nodes/real-nodes.ts";
import { serveNodes } from "../nodes/served-nodes.ts";
import { digests, takeTurns, type Agreement } from "../nodes/turns.ts";
import type { ProfileName } from "../profiles.ts";
import { Deeds, DEPENDENT, NODES, WAIT_MS, type ReplicaDeed } from "./deeds.ts";

export type ReplicaComparison = {
  readonly profile: ProfileName;
  readonly program: string;
  readonly commands: number;
  readonly seed: number;
};

const PATIENCE_MS = 30_000;
const CONFIG = {
  "enable-debug-command": "yes",
  "repl-diskless-sync-delay": "0",
  // Pings move offsets at moments that no two deployments share.
  "repl-ping-replica-period": "3600",
};

/** Throws the turns that led to the first difference. */
export async function compareReplicas(options: ReplicaComparison): Promise<Agreement> {
  const { profile, program, commands, seed } = options;
  const theirs = await startRealNodes({ program, nodes: NODES, config: CONFIG });
  const ours = await serveNodes({ profile, nodes: NODES, config: { "cluster-enabled": "no", ...CONFIG } });
  const companies: Company[] = [];
  try {
    for (const { ports } of [ours, theirs]) companies.push(await Company.gather(ports));
    const [simulated, real] = companies as [Company, Company];
    const deeds = new Deeds(new Random(seed));
    for (const company of companies) {
      for (const [node, primary] of deeds.following.entries()) {
        if (primary === undefined) continue;
        await company.fences[node]!.ask("REPLICAOF", "127.0.0.1", String(company.ports[primary]));
      }
      await untilInStep(company, deeds.following);
    }
    let waitsUntil = 0;
    const untilWaitsEnd = async (): Promise<void> => {
      await delay(Math.max(0, waitsUntil - performance.now()));
      // A real server that has nothing to do sees ten times a second that time is over, else whenever it is asked something.
      await Promise.all(companies.map((company) => company.settle()));
    };
    return await takeTurns<ReplicaDeed>({
      simulated,
      real,
      commands,
      mostWaiting: 1,
      next: (waiting) => deeds.next(waiting),
      state: digests,
      before: async ({ upsets, words }) => {
        if (upsets) await untilWaitsEnd();
        if (DEPENDENT.has(words[0]!)) waitsUntil = performance.now() + 2 * WAIT_MS;
      },
      after: ({ upsets }, company) => (upsets ? untilInStep(company, deeds.following) : untilCaughtUp(company)),
    });
  } finally {
    for (const company of companies) company.close();
    await Promise.all([ours.close(), theirs.close()]);
  }
}

/** Everybody follows whom it was told to follow, and has what that one has. */
async function untilInStep(company: Company, following: readonly (number | undefined)[]): Promise<void> {
  const patience = performance.now() + PATIENCE_MS;
  for (;;) {
    const infos = await infosOf(company);
    const inStep = infos.every((info, node) => {
      const primary = following[node];
      const replicas = following.filter((each) => each === node).length;
      const online = [...info.matchAll(/state=online/g)].length;
      if (online !== replicas || !info.includes("master_failover_state:no-failover")) return false;
      return primary === undefined
        ? info.includes("role:master")
        : info.includes(`master_port:${company.ports[primary]}`) && info.includes("master_link_status:up");
    });
    if (inStep && isCaughtUp(infos)) return;
    if (performance.now() > patience) throw new Error(`The servers do not get in step:\n${infos.join("\n")}`);
    await delay(20);
  }
}

/** Every replica has what its primary has. */
async function untilCaughtUp(company: Company): Promise<void> {
  const patience = performance.now() + PATIENCE_MS;
  while (!isCaughtUp(await infosOf(company))) {
    if (performance.now() > patience) throw new Error("The replicas do not catch up.");
    await delay(2);
  }
}

function infosOf({ fences }: Company): Promise<string[]> {
  return Promise.all(fences.map((fence) => fence.text("INFO", "replication")));
}

/** Replicas of one history stand at one offset. */
function isCaughtUp(infos: readonly string[]): boolean {
  const ends = new Map<string, string>();
  return infos.every((info) => {
    const [, history = ""] = /master_replid:(\w+)/.exec(info) ?? [];
    const [, end = ""] = /master_repl_offset:(\d+)/.exec(info) ?? [];
    const known = ends.get(history);
    ends.set(history, end);
    return known === undefined || known === end;
  });
}
