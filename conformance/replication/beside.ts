/** Replication with real servers, both ways: random writes, links that break, and the same data on both sides in the end. */
import fc from "fast-check";
import { setTimeout as sleep } from "node:timers/promises";
import { createRedouble, type Redouble } from "../../adapters/redouble.ts";
import { dialOutside, listen } from "../../adapters/tcp/index.ts";
import { startRealServer } from "../servers/real-server.ts";
import type { Bytes } from "../format/escapes.ts";
import type { ProfileName } from "../profiles.ts";
import { encodeCommand, OwnConnection } from "../targets/own-connection.ts";
import { connectSocket } from "../targets/socket.ts";
import { acts } from "./acts.ts";
import { FreshElements } from "./fresh-elements.ts";

export type BesideOptions = {
  readonly profile: ProfileName;
  /** Of the real server. */
  readonly program: string;
  /** Who is whose replica. */
  readonly ours: "primary" | "replica";
  /** Writes and reads, drawn at random, that the primary is sent. */
  readonly commands: number;
  readonly seed: number;
  /** The link breaks so many times on the way. */
  readonly breaks: number;
  readonly onProgress?: (commands: number) => void;
};

export type Beside = {
  readonly commands: number;
  readonly fullSyncs: number;
  readonly partialSyncs: number;
  /** Of the stream. */
  readonly sizeBytes: number;
  /** DEBUG DIGEST on both sides. */
  readonly digest: Bytes;
};

const BATCH = 500;

/** Throws where the two hold different data in the end. */
export async function replicateBeside(options: BesideOptions): Promise<Beside> {
  const real = await startRealServer(
    options.program,
    Object.entries(CONFIG).flatMap(([name, value]) => [`--${name}`, value]),
  );
  const redouble = createRedouble({
    profile: options.profile,
    clock: "wall",
    seed: options.seed,
    asDefault: false,
    keepCommands: 0,
    config: CONFIG,
  });
  const listener = await listen({ redouble });
  const stopDialling = dialOutside(redouble);
  const ours = side(redouble);
  const theirs = await OwnConnection.connect({ host: "127.0.0.1", port: real.port });
  const askReal = async (...words: readonly Bytes[]): Promise<Bytes> => textOf(await theirs.ask(...words));
  const askOurs = (...words: readonly Bytes[]): Promise<Bytes> => Promise.resolve(ours.ask(words));
  const [primary, replica] = options.ours === "primary" ? [askOurs, askReal] : [askReal, askOurs];
  const feed = options.ours === "primary" ? ours.feed : await realFeed(real.port);
  try {
    await replica("REPLICAOF", "127.0.0.1", String(options.ours === "primary" ? listener.port : real.port));
    await until(async () => (await replica("INFO", "replication")).includes("master_link_status:up"));
    const commands = await write({ ...options, feed, breakLink: () => primary("CLIENT", "KILL", "TYPE", "replica") });
    const digest = await sameDigest(primary, replica);
    const stats = await primary("INFO", "everything");
    return {
      commands,
      fullSyncs: numberIn(stats, "sync_full"),
      partialSyncs: numberIn(stats, "sync_partial_ok"),
      sizeBytes: numberIn(stats, "master_repl_offset"),
      digest,
    };
  } finally {
    stopDialling();
    await listener.close();
    redouble.stop();
    theirs.close();
    real.stop();
  }
}

/** Of both. A transfer begins at once, and however long a busy machine takes to mend a link, what it missed is still there. */
const CONFIG = { "enable-debug-command": "yes", "repl-diskless-sync-delay": "0", "repl-backlog-size": "256mb" };

type Feed = (requests: readonly (readonly Bytes[])[]) => Promise<void>;

type WriteOptions = BesideOptions & { readonly feed: Feed; readonly breakLink: () => Promise<Bytes> };

async function write({ profile, commands, seed, breaks, feed, breakLink, onProgress }: WriteOptions): Promise<number> {
  const elements = new FreshElements();
  let sent = 0;
  let broken = 0;
  for (let batch = 0; sent < commands; batch++) {
    const requests = fc
      .sample(acts(profile, BATCH), { numRuns: 1, seed: seed + batch })
      .flat()
      .flatMap((act) => ("requests" in act ? act.requests : []))
      .map((words) => elements.rename(words));
    await feed([...requests, ["DISCARD"], ["SELECT", "0"]]);
    sent += requests.length;
    onProgress?.(sent);
    if (broken < breaks && sent > ((broken + 1) * commands) / (breaks + 1)) {
      broken++;
      await breakLink();
    }
  }
  return sent;
}

async function sameDigest(primary: (...words: Bytes[]) => Promise<Bytes>, replica: typeof primary): Promise<Bytes> {
  let pair: readonly Bytes[] = [];
  // What lapses between the two questions parts them for a moment.
  for (let attempt = 0; attempt < 5; attempt++) {
    await until(async () => {
      const [here, there] = await Promise.all([primary("INFO", "replication"), replica("INFO", "replication")]);
      return numberIn(here, "master_repl_offset") === numberIn(there, "slave_repl_offset");
    });
    pair = await Promise.all([primary("DEBUG", "DIGEST"), replica("DEBUG", "DIGEST")]);
    if (pair[0] === pair[1]) return pair[0]!;
    await sleep(300);
  }
  throw new Error(`primary and replica hold different data: ${pair.join(" and ")}`);
}

function side(redouble: Redouble): { ask: (words: readonly Bytes[]) => Bytes; feed: Feed } {
  let received = "";
  const link = redouble.main.connect({ own: true, peer: { write: (bytes) => void (received += bytes), close() {} } });
  const receive = (requests: readonly (readonly Bytes[])[]): void => {
    redouble.clock.enter();
    link.receive(Buffer.from(requests.map(encodeCommand).join(""), "latin1"));
    redouble.clock.leave();
  };
  return {
    ask(words) {
      received = "";
      receive([words]);
      return received.trimEnd();
    },
    async feed(requests) {
      receive(requests);
      received = "";
      await sleep(0); // sockets have their turn
    },
  };
}

async function realFeed(port: number): Promise<Feed> {
  let seen = "";
  let arrived = (): void => {};
  const connection = await connectSocket(
    { host: "127.0.0.1", port },
    {
      onBytes(bytes) {
        seen = (seen + bytes).slice(-MARK.length);
        if (seen === MARK) arrived();
      },
      onClose() {},
    },
  );
  return async (requests) => {
    await new Promise<void>((resolve) => {
      arrived = resolve;
      connection.send([...requests, ["ECHO", "end-of-batch"]].map(encodeCommand).join(""));
    });
    seen = "";
  };
}

const MARK = "$12\r\nend-of-batch\r\n";

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error("the replica does not catch up within half a minute");
    await sleep(20);
  }
}

function numberIn(info: Bytes, name: string): number {
  return Number(new RegExp(`${name}:(\\d+)`).exec(info)?.[1] ?? Number.NaN);
}

function textOf(reply: Awaited<ReturnType<OwnConnection["ask"]>>): Bytes {
  if (reply.kind === "line") return reply.text;
  return reply.kind === "bulk" ? (reply.payload ?? "") : "";
}
