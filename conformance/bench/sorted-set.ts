/** A sorted set of a million members, as the engine keeps it, beside a bare tree with a Map. */
import { World } from "../../core/index.ts";
import { SortedSet } from "../../core/types/sorted-set.ts";
import { PrototypeTree } from "./prototype-tree.ts";
import { interleaved, type Row } from "./row.ts";
import { cpuMicroseconds } from "./own-cpu.ts";

const MEMBERS = 1_000_000;
const RANKS = 200_000;
const ROUNDS = 3;

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

/** Builds each set anew in every round, and asks it for ranks once it is whole. */
export async function sortedSetRows(): Promise<Row[]> {
  const random = new World().random.fork("bench");
  const members = Array.from({ length: MEMBERS }, (_, i) => `member:${i}`);
  const scores = members.map(() => random.float());
  const asked = Array.from({ length: RANKS }, () => random.int(0, MEMBERS - 1));
  const perSecond = { ours: [] as number[], theirs: [] as number[] };
  const checks = new Set<number>();
  const measure = (kind: "ours" | "theirs"): number => {
    const set = kind === "ours" ? ours() : prototype();
    const adding = cpuMicroseconds(() => members.forEach((member, i) => set.add(member, scores[i]!)));
    let sum = 0;
    const ranking = cpuMicroseconds(() => asked.forEach((i) => (sum += set.rank(members[i]!)!)));
    checks.add(sum);
    perSecond[kind].push((RANKS * 1e6) / ranking);
    return (MEMBERS * 1e6) / adding;
  };
  const adds = await interleaved(
    ROUNDS,
    () => measure("ours"),
    () => measure("theirs"),
  );
  if (checks.size !== 1) throw new Error("The engine's tree and the bench's prototype disagree about ranks.");
  const ranks = await interleaved(
    ROUNDS,
    (round) => perSecond.ours[round]!,
    (round) => perSecond.theirs[round]!,
  );
  return [rowOf("random ZADD", adds), rowOf("ZRANK", ranks)];
}

function rowOf(what: string, { ours, theirs, ratio }: Awaited<ReturnType<typeof interleaved>>): Row {
  return {
    name: `${what}, a million members, types alone`,
    compared: "engine's sorted set / prototype tree and Map",
    ratio,
    bound: { atLeast: 0.5 },
    detail: `${(ours / 1e3).toFixed(0)}k / ${(theirs / 1e3).toFixed(0)}k a second`,
  };
}
