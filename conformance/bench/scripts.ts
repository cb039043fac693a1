/** Scripts: what EVAL costs in the engine, beside a host that knows Lua and no Redis. */
import { World } from "../../core/index.ts";
import { nodeWasm } from "../../adapters/scripting/node-wasm.ts";
import { latin1Slice } from "../../adapters/text.ts";
import { cpuMicroseconds } from "./usage.ts";
import { PrototypeLua } from "./prototype-lua.ts";
import { request } from "./request.ts";
import { interleaved, type Row } from "./row.ts";

const ROUNDS = 5;

type Script = {
  readonly name: string;
  readonly lua: string;
  readonly keys: readonly string[];
  readonly args: readonly string[];
  readonly times: number;
};

const SCRIPTS: readonly Script[] = [
  { name: 'EVAL "return 1"', lua: "return 1", keys: [], args: [], times: 100_000 },
  {
    name: "a limiter of five calls",
    lua: `
local count = redis.call("INCR", KEYS[1])
if count == 1 then redis.call("PEXPIRE", KEYS[1], ARGV[1]) end
redis.call("INCR", KEYS[2])
redis.call("PEXPIRE", KEYS[2], ARGV[1])
redis.call("SETBIT", KEYS[3], 7, 1)
return redis.call("GET", KEYS[1])`,
    keys: ["limit:{user}", "total:{user}", "seen:{user}"],
    args: ["60000"],
    times: 30_000,
  },
];

export async function scriptRows(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const script of SCRIPTS) rows.push(await row(script));
  return rows;
}

async function row({ name, lua, keys, args, times }: Script): Promise<Row> {
  const world = new World({ slice: latin1Slice, wasm: nodeWasm });
  const link = world.createServer().connect({ peer: { write() {}, close() {} } });
  const bytes = request("EVAL", lua, String(keys.length), ...keys, ...args);
  const prototype = new PrototypeLua();
  /** Calls a second of CPU time. */
  const rate = (run: () => unknown): number => {
    const microseconds = cpuMicroseconds(() => {
      for (let i = 0; i < times; i++) run();
    });
    return (times * 1e6) / microseconds;
  };
  const result = await interleaved(
    ROUNDS,
    () => rate(() => link.receive(bytes)),
    () => rate(() => prototype.receive(bytes)),
  );
  return {
    name,
    compared: "rate of the engine / of a bare host",
    ratio: result.ratio,
    bound: { atLeast: 0.5 },
    detail: `${(result.ours / 1e3).toFixed(0)}k/s / ${(result.theirs / 1e3).toFixed(0)}k/s`,
  };
}
