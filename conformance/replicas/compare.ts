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
  // What was written is on the disk when its reply comes.
  appendonly: "yes",
  appendfsync: "always",
  "auto-aof-rewrite-percentage": "0",
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
    const waits = new Waits(companies);
    return await takeTurns<ReplicaDeed>({
      simulated,
      real,
      commands,
      mostWaiting: 1,
      next: (waiting) => deeds.next(waiting),
      state: digests,
      before: async ({ upsets, words }) => {
        if (upsets) await waits.end();
        if (DEPENDENT.has(words[0]!)) await waits.begin();
      },
      after: ({ upsets }, company) => (upsets ? untilInStep(company, deeds.following) : untilCaughtUp(company)),
    });
  } finally {
    for (const company of companies) company.close();
    await Promise.all([ours.close(), theirs.close()]);
  }
}

/** What two deployments must have in common while somebody waits for replicas, and until nobody does. */
class Waits {
  readonly #companies: readonly Company[];
  #until = 0;
  /** How far any history has come that a client may have written to. */
  #furthest = 0;

  constructor(companies: readonly Company[]) {
    this.#companies = companies;
  }

  /**
   * Roles are about to change. A real server that has nothing to do sees ten times a second that time is over, else whenever it is
   * asked something.
   */
  async end(): Promise<void> {
    await delay(Math.max(0, this.#until - performance.now()));
    await Promise.all(this.#companies.map((company) => company.settle()));
    await this.#look();
  }

  /**
   * Somebody is about to wait for what it has written, possibly to a history that had come further than the one that its server
   * has now. How far histories come depends on who was asked, and so on time: all come as far as any has.
   */
  async begin(): Promise<void> {
    const found = await this.#look();
    await Promise.all(
      found.map(async ({ company, node, offset, leads }) => {
        if (!leads || offset >= this.#furthest) return;
        await company.fences[node]!.ask("DEBUG", "REPLICATE", "PING", "x".repeat(this.#furthest - offset));
      }),
    );
    await Promise.all(this.#companies.map(untilCaughtUp));
    this.#until = performance.now() + 2 * WAIT_MS;
  }

  async #look() {
    const found = await Promise.all(
      this.#companies.map(async (company) =>
        (await infosOf(company)).map((info, node) => ({
          company,
          node,
          offset: Number(/master_repl_offset:(\d+)/.exec(info)?.[1]),
          leads: info.includes("role:master"),
        })),
      ),
    );
    this.#furthest = Math.max(this.#furthest, ...found.flat().map(({ offset }) => offset));
    return found.flat();
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
      const rewrites = /aof_rewrite_(in_progress|scheduled):1/.test(info);
      const online = [...info.matchAll(/state=online/g)].length;
      if (rewrites || online !== replicas || !info.includes("master_failover_state:no-failover")) return false;
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
  return Promise.all(fences.map((fence) => fence.text("INFO", "replication", "persistence")));
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
