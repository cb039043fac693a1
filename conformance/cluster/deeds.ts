/** What clients of a cluster do, drawn by chance: data, transactions, scripts, channels, and slots that move under them. */
import { hashSlot } from "../../core/kernel/crc16.ts";
import type { Random } from "../../core/kernel/random.ts";
import type { Family } from "../profiles.ts";
import { CLIENTS_PER_NODE, type Words } from "../nodes/company.ts";
import { drawOne, type Draw, type Draws } from "../nodes/draws.ts";
import type { Deed } from "../nodes/turns.ts";
import type { Handover } from "./handover.ts";

export type ClusterDeed = Deed & {
  /** Nodes tell each other of it, which takes a moment. */
  readonly spreads?: boolean;
  /** A primary and its replica change places. */
  readonly handover?: Handover;
};

const PRIMARIES = 3;
const TAGS = "abcdefghijklmno".split("");
const KEYS_PER_TAG = 4;

/** A slot on its way from one shard to another. */
type Move = { readonly tag: string; readonly from: number; readonly to: number; step: number };

export class Deeds {
  readonly #random: Random;
  /** The shard that has a slot. */
  readonly #owners = new Map<number, number>();
  /** The node that serves for each shard; the other one, three further on or back, is its replica. */
  readonly #primaries = Array.from({ length: PRIMARIES }, (_, shard) => shard);
  readonly #draws: Draws;
  readonly #family: Family;
  /** Clients that have said MULTI. */
  readonly #queueing = new Set<number>();
  #move: Move | undefined;
  #entries = 0;

  constructor(random: Random, family: Family) {
    this.#random = random;
    this.#family = family;
    this.#draws = [...this.#data(), ...this.#connections(), ...this.#channels(), ...this.#cluster(family)];
  }

  /** The next one, for a client that does not wait. */
  next(waiting: ReadonlySet<number>): ClusterDeed {
    if (this.#random.chance(0.1)) return this.#step();
    let words = this.#draw();
    let client = this.#client(words);
    while (waiting.has(client)) client = this.#anybody();
    while (!this.#mayAsk(client, words)) words = this.#draw();
    return { client, words };
  }

  /** Remembers what a client is in. */
  #mayAsk(client: number, words: Words): boolean {
    const [name] = words;
    // A SETSLOT that was queued crashes Valkey 8.1: it would wait for replicas where nothing may wait.
    if (this.#family === "valkey" && this.#queueing.has(client) && words[1] === "SETSLOT") return false;
    // A script that declares no key and reads one makes later commands of a transaction of Redis 8.0 look in the wrong slot.
    if (this.#family === "redis" && this.#queueing.has(client) && name === "EVAL" && words[2] === "0") return false;
    // A replica that is told to follow another shard does so, and the pairs of this story would be others.
    const serves = this.#primaries.includes(Math.floor(client / CLIENTS_PER_NODE));
    if (words[1] === "REPLICATE" && words[2] !== "nobody" && !serves) return false;
    if (name === "MULTI") this.#queueing.add(client);
    if (name === "EXEC" || name === "DISCARD" || name === "RESET") this.#queueing.delete(client);
    return true;
  }

  /** Mostly one of a node that has to do with the key, if there is one. */
  #client(words: Words): number {
    const tag = words.map((word) => /^\{(\w)\}/.exec(word)?.[1]).find((found) => found !== undefined);
    if (tag === undefined || this.#random.chance(0.3)) return this.#anybody();
    const move = this.#move?.tag === tag ? this.#move : undefined;
    const shard = move === undefined ? this.#ownerOf(hashSlot(tag)) : this.#of([move.from, move.to]);
    return this.#clientOf(this.#random.chance(0.8) ? this.#primaries[shard]! : this.#replicaOf(shard));
  }

  #anybody(): number {
    return this.#clientOf(this.#random.int(0, 2 * PRIMARIES - 1));
  }

  #clientOf(node: number): number {
    return node * CLIENTS_PER_NODE + this.#random.int(0, CLIENTS_PER_NODE - 2);
  }

  #draw(): Words {
    return drawOne(this.#random, this.#draws);
  }

  #of<T>(choices: readonly T[]): T {
    return choices[this.#random.int(0, choices.length - 1)]!;
  }

  #tag(): string {
    return this.#move !== undefined && this.#random.chance(0.6) ? this.#move.tag : this.#of(TAGS);
  }

  #key(tag = this.#tag()): string {
    return `{${tag}}${this.#random.int(0, KEYS_PER_TAG - 1)}`;
  }

  /** Keys of one slot, mostly. */
  #keys(count = this.#random.int(2, 3)): string[] {
    const tag = this.#tag();
    return Array.from({ length: count }, () => this.#key(this.#random.chance(0.95) ? tag : this.#tag()));
  }

  #list(): string {
    return `{${this.#tag()}}list`;
  }

  #replicaOf(shard: number): number {
    return (this.#primaries[shard]! + PRIMARIES) % (2 * PRIMARIES);
  }

  #ownerOf(slot: number): number {
    return this.#owners.get(slot) ?? Math.min(PRIMARIES - 1, Math.floor((slot * PRIMARIES) / 16_384));
  }

  /** The next step of a slot that moves, or the first of another. */
  #step(): ClusterDeed {
    if (this.#move === undefined && this.#random.chance(0.2)) return this.#failOver();
    const move = (this.#move ??= this.#beginning());
    const slot = String(hashSlot(move.tag));
    const names = [...Array.from({ length: KEYS_PER_TAG }, (_, nth) => `{${move.tag}}${nth}`), `{${move.tag}}list`];
    const at = (shard: number, ...words: Words): ClusterDeed => ({ client: keeperOf(this.#primaries[shard]!), words });
    const [from, to] = [move.from, move.to].map((shard) => `$id-${this.#primaries[shard]!}`);
    const target = `$port-${this.#primaries[move.to]!}`;
    const migrate = (...keys: readonly string[]): ClusterDeed =>
      at(move.from, "MIGRATE", "127.0.0.1", target, "", "0", "5000", "KEYS", ...keys);
    switch (move.step++) {
      case 0:
        return at(move.to, "CLUSTER", "SETSLOT", slot, "IMPORTING", from!);
      case 1:
        return at(move.from, "CLUSTER", "SETSLOT", slot, "MIGRATING", to!);
      case 2:
        return migrate(...names.filter(() => this.#random.chance(0.4)), names[0]!);
      case 3:
        if (this.#random.chance(0.8)) return migrate(...names);
        // It is thought better of, and what has gone stays where it is.
        move.step = 6;
        return at(move.from, "CLUSTER", "SETSLOT", slot, "STABLE");
      case 4:
        return { ...at(move.to, "CLUSTER", "SETSLOT", slot, "NODE", to!), spreads: true };
      case 5:
        this.#owners.set(Number(slot), move.to);
        this.#move = undefined;
        return { ...at(move.from, "CLUSTER", "SETSLOT", slot, "NODE", to!), spreads: true };
      default:
        this.#move = undefined;
        return { ...at(move.to, "CLUSTER", "SETSLOT", slot, "STABLE"), spreads: true };
    }
  }

  /** By agreement, without the primary, or without anybody. */
  #failOver(): ClusterDeed {
    const shard = this.#random.int(0, PRIMARIES - 1);
    const handover = { from: this.#primaries[shard]!, to: this.#replicaOf(shard) };
    this.#primaries[shard] = handover.to;
    const how = this.#of([[], ["FORCE"], ["TAKEOVER"]]);
    return { client: keeperOf(handover.to), words: ["CLUSTER", "FAILOVER", ...how], handover };
  }

  #beginning(): Move {
    const tag = this.#of(TAGS);
    const from = this.#ownerOf(hashSlot(tag));
    return { tag, from, to: (from + this.#random.int(1, PRIMARIES - 1)) % PRIMARIES, step: 0 };
  }

  #data(): (readonly [number, Draw])[] {
    const value = (): string => String(this.#random.int(0, 99));
    return [
      [8, () => ["SET", this.#key(), value()]],
      [8, () => ["GET", this.#key()]],
      [4, () => ["INCR", this.#key()]],
      [4, () => ["DEL", ...this.#keys(1)]],
      [3, () => ["EXISTS", ...this.#keys()]],
      [5, () => ["MGET", ...this.#keys()]],
      [4, () => ["MSET", ...this.#keys(2).flatMap((key) => [key, value()])]],
      [2, () => ["RENAME", ...this.#keys(2)]],
      [2, () => ["COPY", ...this.#keys(2), "REPLACE"]],
      [2, () => ["UNLINK", ...this.#keys()]],
      [1, () => ["BITOP", "AND", ...this.#keys(3)]],
      [1, () => ["OBJECT", "ENCODING", this.#key()]],
      [1, () => ["SORT", this.#list(), "BY", `{${this.#tag()}}*`]],
      [1, () => ["SORT", this.#list(), "GET", `${this.#of(TAGS)}*`]],
      [1, () => ["DBSIZE"]],
      [1, () => ["KEYS", this.#of(["*", `{${this.#tag()}}*`])]],
      [1, () => ["SELECT", this.#of(["0", "1"])]],
      [1, () => ["MOVE", this.#key(), "1"]],
      [1, () => ["COPY", this.#key(), this.#key(), "DB", "1"]],
      [1, () => ["SWAPDB", "0", "1"]],
      [5, () => ["RPUSH", this.#list(), value()]],
      [3, () => ["LPOP", this.#list()]],
      [5, () => ["BLPOP", this.#list(), "0"]],
      [1, () => ["BLMOVE", this.#list(), this.#list(), "LEFT", "RIGHT", "0"]],
      [1, () => ["BLMPOP", "0", "2", this.#list(), this.#list(), "LEFT"]],
      [2, () => ["XADD", `{${this.#tag()}}stream`, `${++this.#entries}-1`, "f", "v"]],
      [2, () => ["XREAD", "BLOCK", "0", "STREAMS", `{${this.#tag()}}stream`, `${this.#entries + 1}`]],
      [3, () => ["EVAL", "return redis.call('GET', KEYS[1])", "1", this.#key()]],
      [2, () => ["EVAL", "return redis.call('SET', KEYS[1], ARGV[1])", "1", this.#key(), value()]],
      [2, () => ["EVAL", "return redis.call('GET', ARGV[1])", "1", this.#key(), this.#key()]],
      [2, () => ["EVAL", "return redis.call('GET', ARGV[1])", "0", this.#key()]],
      [2, () => ["EVAL", "#!lua\nreturn redis.call('GET', ARGV[1])", "1", this.#key(), this.#key()]],
      [
        1,
        () => ["EVAL", "#!lua flags=allow-cross-slot-keys\nreturn redis.call('GET', ARGV[1])", "1", ...this.#keys(2)],
      ],
      [1, () => ["EVAL", "#!lua flags=no-cluster\nreturn 1", "0"]],
      [1, () => ["EVAL_RO", "return redis.pcall('GET', KEYS[1])", "1", this.#key()]],
      [1, () => ["EVAL", "return redis.call('MGET', KEYS[1], KEYS[2])", "2", ...this.#keys(2)]],
    ];
  }

  #connections(): (readonly [number, Draw])[] {
    return [
      [5, () => ["READONLY"]],
      [2, () => ["READWRITE"]],
      [9, () => ["ASKING"]],
      [5, () => ["MULTI"]],
      [5, () => ["EXEC"]],
      [1, () => ["DISCARD"]],
      [2, () => ["WATCH", ...this.#keys(1)]],
      [1, () => ["UNWATCH"]],
      [1, () => ["RESET"]],
      [1, () => ["PING"]],
      [1, () => ["RESTORE-ASKING", this.#key(), "0", "nonsense"]],
    ];
  }

  #channels(): (readonly [number, Draw])[] {
    const channel = (): string => `{${this.#tag()}}channel`;
    return [
      [4, () => ["SSUBSCRIBE", channel()]],
      [1, () => ["SSUBSCRIBE", channel(), channel()]],
      [2, () => ["SUNSUBSCRIBE"]],
      [1, () => ["SUNSUBSCRIBE", channel()]],
      [5, () => ["SPUBLISH", channel(), "said"]],
      [1, () => ["SUBSCRIBE", "news"]],
      [2, () => ["UNSUBSCRIBE"]],
      [2, () => ["PUBLISH", "news", "said"]],
      [1, () => ["PUBSUB", "SHARDCHANNELS"]],
      [1, () => ["PUBSUB", "SHARDNUMSUB", channel()]],
    ];
  }

  #cluster(family: Family): (readonly [number, Draw])[] {
    const node = (): string =>
      this.#of(["$id-0", "$id-1", "$id-2", "$id-3", "$id-4", "$id-5", "0".repeat(40), "nobody"]);
    const slot = (): string => this.#of([String(hashSlot(this.#tag())), "16384", "-1", "many"]);
    const ask = (...words: Words): Words => ["CLUSTER", ...words];
    return [
      [2, () => ask("SLOTS")],
      [2, () => ask("NODES")],
      [2, () => ask("SHARDS")],
      [2, () => ask("INFO")],
      [1, () => ask("LINKS")],
      [1, () => ask("MYID")],
      [1, () => ask("MYSHARDID")],
      [1, () => ask("KEYSLOT", this.#key())],
      [2, () => ask("COUNTKEYSINSLOT", slot())],
      [2, () => ask("GETKEYSINSLOT", slot(), this.#of(["100", "0", "-1"]))],
      [1, () => ask("REPLICAS", node())],
      [1, () => ask("SLAVES", node())],
      [1, () => ask("COUNT-FAILURE-REPORTS", node())],
      [1, () => ask("FORGET", this.#of(["nobody", "0".repeat(40)]))],
      [1, () => ask("SET-CONFIG-EPOCH", this.#of(["0", "5", "-1", "x"]))],
      [1, () => ask("ADDSLOTS", slot())],
      [1, () => ask("ADDSLOTSRANGE", this.#of(["5", "0", "x"]), slot())],
      [1, () => ask("DELSLOTS", this.#of(["16384", "x", "-1"]))],
      [1, () => ask("SETSLOT", slot(), "NODE", this.#of(["nobody", "$id-3", "$id-5"]))],
      [1, () => ask("SETSLOT", slot(), "IMPORTING", this.#of(["nobody", "$id-3"]))],
      [1, () => ask("SETSLOT", slot(), "MIGRATING", this.#of(["nobody", "$id-4"]))],
      [1, () => ask("SETSLOT", slot(), this.#of(["STABLE", "NOWHERE", "NODE"]))],
      [1, () => ask("REPLICATE", this.#of(["nobody", "$id-3", "$id-4"]))],
      [1, () => ask("MEET", "nowhere", "1")],
      [1, () => ask("FAILOVER", this.#of(["NOW", "x"]))],
      [1, () => ask("RESET", "NOW")],
      [1, () => ask("SAVECONFIG")],
      [1, () => ask("NONSENSE")],
      [1, () => ["INFO", "cluster"]],
      ...(family === "valkey"
        ? ([
            [1, () => ask("SLOT-STATS", "SLOTSRANGE", "0", "20")],
            [1, () => ask("SLOT-STATS", "ORDERBY", "KEY-COUNT", "LIMIT", "3", "DESC")],
            [1, () => ask("SETSLOT", slot(), "STABLE", "TIMEOUT", "x")],
          ] as const)
        : []),
    ];
  }
}

/** The client of a node that sees to slots and to nothing else. */
function keeperOf(node: number): number {
  return (node + 1) * CLIENTS_PER_NODE - 1;
}
