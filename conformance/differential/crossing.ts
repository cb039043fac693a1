/** Values that cross between Redouble and a real server of the same release, both ways, through DUMP and RESTORE. */
import fc from "fast-check";
import { escape, type Bytes } from "../format/escapes.ts";
import type { Pair } from "./machine.ts";
import { valueCommands } from "./values.ts";
import { openWire, textsOf, type Wire } from "./wire.ts";
import { undemanding } from "../targets/target.ts";

export type CrossingOptions = {
  readonly values: number;
  readonly seed: number;
};

/** How many values crossed, by type and encoding, and how many payloads were the same bytes on both sides. */
export type Crossed = { readonly values: ReadonlyMap<string, number>; readonly identical: number };

/** Throws at the first value that is not the same afterwards. */
export async function cross({ simulated, real }: Pair, { values, seed }: CrossingOptions): Promise<Crossed> {
  const [ours, theirs] = [simulated.make([]), real.make([])];
  await Promise.all([ours.start(), theirs.start()]);
  await Promise.all([ours.reset(undemanding), theirs.reset(undemanding)]);
  const wires = [await openWire(ours), await openWire(theirs)] as const;
  const seen = new Map<string, number>();
  let identical = 0;
  try {
    for (const [i, commands] of fc.sample(valueCommands("v", real.profile), { numRuns: values, seed }).entries()) {
      const [left, right] = await Promise.all(wires.map((wire) => make(wire, commands)));
      if (left!.type === "none" && right!.type === "none") continue; // its last element was taken out again
      if (left!.payload === right!.payload) identical++;
      const [crossed, back] = await Promise.all([take(wires[0], right!.payload), take(wires[1], left!.payload)]);
      const all = [left!, right!, crossed, back];
      if (new Set(all.map(({ digest }) => digest)).size > 1 || crossed.encoding !== back.encoding) {
        throw new Error(`seed ${seed}, value ${i}: ${describe(commands)}\n${all.map(show).join("\n")}`);
      }
      const kind = `${left!.type} ${left!.encoding}`;
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }
    return { values: seen, identical };
  } finally {
    for (const wire of wires) wire.close();
    await Promise.all([ours.stop(), theirs.stop()]);
  }
}

type Stored = {
  readonly type: string;
  readonly encoding: string;
  readonly digest: string;
  readonly payload: Bytes;
};

async function make(wire: Wire, commands: readonly (readonly Bytes[])[]): Promise<Stored> {
  await wire.ask([["DEL", "v", "w"], ...commands]);
  return look(wire, "v");
}

async function take(wire: Wire, payload: Bytes): Promise<Stored> {
  const [answer = ""] = textsOf(await wire.ask([["RESTORE", "w", "0", payload]]));
  if (answer !== "OK") throw new Error(`RESTORE: ${answer}`);
  return look(wire, "w");
}

async function look(wire: Wire, key: Bytes): Promise<Stored> {
  const [type = "", encoding = "", digest = "", payload = ""] = textsOf(
    await wire.ask([
      ["TYPE", key],
      ["OBJECT", "ENCODING", key],
      ["DEBUG", "DIGEST-VALUE", key],
      ["DUMP", key],
    ]),
  );
  return { type, encoding, digest, payload };
}

function show({ type, encoding, digest, payload }: Stored): string {
  return `  ${type} ${encoding} ${digest} ${payload.length} bytes`;
}

function describe(commands: readonly (readonly Bytes[])[]): string {
  return commands
    .map((words) => words.map((word) => escape(word).slice(0, 40)).join(" "))
    .join("; ")
    .slice(0, 1000);
}
