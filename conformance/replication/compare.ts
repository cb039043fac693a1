/** The same acts on Redouble and on a real server that has a replica: both must propagate the same commands in the same units. */
import fc from "fast-check";
import { escape, type Bytes } from "../format/escapes.ts";
import { openWire, type Wire } from "../differential/wire.ts";
import { encodeCommand } from "../targets/own-connection.ts";
import { SimulatedTarget } from "../targets/simulated.ts";
import { undemanding, type Target, type TargetMaker } from "../targets/target.ts";
import { acts, type Act } from "./acts.ts";
import { linkConfig, openLink, type ReplicaLink, type Unit } from "./link.ts";

export type PropagationOptions = {
  /** Commands to be sent in all. */
  readonly commands: number;
  readonly seed: number;
  readonly longest?: number;
  readonly onProgress?: (commands: number) => void;
};

/** What was sent, what came down the link, and by which names. */
export type Propagation = {
  readonly commands: number;
  readonly propagated: number;
  /** Units of more than one command. */
  readonly transactions: number;
  readonly names: ReadonlyMap<Bytes, number>;
};

/** Compares until there were enough commands. Throws the shortest row of acts that parts the two. */
export async function comparePropagation(real: TargetMaker, options: PropagationOptions): Promise<Propagation> {
  const { commands, seed, longest = 40, onProgress } = options;
  const ours = simulatedSide(new SimulatedTarget({ profile: real.profile, config: [] }));
  const theirs = await realSide(real.make(linkConfig));
  const names = new Map<Bytes, number>();
  let [sent, propagated, transactions] = [0, 0, 0];
  const count = (unit: Unit) => {
    propagated += unit.length;
    if (unit.length > 1) transactions++;
    for (const { argv } of unit) names.set(argv[0]!, (names.get(argv[0]!) ?? 0) + 1);
  };
  try {
    for (let batch = 0; sent < commands; batch++) {
      const property = fc.asyncProperty(acts(real.profile, longest), async (row) => {
        const [left, right] = await Promise.all([run(ours, row), run(theirs, row)]);
        for (const { asked, units } of right) {
          sent += asked.length;
          for (const unit of units) count(unit);
        }
        onProgress?.(sent);
        const difference = firstDifference(left, right);
        if (difference !== undefined) throw new Error(difference);
      });
      const numRuns = Math.min(200, Math.ceil((commands - sent) / longest));
      const details = await fc.check(property, { numRuns, seed: seed + batch });
      if (details.failed) throw failure(details, details.counterexample?.[0] ?? []);
    }
    return { commands: sent, propagated, transactions, names };
  } finally {
    await Promise.all([ours.stop(), theirs.stop()]);
  }
}

/** A server, and whoever learns what it propagates. */
type Side = {
  readonly target: Target;
  reset(): Promise<void>;
  /** What was propagated since the last time, up to a write that marks the end. */
  until(marker: Bytes): Promise<readonly Unit[]>;
  stop(): Promise<void>;
};

function simulatedSide(target: SimulatedTarget): Side {
  let units: Unit[] = [];
  return {
    target,
    async reset() {
      await target.reset();
      units = [];
      target.server.effects.observe({ audience: "replicas", onPropagate: (commands) => units.push(commands) });
    },
    async until(marker) {
      const end = units.findIndex((unit) => isMarker(unit, marker));
      if (end < 0) throw new Error("Redouble did not propagate a SET");
      return units.splice(0, end + 1).slice(0, -1);
    },
    stop: () => target.stop(),
  };
}

async function realSide(target: Target): Promise<Side> {
  await target.start();
  let link: ReplicaLink = await openLink(target);
  return {
    target,
    async reset() {
      await target.reset(undemanding);
      if (!link.closed) return;
      link = await openLink(target);
      await target.reset(undemanding);
    },
    until: (marker) => link.until((unit) => isMarker(unit, marker), target.patienceMs),
    async stop() {
      link.close();
      await target.stop();
    },
  };
}

/** What is over goes when somebody looks, on both sides, as in the differential machine. */
const lazy: readonly Bytes[] = ["DEBUG", "SET-ACTIVE-EXPIRE", "0"];

const MARKER = "marker";

function isMarker(unit: Unit, marker: Bytes): boolean {
  const argv = unit[0]?.argv;
  return unit.length === 1 && argv?.[1] === MARKER && argv[2] === marker;
}

type Propagations = { readonly asked: readonly (readonly Bytes[])[]; readonly units: readonly Unit[] };

let markers = 0;

/** Does what is to be done; a marker behind each act tells what it propagated from what the next one does. */
async function run(side: Side, row: readonly Act[]): Promise<Propagations[]> {
  await side.reset();
  const wire = await openWire(side.target);
  const propagations: Propagations[] = [];
  await wire.ask([lazy]);
  await mark(side, wire, []);
  for (const act of row) {
    if ("advanceMs" in act) await side.target.advance(act.advanceMs);
    else if ("waits" in act) {
      const waiter = await side.target.connect({ onBytes: () => {}, onClose: () => {} });
      waiter.send(encodeCommand(act.waits));
      await side.target.settle();
      const units = await mark(side, wire, act.requests);
      waiter.close();
      await side.target.settle();
      propagations.push({ asked: [act.waits, ...act.requests], units });
    } else {
      propagations.push({ asked: act.requests, units: await mark(side, wire, act.requests) });
    }
  }
  wire.close();
  return propagations;
}

/** Sends requests and a marker, and gives the units before the marker. */
async function mark(side: Side, wire: Wire, requests: readonly (readonly Bytes[])[]): Promise<readonly Unit[]> {
  const marker = String(++markers);
  await wire.ask([...requests, ["SET", MARKER, marker]]);
  return side.until(marker);
}

function firstDifference(left: readonly Propagations[], right: readonly Propagations[]): string | undefined {
  for (const [i, { asked, units }] of right.entries()) {
    const random = asked.some(([name]) => name === "SPOP");
    const [ours, theirs] = [left[i]?.units ?? [], units].map((each) => show(each, random));
    if (ours === theirs) continue;
    return `${asked.map(line).join("; ")}\n  Redouble:   ${ours || "nothing"}\n  the server: ${theirs || "nothing"}`;
  }
  return undefined;
}

/** Units as text. Of members taken by chance only the number is told. */
function show(units: readonly Unit[], random: boolean): string {
  return units
    .map((unit) => {
      const commands = unit.map(({ db, argv }) => {
        const [name = "", key = "", ...members] = argv;
        const words = random && name === "SREM" ? [name, key, `(${members.length} members)`] : argv;
        return `${db}> ${line(words)}`;
      });
      return commands.length === 1 ? commands[0] : `MULTI ${commands.join(", ")} EXEC`;
    })
    .join(" | ");
}

function line(words: readonly Bytes[]): string {
  return words.map((word) => (/^[\w:*.#$+()[~>-]+$/.test(word) ? word : `"${escape(word)}"`)).join(" ");
}

type Details = { readonly seed: number; readonly numShrinks: number; readonly errorInstance: unknown };

function failure({ seed, numShrinks, errorInstance }: Details, row: readonly Act[]): Error {
  const message = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  const lines = row.flatMap((act) => {
    if ("advanceMs" in act) return [`advance ${act.advanceMs}`];
    const requests = act.requests.map((words) => `> ${line(words)}`);
    return "waits" in act ? [`waiter> ${line(act.waits)}`, ...requests] : requests;
  });
  return new Error([`seed ${seed}, shrunk ${numShrinks} times: ${message}`, "", ...lines].join("\n"));
}
