// A simulated server as a test holds it: load it, look into it, ask what it was sent. Text and buffers, never byte strings.
import type { Server } from "../core/index.ts";
import { CommandLog, type ReceivedCommand } from "./command-log.ts";
import { OwnClient, type RedisValue } from "./own-client.ts";
import { toBytes, type Argument } from "./text.ts";
import { durationMs, type Duration } from "./time/duration.ts";

/** A value to load. */
export type LoadedValue = string | number | bigint | Uint8Array;

/** A value with a time to live. */
export interface ExpiringValue<V = LoadedValue, T = Duration> {
  readonly value: V;
  readonly ttl: T;
}

/** What `dump` shows of a key; the time to live is in milliseconds. */
export type DumpedValue = RedisValue | ExpiringValue<RedisValue, number>;

export interface ServerHandleOptions {
  /** How many received commands to keep; 0 keeps none. */
  readonly keepCommands: number;
  /** What has to be brought up to date before the server is asked, and told afterwards: the clock. */
  readonly clock: () => { enter(): void; leave(): void };
}

export class ServerHandle {
  readonly #log: CommandLog;
  #server: Server;
  readonly #clock: ServerHandleOptions["clock"];
  #client: OwnClient | undefined;

  constructor(server: Server, { keepCommands, clock }: ServerHandleOptions) {
    this.#clock = clock;
    this.#log = new CommandLog(keepCommands);
    this.#server = server;
    this.#log.tap(server);
  }

  /** The engine's server behind this handle. */
  get engine(): Server {
    return this.#server;
  }

  /** How faults and traces call it. */
  get name(): string {
    return this.#server.name;
  }

  /** The commands that applications sent, in order, refused ones included. What this handle does itself is not among them. */
  get commands(): readonly ReceivedCommand[] {
    return this.#log.all;
  }

  /**
   * Runs a command, past all faults: `server.call("GET", "key")`. Replies come as JavaScript values.
   *
   * @throws CommandError for an error reply
   */
  call(...command: readonly [name: string, ...args: readonly Argument[]]): RedisValue {
    const clock = this.#clock();
    clock.enter();
    this.#client ??= new OwnClient(this.#server);
    try {
      return this.#client.call(command);
    } finally {
      clock.leave();
    }
  }

  /** Writes keys: `load({ greeting: "hello", session: { value: "abc", ttl: "30m" } })`. */
  load(keys: Readonly<Record<string, LoadedValue | ExpiringValue>>): void {
    for (const [key, entry] of Object.entries(keys)) {
      if (isExpiring(entry)) this.call("SET", key, entry.value, "PX", Math.ceil(durationMs(entry.ttl)));
      else this.call("SET", key, entry);
    }
  }

  /** Everything in the database, by key in byte order; `{ value, ttl }` where a key has a time to live. */
  dump(): Readonly<Record<string, DumpedValue>> {
    return Object.fromEntries(
      this.keys().map((key) => {
        const ttl = this.ttl(key);
        const value = this.#read(key);
        return [String(key), ttl === null ? value : { value, ttl }];
      }),
    );
  }

  /** The keys that match a glob pattern, in byte order. */
  keys(pattern = "*"): (string | Buffer)[] {
    const keys = this.call("KEYS", pattern) as (string | Buffer)[];
    return keys.toSorted((a, b) => (toBytes(a) < toBytes(b) ? -1 : 1));
  }

  /** Milliseconds that a key has left; null when it lives for ever. */
  ttl(key: string | Uint8Array): number | null {
    const left = this.call("PTTL", key);
    if (left === -2) throw new Error(`There is no key ${JSON.stringify(String(key))}, so it has no time to live.`);
    return left === -1 ? null : (left as number);
  }

  /** Puts a fresh server in the place of the old one; for `Redouble.reset`. */
  replace(server: Server): void {
    this.#client = undefined;
    this.#server = server;
    this.#log.clear();
    this.#log.tap(server);
  }

  #read(key: string | Buffer): RedisValue {
    const type = this.call("TYPE", key);
    if (type === "string") return this.call("GET", key);
    throw new Error(
      `dump() cannot show the key ${JSON.stringify(String(key))}: it holds a value of type ${type as string}.`,
    );
  }
}

function isExpiring(entry: LoadedValue | ExpiringValue): entry is ExpiringValue {
  return typeof entry === "object" && !(entry instanceof Uint8Array);
}
