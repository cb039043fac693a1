/** Scripts on Redouble and on a real server: the same bytes come back, errors too. */
import fc from "fast-check";
import type { Bytes } from "../format/escapes.ts";
import { openWire, type Wire } from "../differential/wire.ts";
import type { Pair } from "../differential/machine.ts";
import { undemanding, type Target } from "../targets/target.ts";
import { script } from "./expressions.ts";
import { writtenScripts, type WrittenScript } from "./written-scripts.ts";

/** How many scripts were run, and how many calls of the written ones. */
export type ComparedScripts = {
  readonly expressions: number;
  readonly failed: number;
  readonly written: number;
  readonly calls: number;
};

/** Throws the shortest expression, or the first call of a written script, that the two answer differently. */
export async function compareScripts(
  pair: Pair,
  { expressions, seed }: { readonly expressions: number; readonly seed: number },
): Promise<ComparedScripts> {
  const [ours, theirs] = [pair.simulated.make([]), pair.real.make([])];
  await Promise.all([ours.start(), theirs.start()]);
  try {
    const failed = await compareExpressions([ours, theirs], expressions, seed);
    let calls = 0;
    for (const written of writtenScripts) calls += await compareWritten([ours, theirs], written);
    return { expressions, failed, written: writtenScripts.length, calls };
  } finally {
    await Promise.all([ours.stop(), theirs.stop()]);
  }
}

type Both = readonly [ours: Target, theirs: Target];

const needs = { ...undemanding, scripts: true };

async function openBoth(both: Both): Promise<readonly [Wire, Wire]> {
  await Promise.all(both.map((target) => target.reset(needs)));
  return [await openWire(both[0]), await openWire(both[1])];
}

async function compareExpressions(both: Both, count: number, seed: number): Promise<number> {
  let failed = 0;
  const property = fc.asyncProperty(script, fc.constantFrom("2", "3"), async (text, protocol) => {
    const wires = await openBoth(both);
    await Promise.all(wires.map((wire) => wire.ask([["HELLO", protocol]])));
    const [left, right] = await Promise.all(wires.map((wire) => wire.ask([["EVAL", text, "0"]])));
    for (const wire of wires) wire.close();
    if (left !== right) throw new Error(`${JSON.stringify(left)} and not ${JSON.stringify(right)}`);
    if (right?.startsWith("-")) failed++;
  });
  const details = await fc.check(property, { numRuns: count, seed });
  if (details.failed) {
    const [text = "", protocol] = details.counterexample ?? [];
    throw new Error(`seed ${seed}, RESP${protocol}: EVAL ${JSON.stringify(text)} 0\n${String(details.errorInstance)}`);
  }
  return failed;
}

/** Calls a script as its application would, and compares every reply, and in the end what is stored. */
async function compareWritten(both: Both, { name, lua, calls }: WrittenScript): Promise<number> {
  const wires = await openBoth(both);
  let asked = 0;
  for (const call of calls) {
    if (typeof call === "number") {
      await Promise.all(both.map((target) => target.advance(call)));
      continue;
    }
    asked++;
    const words = wordsOf(lua, call);
    const [left, right] = await Promise.all(wires.map((wire) => wire.ask([words])));
    if (left !== right) {
      throw new Error(`${name}: call ${asked}, ${call}\n${JSON.stringify(left)}\nand not\n${JSON.stringify(right)}`);
    }
  }
  const [left, right] = await Promise.all(wires.map((wire) => wire.ask([["DEBUG", "DIGEST"]])));
  for (const wire of wires) wire.close();
  if (left !== right) throw new Error(`${name}: not the same is stored in the end`);
  return asked;
}

/** `key key | argument argument`, for the script; `> SET key value` is a command of its own. */
function wordsOf(lua: string, call: string): Bytes[] {
  if (call.startsWith("> ")) return call.slice(2).split(" ");
  const [keys = [], args = []] = call.split("|").map((part) => part.trim().split(/\s+/).filter(Boolean));
  return ["EVAL", lua, String(keys.length), ...keys, ...args];
}
