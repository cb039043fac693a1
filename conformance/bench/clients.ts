/** The real clients in process, one command after the other: against a stub that answers +OK, a real server, and ioredis-mock. */
import net from "node:net";
import { Duplex } from "node:stream";
import { Redis } from "ioredis";
import RedisMock from "ioredis-mock";
import { createClient } from "redis";
import { createRedouble } from "../../adapters/index.ts";
import { RedoubleConnector } from "../../adapters/ioredis/index.ts";
import { intercept } from "../../adapters/net/index.ts";
import type { RealServer } from "./real-server.ts";
import { interleaved, type Row } from "./row.ts";

const COMMANDS = 4_000;

type Commands = {
  set(key: string, value: string): Promise<unknown>;
  get(key: string): Promise<unknown>;
};

/** Commands a second, SET and GET in turns, each awaited. */
async function rate(client: Commands): Promise<number> {
  const from = process.hrtime.bigint();
  for (let i = 0; i < COMMANDS; i += 2) {
    await client.set(`key:${i % 100}`, "0123456789");
    await client.get(`key:${i % 100}`);
  }
  return COMMANDS / (Number(process.hrtime.bigint() - from) / 1e9);
}

/** Answers +OK to every request in the next microtask, whatever it says: the most that a client can do. */
class StubStream extends Duplex {
  connecting = true;
  remoteAddress = "127.0.0.1";
  remotePort = 1;

  constructor() {
    super({ decodeStrings: false });
    setImmediate(() => {
      this.connecting = false;
      this.emit("connect");
      this.emit("ready");
    });
  }

  override _read(): void {}

  override _write(chunk: Buffer | string, _encoding: string, done: () => void): void {
    const text = typeof chunk === "string" ? chunk : chunk.toString("latin1");
    const requests = text.split("*").length - 1;
    const reply = text.includes("HELLO") ? `%0\r\n${"+OK\r\n".repeat(requests - 1)}` : "+OK\r\n".repeat(requests);
    queueMicrotask(() => this.push(Buffer.from(reply)));
    done();
  }

  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

class StubConnector {
  #stream: StubStream | undefined;

  connect(): Promise<StubStream> {
    this.#stream = new StubStream();
    return Promise.resolve(this.#stream);
  }

  disconnect(): void {
    this.#stream?.destroy();
  }

  check(): boolean {
    return true;
  }
}

export async function clientRows(real: RealServer | undefined): Promise<Row[]> {
  return [...(await ioredisRows(real)), ...(await nodeRedisRows(real))];
}

async function ioredisRows(real: RealServer | undefined): Promise<Row[]> {
  const redouble = createRedouble({ clock: "virtual" });
  const ours = new Redis({ Connector: RedoubleConnector as never, enableReadyCheck: false });
  const stub = new Redis({ Connector: StubConnector as never, enableReadyCheck: false });
  const mock = new RedisMock();
  const overLoopback = real && new Redis({ port: real.port, enableReadyCheck: false });
  const rows = [
    await compare("ioredis 6 in process", "Redouble / stub stream", ours, stub, 0.6),
    ...(overLoopback
      ? [await compare("ioredis 6 in process", "Redouble / real Redis over loopback", ours, overLoopback)]
      : []),
    await compare("ioredis 6 in process", "Redouble / ioredis-mock", ours, mock),
  ];
  for (const client of [ours, stub, overLoopback]) client?.disconnect();
  mock.disconnect();
  redouble.stop();
  return rows;
}

async function nodeRedisRows(real: RealServer | undefined): Promise<Row[]> {
  const redouble = createRedouble({ clock: "virtual", addresses: ["redouble.test:6379"] });
  const interception = intercept();
  const commandOptions = { timeout: 0 } as never;
  const ours = createClient({ url: "redis://redouble.test:6379", commandOptions });
  await ours.connect();
  const dial = net.createConnection;
  net.createConnection = (() => new StubStream()) as never;
  const stub = createClient({ url: "redis://127.0.0.1:1", commandOptions });
  await stub.connect();
  net.createConnection = dial;
  const overLoopback = real && createClient({ url: `redis://127.0.0.1:${real.port}`, commandOptions });
  await overLoopback?.connect();
  const rows = [
    await compare("node-redis 6 in process", "Redouble / stub stream", ours, stub, 0.6),
    ...(overLoopback
      ? [await compare("node-redis 6 in process", "Redouble / real Redis over loopback", ours, overLoopback)]
      : []),
  ];
  for (const client of [ours, stub, overLoopback]) client?.destroy();
  interception.restore();
  redouble.stop();
  return rows;
}

async function compare(
  name: string,
  compared: string,
  ours: Commands,
  theirs: Commands,
  atLeast?: number,
): Promise<Row> {
  const result = await interleaved(
    7,
    () => rate(ours),
    () => rate(theirs),
  );
  return {
    name,
    compared,
    ratio: result.ratio,
    ...(atLeast === undefined ? {} : { bound: { atLeast } }),
    detail: `${thousands(result.ours)} / ${thousands(result.theirs)} commands a second`,
  };
}

function thousands(rate: number): string {
  return `${(rate / 1e3).toFixed(0)}k`;
}
