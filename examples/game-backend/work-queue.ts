// A queue of jobs on a stream: every job is done at least once, whoever crashes, and one that nobody can do is put aside.
import type { Redis } from "ioredis";

export interface Job {
  readonly id: string;
  readonly type: string;
  readonly payload: unknown;
}

export interface WorkQueueOptions {
  /** A worker that holds a job for so long has crashed; another one may take it. Default a minute. */
  readonly abandonedAfterMs?: number;
  /** How often a job is handed out before it is put aside. Default 3. */
  readonly mostDeliveries?: number;
  /** For how long an idempotency key is known. Default a day. */
  readonly rememberMs?: number;
}

export interface EnqueueOptions {
  /** What is enqueued several times under one key is done once: a client sends what was not answered again. */
  readonly idempotencyKey?: string;
}

/** Does a job. When it throws, the job is tried again once it is abandoned. */
export type Handler = (job: Job) => Promise<void> | void;

export interface WorkOptions {
  /** How long to wait for a job; it needs a connection of its own. Default: not at all. */
  readonly waitMs?: number;
}

/** What became of one turn of work: `repeated` had been enqueued before, `buried` had been handed out too often. */
export type Outcome = "idle" | "done" | "failed" | "repeated" | "buried";

type Entry = [id: string, words: string[]];

const GROUP = "workers";

export class WorkQueue {
  readonly #redis: Redis;
  readonly #name: string;
  readonly #abandonedAfterMs: number;
  readonly #mostDeliveries: number;
  readonly #rememberMs: number;

  constructor(
    redis: Redis,
    name: string,
    { abandonedAfterMs = 60_000, mostDeliveries = 3, rememberMs = 86_400_000 }: WorkQueueOptions = {},
  ) {
    this.#redis = redis;
    this.#name = name;
    this.#abandonedAfterMs = abandonedAfterMs;
    this.#mostDeliveries = mostDeliveries;
    this.#rememberMs = rememberMs;
  }

  /** Makes the queue where there is none; every process calls it when it starts. */
  async open(): Promise<void> {
    try {
      await this.#redis.xgroup("CREATE", this.#stream, GROUP, "0", "MKSTREAM");
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith("BUSYGROUP"))) throw error;
    }
  }

  /** Adds a job and gives its id. */
  async enqueue(type: string, payload: unknown, { idempotencyKey }: EnqueueOptions = {}): Promise<string> {
    const words = ["type", type, "payload", JSON.stringify(payload)];
    if (idempotencyKey !== undefined) words.push("key", idempotencyKey);
    return (await this.#redis.xadd(this.#stream, "*", ...words))!;
  }

  /** One turn of a worker: does an abandoned job if there is one, else a new one. */
  async work(worker: string, handler: Handler, { waitMs }: WorkOptions = {}): Promise<Outcome> {
    const entry = (await this.#claim(worker)) ?? (await this.#read(worker, waitMs));
    if (entry === undefined) return "idle";
    const [id, words] = entry;
    if ((await this.#deliveries(id)) > this.#mostDeliveries) return this.#bury(id, words);
    if (await this.#isRepeated(id, fieldOf(words, "key"))) {
      await this.#finish(id);
      return "repeated";
    }
    try {
      await handler(jobOf(entry));
    } catch {
      return "failed";
    }
    await this.#finish(id);
    return "done";
  }

  /** Jobs that are not done yet, those under way included. */
  async size(): Promise<number> {
    return this.#redis.xlen(this.#stream);
  }

  /** Jobs that nobody could do, the oldest first. */
  async buried(): Promise<Job[]> {
    return (await this.#redis.xrange(this.#graveyard, "-", "+")).map(jobOf);
  }

  get #stream(): string {
    return `queue:${this.#name}`;
  }

  get #graveyard(): string {
    return `queue:${this.#name}:buried`;
  }

  /** Takes over one job whose worker has not been heard of. Jobs in good hands are passed by, a few at a time. */
  async #claim(worker: string): Promise<Entry | undefined> {
    let cursor = "0-0";
    do {
      const idleMs = this.#abandonedAfterMs;
      const reply = await this.#redis.xautoclaim(this.#stream, GROUP, worker, idleMs, cursor, "COUNT", 1);
      const [next, entries] = reply as [cursor: string, entries: Entry[]];
      if (entries.length > 0) return entries[0];
      cursor = next;
    } while (cursor !== "0-0");
    return undefined;
  }

  async #read(worker: string, waitMs: number | undefined): Promise<Entry | undefined> {
    const reply =
      waitMs === undefined
        ? await this.#redis.xreadgroup("GROUP", GROUP, worker, "COUNT", 1, "STREAMS", this.#stream, ">")
        : await this.#redis.xreadgroup(
            "GROUP",
            GROUP,
            worker,
            "COUNT",
            1,
            "BLOCK",
            waitMs,
            "STREAMS",
            this.#stream,
            ">",
          );
    const [first] = (reply ?? []) as [stream: string, entries: Entry[]][];
    return first?.[1][0];
  }

  async #deliveries(id: string): Promise<number> {
    const [pending] = (await this.#redis.xpending(this.#stream, GROUP, id, id, 1)) as PendingEntry[];
    return pending?.[3] ?? 0;
  }

  /** The first entry under a key is the job. It may come again, when its worker crashed; any other one is a copy. */
  async #isRepeated(id: string, key: string | undefined): Promise<boolean> {
    if (key === undefined) return false;
    const name = `queue:${this.#name}:key:${key}`;
    const first = await this.#redis.set(name, id, "PX", this.#rememberMs, "NX", "GET");
    return first !== null && first !== id;
  }

  async #bury(id: string, words: readonly string[]): Promise<Outcome> {
    await this.#redis
      .multi()
      .xadd(this.#graveyard, "*", ...words, "was", id)
      .xack(this.#stream, GROUP, id)
      .xdel(this.#stream, id)
      .exec();
    return "buried";
  }

  async #finish(id: string): Promise<void> {
    await this.#redis.multi().xack(this.#stream, GROUP, id).xdel(this.#stream, id).exec();
  }
}

type PendingEntry = [id: string, worker: string, idleMs: number, deliveries: number];

function jobOf([id, words]: Entry): Job {
  return {
    id: fieldOf(words, "was") ?? id,
    type: fieldOf(words, "type") ?? "",
    payload: JSON.parse(fieldOf(words, "payload") ?? "null") as unknown,
  };
}

/** Names are never values: each field has an even place. */
function fieldOf(words: readonly string[], name: string): string | undefined {
  const at = words.findIndex((word, i) => i % 2 === 0 && word === name);
  return at === -1 ? undefined : words[at + 1];
}
