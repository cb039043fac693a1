/** The engine alone: expiry against deletion, and what a long time costs against a short one. */
import { World, type Link } from "../../core/index.ts";
import { latin1Slice } from "../../adapters/text.ts";
import { cpuMicroseconds } from "./usage.ts";
import { request } from "./request.ts";
import { interleaved, type Row } from "./row.ts";

const KEYS = 1_000_000;
const WARM_UP_KEYS = 100_000;

export async function engineRows(): Promise<Row[]> {
  return [await expiryRow(), await advanceRow(), await tableRow()];
}

type Bench = { readonly world: World; readonly link: Link };

function start(): Bench {
  const world = new World({ slice: latin1Slice });
  const link = world.createServer().connect({ peer: { write() {}, close() {} } });
  return { world, link };
}

/** Of CPU time. */
function milliseconds(action: () => void): number {
  return cpuMicroseconds(action) / 1e3;
}

async function expiryRow(): Promise<Row> {
  const { world, link } = start();
  const names = Array.from({ length: KEYS }, (_, i) => `key:${String(i).padStart(12, "0")}`);
  const shuffled = shuffledNumbers(world);
  const deletions = shuffled.map((i) => request("DEL", names[i]!));
  const keysOf = (round: number): number => (round === 0 ? WARM_UP_KEYS : KEYS);
  const result = await interleaved(
    1,
    (round) => {
      const from = world.now + 10;
      for (let i = 0; i < keysOf(round); i++) {
        link.receive(request("SET", names[i]!, "0123456789", "PXAT", String(from + shuffled[i]!)));
      }
      return milliseconds(() => world.advanceTo(from + KEYS + 1));
    },
    (round) => {
      for (let i = 0; i < keysOf(round); i++) link.receive(request("SET", names[i]!, "0123456789"));
      return milliseconds(() => {
        for (const deletion of deletions) link.receive(deletion);
      });
    },
  );
  return {
    name: "a million keys expire, deadlines shuffled",
    compared: "expiry / a million DELs",
    ratio: result.ratio,
    bound: { atMost: 2 },
    detail: `${result.ours.toFixed(0)} ms / ${result.theirs.toFixed(0)} ms`,
  };
}

function shuffledNumbers(world: World): number[] {
  const order = world.random.fork("bench");
  const shuffled = Array.from({ length: KEYS }, (_, i) => i);
  for (let i = KEYS - 1; i > 0; i--) {
    const j = order.int(0, i);
    [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
  }
  return shuffled;
}

async function advanceRow(): Promise<Row> {
  const { createRedouble } = await import("../../adapters/index.ts");
  const redouble = createRedouble({ clock: "virtual" });
  const microseconds = async (duration: string): Promise<number> => {
    const from = process.hrtime.bigint();
    for (let i = 0; i < 200; i++) await redouble.clock.advance(duration);
    return Number(process.hrtime.bigint() - from) / 1e3 / 200;
  };
  const result = await interleaved(
    9,
    () => microseconds("365d"),
    () => microseconds("1s"),
  );
  redouble.stop();
  return {
    name: 'advance("365d") on an idle server',
    compared: 'advance("365d") / advance("1s")',
    ratio: result.ratio,
    bound: { atMost: 2 },
    detail: `${result.ours.toFixed(1)} us / ${result.theirs.toFixed(1)} us, ${redouble.world.eventsRun} events`,
  };
}

/** A fresh server for each test must cost nothing. */
async function tableRow(): Promise<Row> {
  const create = (): number =>
    milliseconds(() => {
      for (let i = 0; i < 100; i++) start();
    }) / 100;
  const connect = (): number => {
    const { world } = start();
    const [server] = world.servers;
    return (
      milliseconds(() => {
        for (let i = 0; i < 100; i++) server!.connect({ peer: { write() {}, close() {} } });
      }) / 100
    );
  };
  const result = await interleaved(9, create, connect);
  return {
    name: "a fresh server",
    compared: "server with a connection / connection",
    ratio: result.ratio,
    detail: `${(result.ours * 1e3).toFixed(0)} us / ${(result.theirs * 1e3).toFixed(0)} us`,
  };
}
