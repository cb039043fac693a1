/** Sentinels beside servers over TCP, one side real and the other simulated: the primary dies, and clients carry on. */
import { Redis } from "ioredis";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createSentinel } from "redis";
import { createRedouble, type Redouble } from "../../adapters/redouble.ts";
import { dialOutside, listen, type Listener } from "../../adapters/tcp/index.ts";
import { primaryWithReplicas, sentinel } from "../../core/index.ts";
import { repliesIn } from "../format/case.ts";
import type { Bytes } from "../format/escapes.ts";
import type { Expected } from "../format/expected.ts";
import { plainText, readReply, type Reply } from "../format/reply.ts";
import type { ProfileName } from "../profiles.ts";
import { loadCaseFiles } from "../runner/load-cases.ts";
import { freePort } from "../servers/ports.ts";
import { endProcess, lastWords, startListening } from "../servers/real-process.ts";
import { startRealServer } from "../servers/real-server.ts";
import { encodeCommand, OwnConnection } from "../targets/own-connection.ts";
import { connectSocket } from "../targets/socket.ts";

export type BesideOptions = {
  readonly profile: ProfileName;
  /** Of the real server, which is the Sentinel too. */
  readonly program: string;
  /** What Redouble plays. */
  readonly ours: "servers" | "sentinels";
};

/** What came of it. */
export type Beside = {
  /** What the Sentinel that led has told, `+sdown master mymaster 127.0.0.1 6379`, as cases have it. */
  readonly events: readonly string[];
  /** What clients read, once they could write again. */
  readonly read: { readonly ioredis: string | null; readonly nodeRedis: string | null };
};

const HOST = "127.0.0.1";
const DOWN_AFTER_MS = 1500;

/** Half of a deployment, over TCP. */
type Side<Extra> = Extra & { stop(): Promise<void> };
type Servers = Side<{ readonly ports: readonly number[]; crashPrimary(): void }>;
type Sentinels = Side<{ readonly ports: readonly number[] }>;

/** Plays it once. Throws where something does not happen within half a minute. */
export async function failOverBeside({ profile, program, ours }: BesideOptions): Promise<Beside> {
  const servers = ours === "servers" ? await ownServers(profile) : await realServers(program);
  const [primary = 0] = servers.ports;
  const sentinels = ours === "servers" ? await realSentinels(program, primary) : await ownSentinels(profile, primary);
  const clients = await Promise.all([ioredisClient(sentinels.ports), nodeRedisClient(sentinels.ports)]);
  try {
    const [leader = 0, ...others] = sentinels.ports;
    await until(() => Promise.all(sentinels.ports.map(hasMetAll)).then((met) => met.every(Boolean)));
    // One that needs nobody's agreement and notices last: it is the one that leads, as in the case.
    await ask(
      leader,
      "SENTINEL",
      "SET",
      "mymaster",
      "quorum",
      "1",
      "down-after-milliseconds",
      String(2 * DOWN_AFTER_MS),
    );
    for (const other of others) await ask(other, "SENTINEL", "SET", "mymaster", "quorum", "4");
    const told = await listenTo(leader);
    const expected = recordedEvents(profile);
    for (const client of clients) await client.write("before");
    servers.crashPrimary();
    await until(async () => told.events.length >= expected.length);
    told.stop();
    const id = await ask(leader, "SENTINEL", "MYID");
    const [ioredis, nodeRedis] = clients;
    for (const client of clients)
      await until(() =>
        client.write("after").then(
          () => true,
          () => false,
        ),
      );
    return {
      events: told.events.map((event) => asInCases(event, { id, ports: servers.ports })),
      read: { ioredis: await ioredis.read(), nodeRedis: await nodeRedis.read() },
    };
  } finally {
    for (const client of clients) client.stop();
    await sentinels.stop();
    await servers.stop();
  }
}

/** What real Sentinels told when a real primary crashed, as it is recorded. */
export function recordedEvents(profile: ProfileName): string[] {
  const file = loadCaseFiles().find(({ path: name }) => name === "sentinel/failover.resp");
  const step = file?.cases[0]?.steps.findLast(
    ({ kind, ...rest }) => kind === "gets" && "connection" in rest && rest.connection === "e@sentinel-1",
  );
  if (step?.kind !== "gets") throw new Error("the case of a primary that crashes is not there");
  return (repliesIn(step.replies, { profile, protocol: "resp2" }) ?? []).flatMap(eventOf);
}

function eventOf(message: Expected | Reply): string[] {
  if (message.kind !== "aggregate") return [];
  const [kind, , channel, text] = (message.items ?? []).map((item) => ("payload" in item ? item.payload : ""));
  return kind === "pmessage" ? [`${channel ?? ""} ${text ?? ""}`] : [];
}

function asInCases(event: string, { id, ports }: { readonly id: string; readonly ports: readonly number[] }): string {
  const named = event.replaceAll(id, "$id-sentinel-1");
  return ports.reduce((text, port, nth) => text.replaceAll(String(port), String(6379 + nth)), named);
}

// The servers.

async function ownServers(profile: ProfileName): Promise<Servers> {
  const port = await freePort([1]);
  const redouble = own(profile, { port, topology: primaryWithReplicas({ replicas: 1 }) });
  const close = await serve(redouble, ["primary", "replica-1"]);
  return {
    ports: [port, port + 1],
    crashPrimary() {
      redouble.clock.enter();
      redouble.named("primary").engine.lifecycle.crash();
      redouble.clock.leave();
    },
    stop: close,
  };
}

async function realServers(program: string): Promise<Servers> {
  const primary = await startRealServer(program);
  const replica = await startRealServer(program, ["--replicaof", `${HOST} ${primary.port}`]);
  await until(async () => (await ask(replica.port, "INFO", "replication")).includes("master_link_status:up"));
  return {
    ports: [primary.port, replica.port],
    crashPrimary: () => primary.stop(),
    async stop() {
      primary.stop();
      replica.stop();
    },
  };
}

// The Sentinels.

async function realSentinels(program: string, primary: number): Promise<Sentinels> {
  const first = await freePort([1, 2]);
  const ports = [first, first + 1, first + 2];
  const directory = mkdtempSync(path.join(tmpdir(), "redouble-sentinels-"));
  const started = ports.map((port) => {
    const file = path.join(directory, `${port}.conf`);
    writeFileSync(file, [`port ${port}`, `bind ${HOST}`, `dir ${directory}`, ...directives(primary), ""].join("\n"));
    return startListening({ program, directory, args: [file, "--sentinel"] }, { host: HOST, port });
  });
  const sentinels = await Promise.all(started);
  if (sentinels.some(({ outcome }) => outcome !== "listens")) throw new Error(`no Sentinels:\n${lastWords(directory)}`);
  return {
    ports,
    async stop() {
      await Promise.all(sentinels.map(({ child }) => endProcess(child)));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** They are told of a primary outside of their world, as real ones would be: SENTINEL MONITOR. */
async function ownSentinels(profile: ProfileName, primary: number): Promise<Sentinels> {
  const port = await freePort([20_000, 20_001, 20_002]);
  const redouble = own(profile, { port, topology: sentinel({ replicas: 0, sentinels: 3 }) });
  const names = ["sentinel-1", "sentinel-2", "sentinel-3"];
  const stop = await serve(redouble, names);
  const ports = names.map((name) => redouble.named(name).engine.address.port);
  for (const each of ports) {
    await ask(each, "SENTINEL", "REMOVE", "mymaster");
    for (const line of directives(primary)) {
      const [, what = "", ...words] = line.split(" ");
      if (what === "monitor") await ask(each, "SENTINEL", "MONITOR", ...words);
      else await ask(each, "SENTINEL", "SET", words[0] ?? "", what, ...words.slice(1));
    }
  }
  return { ports, stop };
}

function directives(primary: number): string[] {
  return [
    `sentinel monitor mymaster ${HOST} ${primary} 2`,
    `sentinel down-after-milliseconds mymaster ${DOWN_AFTER_MS}`,
    "sentinel failover-timeout mymaster 6000",
  ];
}

/** It knows the replica and both others, and is connected to all of them. */
async function hasMetAll(port: number): Promise<boolean> {
  const replicas = await ask(port, "SENTINEL", "REPLICAS", "mymaster");
  const others = await ask(port, "SENTINEL", "SENTINELS", "mymaster");
  return (
    /master-link-status ok/.test(replicas) &&
    others.split("runid").length === 3 &&
    !/disconnected|_down/.test(replicas + others)
  );
}

// What both sides need.

function own(profile: ProfileName, { port, topology }: { port: number; topology: Redouble["topology"] }): Redouble {
  return createRedouble({
    profile,
    clock: "wall",
    asDefault: false,
    keepCommands: 0,
    addresses: [`${HOST}:${port}`],
    config: topology.kind === "sentinel" ? {} : { "repl-diskless-sync-delay": "0" },
    topology,
  });
}

/** Opens the ports of servers; call what it gives to stop them all. */
async function serve(redouble: Redouble, names: readonly string[]): Promise<() => Promise<void>> {
  const stopDialling = dialOutside(redouble);
  const listeners: Listener[] = [];
  for (const name of names) {
    listeners.push(await listen({ redouble, server: name, port: redouble.named(name).engine.address.port }));
  }
  return async () => {
    stopDialling();
    redouble.stop();
    await Promise.all(listeners.map((listener) => listener.close()));
  };
}

async function listenTo(port: number): Promise<{ readonly events: string[]; stop(): void }> {
  const events: string[] = [];
  let buffer: Bytes = "";
  const connection = await connectSocket(
    { host: HOST, port },
    {
      onBytes(bytes) {
        buffer += bytes;
        for (let read = readReply(buffer); read; read = readReply(buffer)) {
          buffer = buffer.slice(read.next);
          events.push(...eventOf(read.reply));
        }
      },
      onClose() {},
    },
  );
  connection.send(encodeCommand(["PSUBSCRIBE", "*"]));
  return { events, stop: () => connection.close() };
}

async function ask(port: number, ...words: readonly Bytes[]): Promise<string> {
  const connection = await OwnConnection.connect({ host: HOST, port });
  try {
    return allTextOf(await connection.ask(...words));
  } finally {
    connection.close();
  }
}

function allTextOf(reply: Reply): string {
  if (reply.kind === "aggregate") return (reply.items ?? []).map(allTextOf).join(" ");
  return plainText(reply)?.slice(1) ?? "";
}

// Applications, with the clients that they have.

type Application = { write(value: string): Promise<unknown>; read(): Promise<string | null>; stop(): void };

async function ioredisClient(ports: readonly number[]): Promise<Application> {
  const client = new Redis({ name: "mymaster", sentinels: ports.map((port) => ({ host: HOST, port })) });
  client.on("error", () => {});
  return {
    write: (value) => client.set("ioredis", value),
    read: () => client.get("ioredis"),
    stop: () => client.disconnect(),
  };
}

async function nodeRedisClient(ports: readonly number[]): Promise<Application> {
  const client = createSentinel({ name: "mymaster", sentinelRootNodes: ports.map((port) => ({ host: HOST, port })) });
  client.on("error", () => {});
  await client.connect();
  return {
    write: (value) => client.set("node-redis", value),
    read: () => client.get("node-redis"),
    stop: () => void client.destroy(),
  };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error("it does not happen within half a minute");
    await sleep(50);
  }
}
