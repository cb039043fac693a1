/** What clients of a primary and its replicas do, drawn by chance: data, transactions, scripts, waits, and roles that change. */
import type { Random } from "../../core/kernel/random.ts";
import { CLIENTS_PER_NODE, type Words } from "../nodes/company.ts";
import { drawOne, type Draw, type Draws } from "../nodes/draws.ts";
import type { Deed } from "../nodes/turns.ts";

export type ReplicaDeed = Deed & {
  /** Roles change, or links break: what comes of it takes a while. */
  readonly upsets?: boolean;
};

export const NODES = 3;

export class Deeds {
  readonly #random: Random;
  readonly #draws: Draws;
  /** Whom each node follows. */
  readonly #following: (number | undefined)[] = [undefined, 0, 0];
  /** Clients that have said MULTI. */
  readonly #queueing = new Set<number>();
  #entries = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#draws = [...this.#data(), ...this.#blocking(), ...this.#connections(), ...this.#servers()];
  }

  /** The next one, for a client that does not wait. */
  next(waiting: ReadonlySet<number>): ReplicaDeed {
    if (this.#random.chance(0.02)) return this.#upset();
    let client = this.#client();
    while (waiting.has(client)) client = this.#client();
    let words = this.#draw();
    while (this.#queueing.has(client) && DEPENDENT.has(words[0]!)) words = this.#draw();
    if (words[0] === "MULTI") this.#queueing.add(client);
    if (["EXEC", "DISCARD", "RESET"].includes(words[0]!)) this.#queueing.delete(client);
    return { client, words };
  }

  /** Whom each node follows, as far as it was ordered. */
  get following(): readonly (number | undefined)[] {
    return this.#following;
  }

  /** Mostly one of a primary. */
  #client(): number {
    const primaries = this.#nodes((node) => this.#following[node] === undefined);
    const node = this.#random.chance(0.6) ? this.#of(primaries) : this.#random.int(0, NODES - 1);
    return node * CLIENTS_PER_NODE + this.#random.int(0, CLIENTS_PER_NODE - 2);
  }

  #nodes(wanted: (node: number) => boolean): number[] {
    return Array.from({ length: NODES }, (_, node) => node).filter(wanted);
  }

  /** Somebody follows another one or nobody, changes places with a replica, or loses its connections. */
  #upset(): ReplicaDeed {
    const node = this.#random.int(0, NODES - 1);
    const order = (...words: Words): ReplicaDeed => ({ client: keeperOf(node), words, upsets: true });
    const others = this.#nodes((other) => other !== node && !this.#isBelow(other, node));
    const replicas = this.#nodes((other) => this.#following[other] === node);
    switch (this.#random.int(0, 4)) {
      case 0:
        this.#following[node] = undefined;
        return order(this.#of(["REPLICAOF", "SLAVEOF"]), "NO", "ONE");
      case 1:
      case 2: {
        if (others.length === 0) return order("REPLICAOF", "127.0.0.1", "x");
        const primary = this.#of(others);
        this.#following[node] = primary;
        return order("REPLICAOF", "127.0.0.1", `$port-${primary}`);
      }
      case 3: {
        if (this.#following[node] !== undefined || replicas.length === 0) return order("FAILOVER");
        const next = this.#of(replicas);
        this.#following[next] = undefined;
        this.#following[node] = next;
        return order("FAILOVER", "TO", "127.0.0.1", `$port-${next}`);
      }
      default:
        return order("CLIENT", "KILL", "TYPE", this.#of(["replica", "slave", "master", "pubsub"]));
    }
  }

  /** Whether a node follows another one, by however many in between. */
  #isBelow(node: number, above: number): boolean {
    for (let at = this.#following[node]; at !== undefined; at = this.#following[at]) if (at === above) return true;
    return false;
  }

  #draw(): Words {
    return drawOne(this.#random, this.#draws);
  }

  #of<T>(choices: readonly T[]): T {
    return choices[this.#random.int(0, choices.length - 1)]!;
  }

  #key(): string {
    return this.#of(["a", "b", "c"]);
  }

  #value(): string {
    return String(this.#random.int(0, 99));
  }

  #data(): (readonly [number, Draw])[] {
    return [
      [6, () => ["SET", this.#key(), this.#value()]],
      [1, () => ["SET", this.#key(), this.#value(), "EX", "1000", "GET"]],
      [1, () => ["SET", this.#key(), this.#value(), this.#of(["NX", "XX", "KEEPTTL"])]],
      [1, () => ["GETEX", this.#key(), this.#of(["PERSIST", "EXAT"]), ...this.#of([[], ["1"]])]],
      [6, () => ["GET", this.#key()]],
      [3, () => ["INCR", this.#key()]],
      [1, () => ["INCRBYFLOAT", this.#key(), "0.25"]],
      [2, () => ["DEL", this.#key(), this.#key()]],
      [1, () => ["EXPIRE", this.#key(), this.#of(["1000", "-1"])]],
      [1, () => ["PERSIST", this.#key()]],
      [4, () => ["RPUSH", `${this.#key()}list`, this.#value(), this.#value()]],
      [2, () => ["LPOP", `${this.#key()}list`]],
      [2, () => ["LRANGE", `${this.#key()}list`, "0", "-1"]],
      [2, () => ["HSET", `${this.#key()}hash`, this.#key(), this.#value()]],
      [1, () => ["HGET", `${this.#key()}hash`, this.#key()]],
      [2, () => ["ZADD", `${this.#key()}zset`, this.#value(), this.#key()]],
      [1, () => ["ZPOPMIN", `${this.#key()}zset`]],
      [1, () => ["ZRANGE", `${this.#key()}zset`, "0", "-1", "WITHSCORES"]],
      [2, () => ["XADD", `${this.#key()}stream`, `${++this.#entries}-1`, "f", "v"]],
      [1, () => ["XGROUP", "CREATE", `${this.#key()}stream`, "group", "0", "MKSTREAM"]],
      [1, () => ["XREADGROUP", "GROUP", "group", "one", "COUNT", "2", "STREAMS", `${this.#key()}stream`, ">"]],
      [1, () => ["SELECT", this.#of(["0", "1"])]],
      [1, () => ["MOVE", this.#key(), "1"]],
      [1, () => ["COPY", this.#key(), this.#key(), "REPLACE"]],
      [1, () => ["SWAPDB", "0", "1"]],
      [1, () => ["DBSIZE"]],
      [1, () => ["TYPE", this.#key()]],
      [1, () => [this.#of(["FLUSHDB", "FLUSHALL"])]],
      [2, () => ["EVAL", "return redis.call('SET', KEYS[1], ARGV[1])", "1", this.#key(), this.#value()]],
      [1, () => ["EVAL", "return redis.call('GET', KEYS[1])", "1", this.#key()]],
      [1, () => ["EVAL", "#!lua flags=no-writes\nreturn redis.call('GET', KEYS[1])", "1", this.#key()]],
      [1, () => ["EVAL", "#!lua\nreturn redis.pcall('SET', KEYS[1], 'x')", "1", this.#key()]],
      [1, () => ["EVAL", "#!lua flags=allow-stale\nreturn 1", "0"]],
      [1, () => ["EVAL_RO", "return redis.pcall('SET', KEYS[1], 'x')", "1", this.#key()]],
      [1, () => ["FUNCTION", "LOAD", "REPLACE", `#!lua name=lib\n${FUNCTION}`]],
      [1, () => ["FCALL", "f", "1", this.#key()]],
      [1, () => ["FCALL_RO", "g", "1", this.#key()]],
      [1, () => ["FUNCTION", "FLUSH"]],
    ];
  }

  #blocking(): (readonly [number, Draw])[] {
    return [
      [2, () => ["BLPOP", `${this.#key()}list`, "0"]],
      [1, () => ["BLMOVE", `${this.#key()}list`, `${this.#key()}list`, "LEFT", "RIGHT", "0"]],
      [1, () => ["BZPOPMIN", `${this.#key()}zset`, "0"]],
      [1, () => ["XREAD", "BLOCK", "0", "STREAMS", `${this.#key()}stream`, "$"]],
      [2, () => ["WAIT", this.#of(["0", "1", "2", "3", "3"]), String(WAIT_MS)]],
      [1, () => ["WAIT", "1", "-1"]],
      [2, () => ["WAITAOF", this.#of(["0", "1", "1", "2"]), this.#of(["0", "1", "2", "3"]), String(WAIT_MS)]],
    ];
  }

  #connections(): (readonly [number, Draw])[] {
    return [
      [3, () => ["MULTI"]],
      [3, () => ["EXEC"]],
      [1, () => ["DISCARD"]],
      [1, () => ["WATCH", this.#key()]],
      [1, () => ["RESET"]],
      [1, () => ["SUBSCRIBE", "news"]],
      [1, () => ["UNSUBSCRIBE", "news"]],
      [2, () => ["PUBLISH", "news", "said"]],
      [1, () => ["CLIENT", "TRACKING", this.#of(["ON", "OFF"])]],
      [1, () => ["READONLY"]],
    ];
  }

  #servers(): (readonly [number, Draw])[] {
    return [
      [4, () => ["ROLE"]],
      [2, () => ["INFO", "replication"]],
      [1, () => ["CONFIG", "SET", "replica-read-only", this.#of(["yes", "yes", "no"])]],
      [1, () => ["CONFIG", "SET", "min-replicas-to-write", this.#of(["0", "0", "1", "2"])]],
      [1, () => ["CONFIG", "SET", "replica-serve-stale-data", this.#of(["yes", "no"])]],
      [1, () => ["REPLICAOF", this.#of(["NO", "nowhere"]), this.#of(["x", "70000", "-1"])]],
      [1, () => ["FAILOVER", ...this.#of([["ABORT"], ["TO", "nowhere", "1"], ["FORCE"], ["TIMEOUT", "0"], ["NOW"]])]],
      [1, () => ["REPLCONF", ...this.#of([["nonsense", "1"], ["ack"], ["listening-port", "x"], ["capa", "x"]])]],
      [1, () => ["CLIENT", "KILL", "TYPE", "pubsub"]],
      [1, () => ["DEBUG", "DIGEST-VALUE", this.#key(), `${this.#key()}list`, `${this.#key()}hash`]],
    ];
  }
}

/** How long clients wait for replicas. */
export const WAIT_MS = 60;

/** Within EXEC, or when roles change meanwhile, these show how fast a deployment is. */
export const DEPENDENT: ReadonlySet<string> = new Set(["WAIT", "WAITAOF"]);

const FUNCTION = [
  "redis.register_function('f', function(keys) return redis.call('INCR', keys[1]) end)",
  "redis.register_function{function_name = 'g', callback = function(keys) return redis.call('GET', keys[1]) end, flags = {'no-writes'}}",
].join("\n");

/** The client of a node that gives orders and does nothing else. */
function keeperOf(node: number): number {
  return (node + 1) * CLIENTS_PER_NODE - 1;
}
