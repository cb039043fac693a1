/** The same commands to Redouble and to a real server: every reply must be the same, and in the end everything that is stored. */
import fc from "fast-check";
import { escape, type Bytes } from "../format/escapes.ts";
import type { Protocol } from "../profiles.ts";
import type { Target, TargetMaker } from "../targets/target.ts";
import { answersOf } from "./answers.ts";
import { openWire, textsOf, type Wire } from "./wire.ts";
import { sequence, sequenceKeys, type Step } from "./sequence.ts";

export type Pair = { readonly simulated: TargetMaker; readonly real: TargetMaker };

export type DifferentialOptions = {
  /** Commands to be sent in all. */
  readonly commands: number;
  readonly seed: number;
  readonly longest?: number;
  readonly onProgress?: (commands: number) => void;
};

export type Differences = { readonly commands: number; readonly failed: number };

/** Runs sequences until there were enough commands. Throws the shortest sequence that parts the two, as a case. */
export async function compare({ simulated, real }: Pair, options: DifferentialOptions): Promise<Differences> {
  const { commands, seed, longest = 40, onProgress } = options;
  const [ours, theirs] = [simulated.make([]), real.make([])];
  await Promise.all([ours.start(), theirs.start()]);
  let sent = 0;
  let failed = 0;
  try {
    for (let batch = 0; sent < commands; batch++) {
      const property = fc.asyncProperty(
        sequence(real.profile, longest),
        fc.constantFrom<Protocol>("resp2", "resp3"),
        async (steps, protocol) => {
          const [left, right] = await Promise.all([run(ours, steps, protocol), run(theirs, steps, protocol)]);
          sent += left.requests;
          failed += left.errors;
          onProgress?.(sent);
          const difference = firstDifference(left.answers, right.answers);
          if (difference !== undefined) throw new Error(difference);
        },
      );
      const details = await fc.check(property, { numRuns: 200, seed: seed + batch });
      if (details.failed) throw failure(details, details.counterexample);
    }
    return { commands: sent, failed };
  } finally {
    await Promise.all([ours.stop(), theirs.stop()]);
  }
}

type Answer = { readonly asked: readonly Bytes[]; readonly text: Bytes | undefined };
type Outcome = { readonly answers: readonly Answer[]; readonly requests: number; readonly errors: number };

/** What is over goes when somebody looks, on both sides: a real server's cycle would come upon it by chance. */
const lazy: readonly Bytes[] = ["DEBUG", "SET-ACTIVE-EXPIRE", "0"];

const undemanding = { alone: false, pauses: false, configures: false };

async function run(target: Target, steps: readonly Step[], protocol: Protocol): Promise<Outcome> {
  await target.reset(undemanding);
  const wire = await openWire(target);
  if (protocol === "resp3") await wire.ask([["HELLO", "3"]]);
  await wire.ask([lazy]);
  const answers: Answer[] = [];
  let row: (readonly Bytes[])[] = [];
  let errors = 0;
  const flush = async () => {
    const requests = row;
    row = [];
    const answered = await wire.ask(requests);
    for (const [i, text] of answersOf(requests, answered).entries()) {
      answers.push({ asked: requests[i]!, text });
      if (text?.includes('"text":"-')) errors++;
    }
  };
  for (const step of steps) {
    if ("words" in step) row.push(step.words);
    else {
      await flush();
      await target.advance(step.advanceMs);
    }
  }
  await flush();
  const requests = answers.length;
  row = (await storedRequests(wire)) as (readonly Bytes[])[];
  await flush();
  wire.close();
  return { answers, requests, errors };
}

/** What is asked of everything that is stored. */
async function storedRequests(wire: Wire): Promise<readonly (readonly Bytes[])[]> {
  await wire.ask(sequenceKeys.map((key) => ["EXISTS", key]));
  const keys = textsOf(await wire.ask([["KEYS", "*"]])).sort();
  const types = textsOf(await wire.ask(keys.map((key) => ["TYPE", key])));
  return [
    ["DEBUG", "DIGEST"],
    ...keys.flatMap((key, i) => [
      ["DEBUG", "DIGEST-VALUE", key],
      ["OBJECT", "ENCODING", key],
      ["PEXPIRETIME", key],
      ...(types[i] === "stream" ? [["XINFO", "STREAM", key, "FULL", "COUNT", "0"]] : []),
    ]),
  ];
}

function firstDifference(left: readonly Answer[], right: readonly Answer[]): string | undefined {
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [ours, theirs] = [left[i], right[i]];
    if (ours?.text === theirs?.text && ours?.asked.join(" ") === theirs?.asked.join(" ")) continue;
    const asked = (ours ?? theirs)!.asked.map((word) => `"${escape(word)}"`).join(" ");
    return `to ${asked}\n  Redouble: ${ours?.text ?? "nothing"}\n  the server: ${theirs?.text ?? "nothing"}`;
  }
  return undefined;
}

type Details = { readonly seed: number; readonly numShrinks: number; readonly errorInstance: unknown };

/** A failure with its shortest sequence, as a case ready for `--rewrite`. */
function failure(
  { seed, numShrinks, errorInstance }: Details,
  counterexample: readonly [readonly Step[], Protocol] | null,
): Error {
  const [steps, protocol] = counterexample ?? [[], "resp2"];
  const message = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  const lines = steps.map((step) =>
    "words" in step
      ? `> ${step.words.map((word) => (/^[\w:*.#$+()[-]+$/.test(word) ? word : `"${escape(word).replaceAll('"', '\\"')}"`)).join(" ")}`
      : `advance ${step.advanceMs}`,
  );
  return new Error(
    [
      `seed ${seed}, shrunk ${numShrinks} times: ${message}`,
      "",
      "== Found by comparing",
      `only ${protocol}`,
      ...lines,
    ].join("\n"),
  );
}
