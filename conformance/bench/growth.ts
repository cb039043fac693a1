/** How the cost of a command grows with its collection: the engine alone, beside the complexity that Redis documents. */
import { World, type Link } from "../../core/index.ts";
import { latin1Slice } from "../../adapters/text.ts";
import { cpuMicroseconds } from "./usage.ts";
import { request } from "./request.ts";
import { median, type Row } from "./row.ts";

const SIZES = [100, 10_000, 1_000_000] as const;
const COMMANDS = 1_000;
const ROUNDS = 11;
/** A million elements lie in no processor's cache: a lookup costs more there, whatever it is documented to cost. */
const CACHE_ALLOWANCE = 4;

type Complexity = "O(1)" | "O(log N)" | "O(N)";

const COSTS: Readonly<Record<Complexity, (size: number) => number>> = {
  "O(1)": () => 1,
  "O(log N)": Math.log2,
  "O(N)": (size) => size,
};

type Words = readonly string[];

/** What is measured leaves the size as it is; where a command cannot, its counterpart runs along. */
type Measurement = {
  readonly name: string;
  readonly complexity: Complexity;
  readonly commands: (element: number, size: number) => readonly Words[];
};

type Collection = {
  /** A command that puts elements in. */
  readonly fill: (elements: readonly number[]) => readonly Words[];
  readonly measured: readonly Measurement[];
};

const one = (...words: Words): readonly Words[] => [words];
const longitude = (i: number): string => String(((i * 7919) % 3_600_000) / 10_000 - 180);
const latitude = (i: number): string => String(((i * 104_729) % 1_600_000) / 10_000 - 80);
const score = (i: number): string => String((i * 7919) % 1_000_003);

const COLLECTIONS: readonly Collection[] = [
  {
    fill: (elements) => one("RPUSH", "key", ...elements.map((i) => `element:${i}`)),
    measured: [
      {
        name: "LPUSH and LPOP",
        complexity: "O(1)",
        commands: (i) => [
          ["LPUSH", "key", `${i}`],
          ["LPOP", "key"],
        ],
      },
      { name: "LINDEX in the middle", complexity: "O(N)", commands: (_, size) => one("LINDEX", "key", `${size / 2}`) },
    ],
  },
  {
    fill: (elements) => one("SADD", "key", ...elements.map((i) => `member:${i}`)),
    measured: [
      {
        name: "SADD and SREM",
        complexity: "O(1)",
        commands: (i) => [
          ["SADD", "key", `new:${i}`],
          ["SREM", "key", `new:${i}`],
        ],
      },
      { name: "SISMEMBER", complexity: "O(1)", commands: (i) => one("SISMEMBER", "key", `member:${i}`) },
    ],
  },
  {
    fill: (elements) => one("HSET", "key", ...elements.flatMap((i) => [`field:${i}`, "value"])),
    measured: [
      { name: "HSET", complexity: "O(1)", commands: (i) => one("HSET", "key", `field:${i}`, "other") },
      { name: "HGET", complexity: "O(1)", commands: (i) => one("HGET", "key", `field:${i}`) },
    ],
  },
  {
    fill: (elements) => one("ZADD", "key", ...elements.flatMap((i) => [score(i), `member:${i}`])),
    measured: [
      { name: "ZADD", complexity: "O(log N)", commands: (i) => one("ZADD", "key", score(i + 17), `member:${i}`) },
      { name: "ZRANK", complexity: "O(log N)", commands: (i) => one("ZRANK", "key", `member:${i}`) },
      { name: "ZRANGE of 10", complexity: "O(log N)", commands: (i) => one("ZRANGE", "key", `${i}`, `${i + 9}`) },
    ],
  },
  {
    fill: (elements) => elements.map((i) => ["XADD", "key", `${i + 1}-0`, "field", "value"]),
    measured: [
      {
        name: "XRANGE of 10",
        complexity: "O(1)",
        commands: (i) => one("XRANGE", "key", `${i + 1}`, "+", "COUNT", "10"),
      },
      {
        name: "XADD MAXLEN",
        complexity: "O(1)",
        commands: (_, size) => one("XADD", "key", "MAXLEN", `${size}`, "*", "f", "v"),
      },
    ],
  },
  {
    fill: (elements) => one("SETBIT", "key", `${elements.at(-1)!}`, "1"),
    measured: [{ name: "SETBIT", complexity: "O(1)", commands: (i) => one("SETBIT", "key", `${i}`, `${i & 1}`) }],
  },
  {
    fill: (elements) => one("PFADD", "key", ...elements.map((i) => `element:${i}`)),
    measured: [{ name: "PFADD", complexity: "O(1)", commands: (i) => one("PFADD", "key", `other:${i}`) }],
  },
  {
    fill: (elements) => one("GEOADD", "key", ...elements.flatMap((i) => [longitude(i), latitude(i), `member:${i}`])),
    measured: [
      {
        name: "GEOADD",
        complexity: "O(log N)",
        commands: (i) => one("GEOADD", "key", longitude(i + 17), latitude(i + 17), `member:${i}`),
      },
    ],
  },
];

export function growthRows(): Row[] {
  return COLLECTIONS.flatMap((collection) => {
    const links = SIZES.map((size) => filled(collection, size));
    return collection.measured.map((measurement) => rowOf(measurement, costs(measurement, links)));
  });
}

function filled({ fill }: Collection, size: number): Link {
  const world = new World({ slice: latin1Slice });
  let error = "";
  const write = (reply: string): void => {
    if (reply.startsWith("-")) error = reply;
  };
  const link = world.createServer().connect({ peer: { write, close() {} } });
  for (let from = 0; from < size; from += 1_000) {
    const elements = Array.from({ length: Math.min(1_000, size - from) }, (_, i) => from + i);
    for (const words of fill(elements)) link.receive(request(...words));
  }
  if (error !== "") throw new Error(`The bench could not fill a collection: ${error}`);
  return link;
}

/** Microseconds a command at each size, the median of rounds that take the sizes in turns. */
function costs({ commands }: Measurement, links: readonly Link[]): number[] {
  const random = new World().random.fork("bench");
  const batches = SIZES.map((size) =>
    Array.from({ length: COMMANDS }, () => commands(random.int(0, size - 1), size))
      .flat()
      .map((words) => request(...words)),
  );
  const taken = SIZES.map((): number[] => []);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [at, requests] of batches.entries()) {
      const link = links[at]!;
      const microseconds = cpuMicroseconds(() => {
        for (const each of requests) link.receive(each);
      });
      if (round > 0) taken[at]!.push(microseconds / requests.length);
    }
  }
  return taken.map(median);
}

/** The ratio is the worst growth between any two sizes, over the growth that is documented. */
function rowOf({ name, complexity }: Measurement, taken: readonly number[]): Row {
  const cost = COSTS[complexity];
  const growth = (from: number, to: number): number => taken[to]! / taken[from]!;
  const excess = (from: number, to: number): number => growth(from, to) / (cost(SIZES[to]!) / cost(SIZES[from]!));
  return {
    name: `${name}, engine alone`,
    compared: `growth with the size / documented ${complexity}`,
    ratio: Math.max(excess(0, 1), excess(1, 2), excess(0, 2)),
    bound: { atMost: CACHE_ALLOWANCE },
    detail: `${taken.map((each) => each.toFixed(2)).join(", ")} us at 10^2, 10^4, 10^6: ${growth(0, 2).toFixed(1)}-fold`,
  };
}
