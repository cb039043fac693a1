// Clients that wait for keys: first blocked, first served, after the unit that wrote (blocked.c: handleClientsBlockedOnKeys).
import type { Bytes } from "../kernel/bytes.ts";
import type { Timer } from "../kernel/scheduler.ts";
import type { ResolvedCommand } from "../commands/command-table.ts";
import type { BlockRequest } from "../commands/context.ts";
import type { UnblockReason } from "../commands/ports.ts";
import type { Holds } from "../keyspace/keyspace-host.ts";
import { typeOf, type TypeName, type Value } from "../keyspace/value.ts";
import type { Client } from "./client.ts";
import type { Server } from "./server.ts";

/** A command that waits, with all that it takes to go on with it. */
export interface WaitingCommand {
  readonly command: ResolvedCommand;
  readonly argv: readonly Bytes[];
  readonly request: BlockRequest;
}

const INSTANCE_STATE_CHANGED =
  "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)";

/** How a wait ended that no key ended. */
export type WaitEnd = "answered" | "time" | `unblocked by ${UnblockReason}`;

interface Waiter extends WaitingCommand {
  readonly client: Client;
  readonly places: readonly Place[];
  timer: Timer | undefined;
}

/** A key of a database for which somebody waits. */
interface Place {
  readonly db: number;
  readonly key: Bytes;
  /** In the order of their coming. */
  readonly waiters: Set<Waiter>;
}

export class Blocking {
  readonly #server: Server;
  /** Of each database, the keys for which somebody waits. */
  readonly #places = new Map<number, Map<Bytes, Place>>();
  readonly #byClient = new Map<Client, Waiter>();
  readonly #byType = new Map<TypeName, number>();
  /** What is to be looked at when the unit is over, in the order in which it became so; grows while it is served. */
  readonly #ready = new Set<Place>();
  #serving = false;

  constructor(server: Server) {
    this.#server = server;
  }

  /** Clients that wait. */
  get size(): number {
    return this.#byClient.size;
  }

  /** Those of them whose wait ends by itself. */
  get timed(): number {
    return [...this.#byClient.values()].filter(({ timer }) => timer !== undefined).length;
  }

  /** Waits end now that keys are ready. */
  get serving(): boolean {
    return this.#serving;
  }

  /** Somebody waits for a key. */
  get awaited(): boolean {
    return this.#places.size > 0;
  }

  /** How many keys are waited for; those whose loss is heeded, where only they are meant. */
  keys(heedingLoss = false): number {
    const places = [...this.#places.values()].flatMap((each) => [...each.values()]);
    return heedingLoss ? places.filter(heedsLoss).length : places.length;
  }

  block(client: Client, db: number, waiting: WaitingCommand): void {
    const { keys, type, timeoutMs } = waiting.request;
    const places = [...new Set(keys)].map((key) => this.#place(db, key));
    const waiter: Waiter = { ...waiting, client, places, timer: undefined };
    for (const { waiters } of places) waiters.add(waiter);
    this.#byClient.set(client, waiter);
    this.#countType(type, 1);
    client.suspended = true;
    if (waiting.request.awaitsReplicas) {
      this.#server.replication.own.requestAcknowledgement();
      this.#server.appendOnly.written.rearm();
    }
    if (timeoutMs === 0) return;
    // A wait is over when its time has passed, not when it has come.
    const at = this.#server.clock.worldTime(this.#server.now + timeoutMs + 1);
    waiter.timer = this.#server.world.schedule(at, () => this.#timeOut(waiter));
  }

  /** What clients sent behind a wait runs when every wait that ends at this instant is over. */
  #timeOut(waiter: Waiter): void {
    const { world } = this.#server;
    this.#end(waiter, "time");
    world.schedule(world.now, () => this.#server.outbox.flushAll());
  }

  #countType(type: TypeName | undefined, change: 1 | -1): void {
    if (type === undefined) return;
    const count = (this.#byType.get(type) ?? 0) + change;
    if (count > 0) this.#byType.set(type, count);
    else this.#byType.delete(type);
  }

  #place(db: number, key: Bytes): Place {
    let places = this.#places.get(db);
    if (places === undefined) this.#places.set(db, (places = new Map<Bytes, Place>()));
    let place = places.get(key);
    if (place === undefined) places.set(key, (place = { db, key, waiters: new Set() }));
    return place;
  }

  /** A key has come to hold a value, or the value has grown: whoever waits for it is tried when the unit is over. */
  ready(db: number, key: Bytes, value: Value): void {
    const place = this.#places.get(db)?.get(key);
    if (place !== undefined && this.#byType.has(typeOf(value))) this.#ready.add(place);
  }

  /** A key holds a value no longer. */
  lost(db: number, key: Bytes, value: Value): void {
    const place = this.#places.get(db)?.get(key);
    if (place !== undefined && this.#byType.has(typeOf(value)) && heedsLoss(place)) this.#ready.add(place);
  }

  /** The content of a database was exchanged, or flushed. */
  exchanged(db: number, before: Holds, after: Holds): void {
    for (const key of this.#places.get(db)?.keys() ?? []) {
      const [old, value] = [before(key), after(key)];
      if (value !== undefined) this.ready(db, key, value);
      if (old !== undefined && (value === undefined || typeOf(value) !== typeOf(old))) this.lost(db, key, old);
    }
  }

  /** Tries the waiters of every key that is ready, until no service makes another key ready. */
  serve(): void {
    if (this.#serving || this.#ready.size === 0) return;
    this.#serving = true;
    for (const place of this.#ready) {
      this.#ready.delete(place);
      for (const waiter of Array.from(place.waiters)) this.#try(waiter, place);
    }
    this.#serving = false;
  }

  #try(waiter: Waiter, place: Place): void {
    const { client, request, command, argv } = waiter;
    if (!place.waiters.has(waiter)) return;
    const { databases, pausing, effects, profile } = this.#server;
    effects.begin();
    const value = databases[place.db]!.look(place.key);
    const concerned = request.heedsLoss || (value !== undefined && typeOf(value) === request.type);
    const runsAgain = !profile.can.servesWrittenKeyAlone;
    if (concerned && runsAgain && pausing.holds(command, argv, client)) this.#postpone(waiter);
    else if (concerned && client.execution.retry(waiter, place.key)) this.#release(waiter);
    else if (concerned && runsAgain) moveToTheEnd(waiter);
    effects.end();
  }

  /** Commands are held back, this one too: it begins anew when they are not. */
  #postpone(waiter: Waiter): void {
    const { client, request, argv } = waiter;
    this.#remove(waiter);
    this.#server.pausing.postpone(client, request.again ?? argv);
  }

  /** CLIENT UNBLOCK; false where the client does not wait. */
  unblock(client: Client, reason: UnblockReason): boolean {
    const waiter = this.#byClient.get(client);
    if (waiter === undefined || (waiter.request.endless && reason === "timeout")) return false;
    this.#end(waiter, `unblocked by ${reason}`);
    return true;
  }

  /** A replica has told how far it is: whoever waits for that is tried. */
  acknowledgementCame(): void {
    for (const waiter of Array.from(this.#byClient.values())) {
      const { client, places } = waiter;
      if (places.length === 0 && client.execution.retry(waiter, "")) this.#release(waiter);
    }
  }

  /** Whoever waits for keys that are elsewhere now gets the error that says so. */
  redirect(where: (client: Client, waiting: WaitingCommand) => Bytes | undefined): void {
    for (const waiter of Array.from(this.#byClient.values())) {
      const { client, places } = waiter;
      const error = places.length === 0 ? undefined : where(client, waiter);
      if (error !== undefined) this.finish(client, () => client.reply.error(error));
    }
  }

  /** The server is something else to others now: who waits for keys must come again (blocked.c: disconnectAllBlockedClients). */
  disconnectAll(): void {
    for (const { client } of Array.from(this.#byClient.values())) {
      this.finish(client, () => client.reply.error(INSTANCE_STATE_CHANGED));
      client.closeAfterReply();
    }
  }

  /** Ends a wait for something else than keys; `answer` replies. */
  finish(client: Client, answer: () => void): void {
    const waiter = this.#byClient.get(client);
    if (waiter) this.#end(waiter, "answered", answer);
  }

  #end(waiter: Waiter, how: WaitEnd, answer = waiter.request.timedOut): void {
    waiter.client.execution.endWait(waiter, how, answer);
    this.#release(waiter);
  }

  /** The process is gone: nobody waits any more. */
  stop(): void {
    for (const waiter of Array.from(this.#byClient.values())) {
      this.#remove(waiter);
      waiter.client.suspended = false;
    }
  }

  /** The client is gone. */
  forget(client: Client): void {
    const waiter = this.#byClient.get(client);
    if (waiter) this.#remove(waiter);
  }

  #release(waiter: Waiter): void {
    const { client } = waiter;
    if (client.closed) return; // a fault has taken the reply, and the connection with it
    this.#remove(waiter);
    client.suspended = false;
    this.#server.outbox.resume(client);
  }

  #remove(waiter: Waiter): void {
    const { client, timer, request, places } = waiter;
    timer?.cancel();
    this.#byClient.delete(client);
    this.#countType(request.type, -1);
    for (const { db, key, waiters } of places) {
      waiters.delete(waiter);
      if (waiters.size > 0) continue;
      const inDatabase = this.#places.get(db)!;
      inDatabase.delete(key);
      if (inDatabase.size === 0) this.#places.delete(db);
    }
  }
}

function heedsLoss({ waiters }: Place): boolean {
  for (const { request } of waiters) if (request.heedsLoss) return true;
  return false;
}

/** A command that ran again, and waits again, has lost its turn. */
function moveToTheEnd(waiter: Waiter): void {
  for (const { waiters } of waiter.places) {
    waiters.delete(waiter);
    waiters.add(waiter);
  }
}
