/**
 * One measurement of one client, in a process of its own: `client-rate.ts <client> <far end> [port]` prints commands a
 * second: of CPU time where both ends live here, so that a busy machine spoils no ratio, of real time over loopback.
 * Two far ends in one process would spoil each other's inline caches.
 */
import net from "node:net";
import { Redis } from "ioredis";
import { createClient } from "redis";
// The built package, by its name: what a user runs.
import { createRedouble } from "redouble";
import { RedoubleConnector } from "redouble/ioredis";
import { intercept } from "redouble/net";
import { BareStub, connectorTo, DuplexStub } from "./stubs.ts";

const WARM_UP_COMMANDS = 20_000;
const WINDOWS = 12;
const COMMANDS = 4_000;
/** Over a real socket a command costs a hundred times as much, and nothing has to become fast first. */
const LOOPBACK_COMMANDS = 500;

type Commands = {
  set(key: string, value: string): Promise<unknown>;
  get(key: string): Promise<unknown>;
};

/** SET and GET in turns, each awaited. */
async function sequence(client: Commands, commands: number): Promise<void> {
  for (let i = 0; i < commands; i += 2) {
    await client.set(`key:${i % 100}`, "0123456789");
    await client.get(`key:${i % 100}`);
  }
}

/** Microseconds. */
const elapsed =
  process.argv[3] === "loopback"
    ? (): number => performance.now() * 1e3
    : (): number => {
        const { user, system } = process.cpuUsage();
        return user + system;
      };

/** The best of some windows: neighbours only ever take away. */
async function rate(client: Commands, commands: number, warmUpCommands: number): Promise<number> {
  await sequence(client, warmUpCommands);
  let best = 0;
  for (let window = 0; window < WINDOWS; window++) {
    const from = elapsed();
    await sequence(client, commands);
    best = Math.max(best, (commands * 1e6) / (elapsed() - from));
  }
  return best;
}

const enableReadyCheck = false;

type FarEnds = Readonly<Record<string, (port: number) => Commands | Promise<Commands>>>;

const ioredis: FarEnds = {
  redouble: () => {
    createRedouble({ clock: "virtual" });
    return new Redis({ Connector: RedoubleConnector as never, enableReadyCheck });
  },
  "duplex-stub": () => new Redis({ Connector: connectorTo(DuplexStub) as never, enableReadyCheck }),
  "bare-stub": () => new Redis({ Connector: connectorTo(BareStub) as never, enableReadyCheck }),
  loopback: (port) => new Redis({ port, enableReadyCheck }),
  mock: async () => new (await import("ioredis-mock")).default(),
};

const commandOptions = { timeout: 0 } as never;

async function nodeRedis(url: string): Promise<Commands> {
  const client = createClient({ url, commandOptions });
  await client.connect();
  return client;
}

async function nodeRedisTo(stub: () => unknown): Promise<Commands> {
  net.createConnection = stub as never;
  return nodeRedis("redis://127.0.0.1:1");
}

const nodeRedisEnds: FarEnds = {
  redouble: () => {
    createRedouble({ clock: "virtual", addresses: ["redouble.test:6379"] });
    intercept();
    return nodeRedis("redis://redouble.test:6379");
  },
  "duplex-stub": () => nodeRedisTo(() => new DuplexStub()),
  "bare-stub": () => nodeRedisTo(() => new BareStub()),
  loopback: (port) => nodeRedis(`redis://127.0.0.1:${port}`),
};

const [client = "", farEnd = "", port = "0"] = process.argv.slice(2);
const connect = (client === "ioredis" ? ioredis : nodeRedisEnds)[farEnd];
if (connect === undefined) throw new Error(`No client ${client} with a far end ${farEnd}.`);
const connected = await connect(Number(port));
console.log(
  farEnd === "loopback"
    ? await rate(connected, LOOPBACK_COMMANDS, LOOPBACK_COMMANDS)
    : await rate(connected, COMMANDS, WARM_UP_COMMANDS),
);
process.exit(0);
