/** A sorted set of a million members, as the engine keeps it, beside a bare tree with a Map. */
import { World } from "../../core/index.ts";
import { SortedSet } from "../../core/types/sorted-set.ts";
import { PrototypeTree } from "./prototype-tree.ts";
import { median, type Row } from "./row.ts";
import { cpuMicroseconds } from "./usage.ts";

const MEMBERS = 1_000_000;
const WARM_UP_MEMBERS = 100_000;
const RANKS = 100_000;
const ROUNDS = 2;

type Ordered = { add(member: string, score: number): void; rank(member: string): number | undefined };

function ours(): Ordered {
  const { limits } = new World().createServer();
  const set = new SortedSet();
  return { add: (member, score) => set.set(member, score, limits), rank: (member) => set.rank(member) };
}

function prototype(): Ordered {
  const scores = new Map<string, number>();
  const tree = new PrototypeTree();
  return {
    add(member, score) {
      scores.set(member, score);
      tree.insert(score, member);
    },
    rank(member) {
      const score = scores.get(member);
      return score === undefined ? undefined : tree.rank(score, member);
    },
  };
}

type Work = {
  readonly members: readonly string[];
  readonly scores: readonly number[];
  /** Whose ranks are asked for once the set is whole. */
  readonly asked: readonly string[];
};

function workOf(size: number): Work {
  const random = new World().random.fork("bench");
  const members = Array.from({ length: size }, (_, i) => `member:${i}`);
  const scores = members.map(() => random.float());
  return { members, scores, asked: Array.from({ length: RANKS }, () => members[random.int(0, size - 1)]!) };
}

type Rates = { readonly adds: number; readonly ranks: number; readonly sumOfRanks: number };

/** A second of CPU time. */
function ratesOf(set: Ordered, { members, scores, asked }: Work): Rates {
  const adding = cpuMicroseconds(() => members.forEach((member, i) => set.add(member, scores[i]!)));
  let sumOfRanks = 0;
  const ranking = cpuMicroseconds(() => asked.forEach((member) => (sumOfRanks += set.rank(member)!)));
  return { adds: (members.length * 1e6) / adding, ranks: (asked.length * 1e6) / ranking, sumOfRanks };
}

/** Builds both sets anew in every round. */
export function sortedSetRows(): Row[] {
  const rounds: { readonly ours: Rates; readonly theirs: Rates }[] = [];
  for (const size of [WARM_UP_MEMBERS, ...Array.from({ length: ROUNDS }, () => MEMBERS)]) {
    const work = workOf(size);
    const round = { ours: ratesOf(ours(), work), theirs: ratesOf(prototype(), work) };
    if (round.ours.sumOfRanks !== round.theirs.sumOfRanks) {
      throw new Error("The engine's tree and the bench's prototype disagree about ranks.");
    }
    if (size === MEMBERS) rounds.push(round);
  }
  return [rowOf("random ZADD", "adds", rounds), rowOf("ZRANK", "ranks", rounds)];
}

function rowOf(
  what: string,
  rate: "adds" | "ranks",
  rounds: readonly { readonly ours: Rates; readonly theirs: Rates }[],
): Row {
  const thousands = (whose: "ours" | "theirs"): string =>
    `${(median(rounds.map((round) => round[whose][rate])) / 1e3).toFixed(0)}k`;
  return {
    name: `${what}, a million members, types alone`,
    compared: "engine's sorted set / prototype tree and Map",
    ratio: median(rounds.map((round) => round.ours[rate] / round.theirs[rate])),
    bound: { atLeast: 0.5 },
    detail: `${thousands("ours")} / ${thousands("theirs")} a second of CPU time`,
  };
}
