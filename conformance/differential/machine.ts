/** The same acts of several clients on Redouble and on a real server: all they get must be the same, and in the end all that is stored. */
import fc from "fast-check";
import type { Bytes } from "../format/escapes.ts";
import type { Protocol } from "../profiles.ts";
import { undemanding, type Target, type TargetMaker } from "../targets/target.ts";
import { Answers, type Answer } from "./answers.ts";
import { caseOf } from "./as-case.ts";
import { Company, listenerName, type Happening } from "./company.ts";
import { clientNames, interleaving, type Act, type ClientName } from "./interleaving.ts";
import { sequenceKeys } from "./sequence.ts";
import { openWire, repliesIn, textsOf, type Wire } from "./wire.ts";

export type Pair = { readonly simulated: TargetMaker; readonly real: TargetMaker };

export type DifferentialOptions = {
  /** Commands to be sent in all. */
  readonly commands: number;
  /** How many take turns. */
  readonly clients: number;
  readonly seed: number;
  readonly longest?: number;
  readonly onProgress?: (commands: number) => void;
};

/** How many commands were sent, how many failed, how many replies came later than their turn, and what was published. */
export type Differences = {
  readonly commands: number;
  readonly failed: number;
  readonly late: number;
  readonly published: number;
};

/** Runs rows of acts until there were enough commands. Throws the shortest row that parts the two, as a case. */
export async function compare({ simulated, real }: Pair, options: DifferentialOptions): Promise<Differences> {
  const { commands, clients, seed, longest = 40, onProgress } = options;
  const [ours, theirs] = [simulated.make([]), real.make([])];
  await Promise.all([ours.start(), theirs.start()]);
  let [sent, failed, late, published] = [0, 0, 0, 0];
  try {
    for (let batch = 0; sent < commands; batch++) {
      const property = fc.asyncProperty(
        interleaving(real.profile, { clients, longest }),
        fc.tuple(...clientNames.map(() => fc.constantFrom<Protocol>("resp2", "resp3"))),
        async (acts, drawn) => {
          const protocols = Object.fromEntries(clientNames.map((name, i) => [name, drawn[i]])) as Protocols;
          const [left, right] = await both(run(ours, acts, protocols), run(theirs, acts, protocols));
          for (const happening of right.happenings) {
            sent += "requests" in happening.act ? happening.act.requests.length : 0;
            failed += errorsIn(happening);
            late += lateIn(happening);
            published += publishedIn(happening);
          }
          onProgress?.(sent);
          const difference = firstDifference(left, right);
          if (difference !== undefined) throw new Parting(difference, caseOf(right.happenings, protocols));
        },
      );
      const details = await fc.check(property, { numRuns: 200, seed: seed + batch });
      if (details.failed) throw failure(details);
    }
    return { commands: sent, failed, late, published };
  } finally {
    await Promise.all([ours.stop(), theirs.stop()]);
  }
}

/** Where one side throws, the other has come to its end all the same before the next row begins. */
async function both<T>(first: Promise<T>, second: Promise<T>): Promise<readonly [T, T]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}

type Protocols = Readonly<Record<ClientName, Protocol>>;

type Outcome = { readonly happenings: readonly Happening[]; readonly stored: readonly Answer[] };

/** What is over goes when somebody looks, on both sides: a real server's cycle would come upon it by chance. */
const lazy: readonly Bytes[] = ["DEBUG", "SET-ACTIVE-EXPIRE", "0"];

async function run(target: Target, acts: readonly Act[], protocols: Protocols): Promise<Outcome> {
  await target.reset(undemanding);
  const onlooker = await openWire(target);
  await onlooker.ask([lazy]);
  const waitedBefore = await whoWaits(onlooker);
  const company = new Company(target, protocols);
  await company.listen();
  const happenings: Happening[] = [];
  for (const act of acts) {
    const happening = await company.do(act);
    if (happening) happenings.push(happening);
  }
  const stored = await look(onlooker);
  const waits = { asked: WHO_WAITS, text: JSON.stringify([...(await whoWaits(onlooker, waitedBefore))]) };
  company.close();
  onlooker.close();
  return { happenings, stored: [...stored, waits] };
}

/** What is stored in the end. */
async function look(wire: Wire): Promise<readonly Answer[]> {
  await wire.ask(sequenceKeys.map((key) => ["EXISTS", key]));
  const keys = textsOf(await wire.ask([["KEYS", "*"]])).sort();
  const types = textsOf(await wire.ask(keys.map((key) => ["TYPE", key])));
  const requests = [
    ["DEBUG", "DIGEST"],
    ...keys.flatMap((key, i) => [
      ["DEBUG", "DIGEST-VALUE", key],
      ["OBJECT", "ENCODING", key],
      ["PEXPIRETIME", key],
      ...(types[i] === "stream" ? [["XINFO", "STREAM", key, "FULL", "COUNT", "0"]] : []),
    ]),
  ];
  const answers = new Answers();
  answers.asked(requests);
  return answers.came(repliesIn(await wire.ask(requests)));
}

/** What INFO counts of those who wait and watch. A server may have miscounted earlier clients, when they were cut off. */
async function whoWaits(wire: Wire, before?: Waits): Promise<Waits> {
  const [info = ""] = textsOf(await wire.ask([WHO_WAITS]));
  const counted = [...info.matchAll(/^(blocked|clients_in_timeout|total_blocking|total_watched)(\w*):(\d+)/gm)];
  return new Map(
    counted.map(([, first = "", rest = "", count]) => [first + rest, Number(count) - (before?.get(first + rest) ?? 0)]),
  );
}

type Waits = ReadonlyMap<string, number>;

const WHO_WAITS = ["INFO", "clients"];

function errorsIn({ got }: Happening): number {
  return got.flatMap(([, answers]) => answers).filter(({ text }) => text.includes('"text":"-')).length;
}

function lateIn({ act, got }: Happening): number {
  return got.filter(([name]) => name !== listenerName && (!("by" in act) || act.by !== name)).length;
}

function publishedIn({ got }: Happening): number {
  return got.flatMap(([name, answers]) => (name === listenerName ? answers : [])).length;
}

function firstDifference(left: Outcome, right: Outcome): string | undefined {
  const rows = [left, right].map(({ happenings, stored }) => [
    ...happenings.map(({ act, got }) => ({
      asked: "requests" in act ? act.requests.map((words) => words.join(" ")).join("; ") : JSON.stringify(act),
      text: got.map(([name, answers]) => answers.map(({ text }) => `\n    ${name} ${text}`).join("")).join(""),
    })),
    ...stored.map(({ asked = [], text }) => ({ asked: asked.join(" "), text })),
  ]);
  const [ours = [], theirs = []] = rows;
  for (let i = 0; i < Math.max(ours.length, theirs.length); i++) {
    const [one, other] = [ours[i], theirs[i]];
    if (one?.text === other?.text && one?.asked === other?.asked) continue;
    return `to ${JSON.stringify((one ?? other)?.asked)}\n  Redouble: ${one?.text || "nothing"}\n  the server: ${other?.text || "nothing"}`;
  }
  return undefined;
}

/** A difference with the acts that lead to it. */
class Parting extends Error {
  readonly lines: readonly string[];
  constructor(difference: string, lines: readonly string[]) {
    super(difference);
    this.lines = lines;
  }
}

type Details = {
  readonly seed: number;
  readonly numShrinks: number;
  readonly errorInstance: unknown;
  readonly counterexample: unknown;
};

/** A failure with its shortest row of acts, as a case ready for `--rewrite`. */
function failure({ seed, numShrinks, errorInstance, counterexample }: Details): Error {
  if (!(errorInstance instanceof Parting))
    return new Error(`seed ${seed}: ${JSON.stringify(counterexample)}`, { cause: errorInstance });
  return new Error(
    [`seed ${seed}, shrunk ${numShrinks} times: ${errorInstance.message}`, "", ...errorInstance.lines].join("\n"),
  );
}
