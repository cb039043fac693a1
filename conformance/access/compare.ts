/** Users on Redouble and on a real server: the same rules make the same users, who are permitted and refused the same. */
import fc from "fast-check";
import type { Pair } from "../differential/machine.ts";
import { openWire, repliesIn, type Wire } from "../differential/wire.ts";
import type { Bytes } from "../format/escapes.ts";
import { undemanding, type Target } from "../targets/target.ts";
import { request, rules, type Known } from "./rules.ts";

/** How many users were made, how many answers were errors, and how many requests were tried. */
export type ComparedUsers = { readonly users: number; readonly errors: number; readonly requests: number };

type Words = readonly Bytes[];
type Wires = readonly [ours: Wire, theirs: Wire];

/** How many requests each user is tried with. */
const REQUESTS = 60;

/** Throws the shortest rows of rules that the two servers understand differently. */
export async function compareUsers(
  pair: Pair,
  { users, seed }: { readonly users: number; readonly seed: number },
): Promise<ComparedUsers> {
  const both = [pair.simulated.make([]), pair.real.make([])] as const;
  await Promise.all(both.map((target) => target.start()));
  let errors = 0;
  let requests = 0;
  try {
    const [ours, theirs] = await openBoth(both);
    const { known, complete } = await commandsOf([ours, theirs]);
    // Before 7.2 the words follow from all the commands that there are.
    const shows = complete || pair.real.profile !== "redis-7.0" ? [["GETUSER", "u"], ["LIST"]] : [];
    const categories = linesOf(await ask(ours, ["ACL", "CAT"]));
    const trial = fc.tuple(
      fc.array(rules(known, categories), { minLength: 1, maxLength: 3 }),
      fc.array(request(known), { minLength: REQUESTS, maxLength: REQUESTS }),
    );
    const property = fc.asyncProperty(trial, async ([steps, tried]) => {
      const made = steps.flatMap((step) => [["SETUSER", "u", ...step], ...shows]);
      const asked = [["DELUSER", "u"], ...made, ...tried.map((words) => ["DRYRUN", "u", ...words])];
      errors += await alike(
        [ours, theirs],
        asked.map((words) => ["ACL", ...words]),
      );
      requests += tried.length;
    });
    const details = await fc.check(property, { numRuns: users, seed });
    if (details.failed) {
      throw new Error(`seed ${seed}: ${JSON.stringify(details.counterexample)}\n${String(details.errorInstance)}`);
    }
    for (const wire of [ours, theirs]) wire.close();
    return { users, errors, requests };
  } finally {
    await Promise.all(both.map((target) => target.stop()));
  }
}

async function openBoth(both: readonly [Target, Target]): Promise<Wires> {
  await Promise.all(both.map((target) => target.reset(undemanding)));
  return [await openWire(both[0]), await openWire(both[1])];
}

async function ask(wire: Wire, words: Words): Promise<Bytes> {
  return (await wire.ask([words])) ?? "";
}

/** Asks both for all of it; how many of the answers were errors. */
async function alike(wires: Wires, asked: readonly Words[]): Promise<number> {
  const [ours = [], theirs = []] = (await Promise.all(wires.map((wire) => wire.ask(asked)))).map(repliesIn);
  for (const [at, words] of asked.entries()) {
    const [left, right] = [ours[at], theirs[at]].map((reply) => JSON.stringify(reply));
    if (inAnyOrder(left) !== inAnyOrder(right)) throw new Error(`${words.join(" ")}\n${left}\nand not\n${right}`);
  }
  return theirs.filter((reply) => reply.kind === "line" && reply.text.startsWith("-")).length;
}

/** Before 7.2 single commands come in the order of a hash table. */
function inAnyOrder(answer = ""): string {
  return answer
    .split(/[ "()]/)
    .toSorted()
    .join(" ");
}

/** Commands and subcommands that both have, with the words that they need at least. */
async function commandsOf([ours, theirs]: Wires): Promise<{
  readonly known: readonly Known[];
  readonly complete: boolean;
}> {
  const names = new Set(linesOf(await ask(theirs, ["COMMAND", "LIST"])));
  const shared = linesOf(await ask(ours, ["COMMAND", "LIST"])).filter((name) => names.has(name));
  const known: Known[] = [];
  for (const name of shared) {
    const [, , , , arity = ""] = (await ask(ours, ["COMMAND", "INFO", name])).split("\r\n");
    const least = Number(arity.slice(1));
    known.push({ name, least: Math.abs(least) });
  }
  return { known, complete: known.length === names.size };
}

/** The payloads of a row of bulk strings or lines. */
function linesOf(answer: Bytes): Words {
  return answer
    .split("\r\n")
    .filter((line) => line !== "" && !/^[*~$%]/.test(line))
    .map((line) => line.replace(/^\+/, ""));
}
