/** The real clients, one command after the other: against stubs that answer +OK, a real server, and ioredis-mock. */
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import type { RealServer } from "../servers/real-server.ts";
import { median, type Row } from "./row.ts";

const run = promisify(execFile);
const RATE = path.join(import.meta.dirname, "client-rate.ts");
const ROUNDS = 3;

type Client = "ioredis" | "node-redis";
type FarEnd = "redouble" | "duplex-stub" | "bare-stub" | "loopback" | "mock";

/** Commands a second, from a process of its own. */
async function rate(client: Client, farEnd: FarEnd, port: number): Promise<number> {
  const { stdout } = await run(process.execPath, ["--import", "tsx", RATE, client, farEnd, String(port)]);
  return Number(stdout);
}

export async function clientRows(real: RealServer | undefined): Promise<Row[]> {
  const loopback: readonly FarEnd[] = real === undefined ? [] : ["loopback"];
  return [
    ...(await rowsOf("ioredis", ["duplex-stub", "bare-stub", ...loopback, "mock"], real)),
    ...(await rowsOf("node-redis", ["duplex-stub", "bare-stub", ...loopback], real)),
  ];
}

/** Each round measures every far end once, ours first. */
async function rowsOf(client: Client, farEnds: readonly FarEnd[], real: RealServer | undefined): Promise<Row[]> {
  const rounds: ReadonlyMap<FarEnd, number>[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const rates = new Map<FarEnd, number>();
    for (const farEnd of ["redouble", ...farEnds] as const)
      rates.set(farEnd, await rate(client, farEnd, real?.port ?? 0));
    rounds.push(rates);
  }
  return farEnds.map((farEnd) => rowOf(client, farEnd, rounds));
}

const SHOWN: Readonly<Record<FarEnd, string>> = {
  redouble: "Redouble",
  "duplex-stub": "stub stream",
  "bare-stub": "stub without a stream",
  loopback: "real Redis over loopback",
  mock: "ioredis-mock",
};

/** Stubs bound us; what else a client may talk to informs. */
const BOUNDS: Partial<Record<FarEnd, Row["bound"]>> = { "duplex-stub": { atLeast: 0.6 } };

function rowOf(client: Client, farEnd: FarEnd, rounds: readonly ReadonlyMap<FarEnd, number>[]): Row {
  const ours = rounds.map((rates) => rates.get("redouble") ?? Number.NaN);
  const theirs = rounds.map((rates) => rates.get(farEnd) ?? Number.NaN);
  const bound = BOUNDS[farEnd];
  return {
    name: `${client} 6 in process`,
    compared: `Redouble / ${SHOWN[farEnd]}`,
    ratio: median(ours.map((each, round) => each / theirs[round]!)),
    ...(bound && { bound }),
    detail: `${thousands(median(ours))} / ${thousands(median(theirs))} commands a second`,
  };
}

function thousands(rate: number): string {
  return `${(rate / 1e3).toFixed(0)}k`;
}
