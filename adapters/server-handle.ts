// A simulated server as a test holds it: load it, look into it, ask what it was sent. Text and buffers, never byte strings.
import { durationMs, show, type Server } from "../core/index.ts";
import { CommandLog, type CommandCount, type CountedCommand, type ReceivedCommand } from "./command-log.ts";
import { OwnClient, type RedisValue } from "./own-client.ts";
import { toBytes, type Argument } from "./text.ts";
import {
  isExpiring,
  isPlainObject,
  readValue,
  writeValue,
  type DumpedValue,
  type ExpiringValue,
  type LoadedValue,
} from "./values.ts";

export interface ServerHandleOptions {
  /** How many received commands to keep; 0 keeps none. */
  readonly keepCommands: number;
  readonly count: CommandCount;
  /** What has to be brought up to date before the server is asked, and told afterwards: the clock. */
  readonly clock: () => { enter(): void; leave(): void };
}

export class ServerHandle {
  readonly #log: CommandLog;
  #server: Server;
  readonly #clock: ServerHandleOptions["clock"];
  #client: OwnClient | undefined;

  constructor(server: Server, { keepCommands, count, clock }: ServerHandleOptions) {
    this.#clock = clock;
    this.#log = new CommandLog(keepCommands, count);
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
    return this.#log.all.map(({ command }) => command);
  }

  /** The same with their places among those of all servers; for `Redouble.commands`. */
  get counted(): readonly CountedCommand[] {
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

  /**
   * Writes keys: `load({ greeting: "hello", session: { value: "abc", ttl: "30m" }, queue: ["a", "b"] })`. `LoadedValue` says
   * which shape is which type.
   */
  load(keys: Readonly<Record<string, LoadedValue | ExpiringValue>>): void {
    if (!isPlainObject(keys)) throw new TypeError(`load takes an object of keys, not ${show(keys)}.`);
    for (const [key, entry] of Object.entries(keys)) {
      const { value, ttl } = isExpiring(entry) ? entry : { value: entry, ttl: null };
      writeValue(this, key, value);
      if (ttl !== null) this.call("PEXPIRE", key, Math.ceil(durationMs(ttl)));
    }
  }

  /**
   * Everything in the database, by key in byte order; `{ value, ttl }` where a key has a time to live. So that `load` takes
   * it for what it is, a hash of just these two fields comes with its ttl, and be it null.
   */
  dump(): Readonly<Record<string, DumpedValue | ExpiringValue<DumpedValue, number | null>>> {
    return Object.fromEntries(
      this.keys().map((key) => {
        const ttl = this.ttl(key);
        const value = readValue(this, key, { fieldTTLs: true });
        return [String(key), ttl === null && !isExpiring(value) ? value : { value, ttl }];
      }),
    );
  }

  /** The keys that match a glob pattern, in byte order. */
  keys(pattern = "*"): (string | Buffer)[] {
    const keys = this.call("KEYS", pattern) as (string | Buffer)[];
    return keys.toSorted((a, b) => (toBytes(a) < toBytes(b) ? -1 : 1));
  }

  /** A file of the server's disk, by its path from `dir`: `dump.rdb` after SAVE. Undefined where there is none. */
  file(path: string): Buffer | undefined {
    const { disk } = this.#server;
    const content = disk.read(disk.pathOf(path));
    return content === undefined ? undefined : Buffer.from(content, "latin1");
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
}
