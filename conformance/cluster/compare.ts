/** The same deeds on a cluster of ours and on one of real servers: every client must get the same, turn by turn. */
import { setTimeout as delay } from "node:timers/promises";
import { Random } from "../../core/kernel/random.ts";
import { profiles, type ProfileName } from "../profiles.ts";
import { Company } from "./company.ts";
import { Deeds, type Deed } from "./deeds.ts";
import { form } from "./form.ts";
import { startRealNodes } from "./real-nodes.ts";
import { serveNodes } from "./served-nodes.ts";

export type ClusterComparison = {
  readonly profile: ProfileName;
  readonly program: string;
  readonly commands: number;
  readonly seed: number;
};

/** What was compared: how many commands, and how many answers of each kind there were. */
export type ClusterAgreement = {
  readonly commands: number;
  /** By the first word of an answer: MOVED, ASK, TRYAGAIN; what is no error counts as `answered`. */
  readonly kinds: ReadonlyMap<string, number>;
};

const NODES = 6;
/** Somebody must be left to act. */
const MOST_WAITING = 6;
/** Nodes tell each other at once, and a replica hears of it by the next ping. */
const SPREADING_MS = 120;
/** What is not the same after so long is not. */
const PATIENCE_MS = 1_500;
const SHOWN_TURNS = 60;
const NODE_TIMEOUT_MS = 3_000;
const CONFIG = { "cluster-node-timeout": String(NODE_TIMEOUT_MS), "repl-diskless-sync-delay": "0" };

/** Throws the turns that led to the first difference. */
export async function compareClusters(options: ClusterComparison): Promise<ClusterAgreement> {
  const { profile, program, commands, seed } = options;
  const theirs = await startRealNodes({ program, nodes: NODES, config: CONFIG });
  const ours = await serveNodes({ profile, nodes: NODES, config: CONFIG });
  const companies: Company[] = [];
  try {
    for (const { ports } of [ours, theirs]) companies.push(await Company.gather(ports, await form(ports)));
    const [simulated, real] = companies as [Company, Company];
    const deeds = new Deeds(new Random(seed), profiles[profile].family);
    return await takeTurns({ simulated, real, deeds, commands });
  } finally {
    for (const company of companies) company.close();
    await Promise.all([ours.close(), theirs.close()]);
  }
}

async function takeTurns({
  simulated,
  real,
  deeds,
  commands,
}: {
  readonly simulated: Company;
  readonly real: Company;
  readonly deeds: Deeds;
  readonly commands: number;
}): Promise<ClusterAgreement> {
  const kinds = new Map<string, number>();
  const waiting = new Set<number>();
  const history: string[] = [];
  for (let turn = 0; turn < commands; turn++) {
    const deed = deeds.next(waiting);
    const { left, right } = await both(simulated, real, deed);
    history.push(`${deed.client}> ${deed.words.join(" ")}`);
    const at = right.findIndex((text, client) => text !== left[client]);
    if (at >= 0) {
      const last = history.slice(-SHOWN_TURNS).join("\n");
      throw new Error(`Turn ${turn}, client ${at}: they part.\n${last}\nRedouble: ${left[at]}\nreal:     ${right[at]}`);
    }
    if (right[deed.client] === "") waiting.add(deed.client);
    for (const [client, text] of right.entries()) if (text !== "") waiting.delete(client);
    for (const text of right) {
      if (text === "") continue;
      const kind = text.startsWith("-") ? text.slice(1).split(" ")[0]! : "answered";
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    if (waiting.size > MOST_WAITING) await release([simulated, real], waiting);
    await Promise.all([simulated.replaceClosed(), real.replaceClosed()]);
  }
  return { commands, kinds };
}

async function both(simulated: Company, real: Company, deed: Deed) {
  const companies = [simulated, real];
  if (deed.handover) await untilVotesAreFree(deed);
  for (const company of companies) company.send(deed.client, deed.words);
  await Promise.all(companies.map((company) => company.settle()));
  const { handover } = deed;
  if (handover) await Promise.all(companies.map((company) => company.handedOver(handover)));
  if (deed.spreads || handover) {
    await delay(SPREADING_MS);
    await Promise.all(companies.map((company) => company.settle()));
  }
  let [left, right] = [simulated.take(), real.take()];
  const patience = performance.now() + PATIENCE_MS;
  while (left.some((text, client) => text !== right[client]) && performance.now() < patience) {
    await delay(20);
    const join = (before: readonly string[], more: readonly string[]): string[] =>
      before.map((text, client) => [text, more[client]!].filter((part) => part !== "").join(" "));
    [left, right] = [join(left, simulated.take()), join(right, real.take())];
  }
  return { left, right };
}

/** When the replicas of each shard were last voted for. */
const votedAt = new Map<number, number>();

/** Primaries vote for replicas of the same primary once in two node timeouts; a TAKEOVER needs no votes. */
async function untilVotesAreFree({ words, handover }: Deed): Promise<void> {
  if (words.includes("TAKEOVER")) return;
  const shard = handover!.to % (NODES / 2);
  await delay((votedAt.get(shard) ?? -Infinity) + 2 * NODE_TIMEOUT_MS + PATIENCE_MS - performance.now());
  votedAt.set(shard, performance.now());
}

/** Clients that wait too long are let go, by cutting them off. */
async function release(companies: readonly Company[], waiting: Set<number>): Promise<void> {
  for (const company of companies) for (const client of waiting) await company.replace(client);
  waiting.clear();
}
