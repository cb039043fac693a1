// CLIENT TRACKING: which clients hold copies of which keys, and what they are told when those change (tracking.c).
import type { Bytes } from "../kernel/bytes.ts";
import { Dict } from "../kernel/dict.ts";
import type { Random } from "../kernel/random.ts";
import type { ClientPort, TrackingMode, TrackingPort, TrackingState } from "../commands/ports.ts";
import { Push, type PushPart } from "../resp/push.ts";
import type { Server } from "./server.ts";

/** The channel on which clients in RESP2 are told what others hold copies of. */
const INVALIDATION_CHANNEL = "__redis__:invalidate";

/** Keys that one command may drop from a table that is too large; more for each command that left it so. */
const DROPPED_AT_ONCE = 100;

/** Clients that want to know of every key with a prefix, and the keys of this turn with the client that changed each. */
interface Broadcast {
  readonly clients: Set<ClientPort>;
  readonly changed: Map<Bytes, ClientPort | undefined>;
}

export class Tracking implements TrackingPort {
  readonly #server: Server;
  readonly #random: Random;
  /** Key -> the numbers of the clients that have read it, those that are gone included. */
  readonly #readers = new Dict<Set<number>>();
  #items = 0;
  readonly #broadcasts = new Map<Bytes, Broadcast>();
  #mustBroadcast = false;
  #clients = 0;
  /** What clients must be told of their own commands, behind the replies; null is everything. */
  #own: { readonly client: ClientPort; readonly key: Bytes | null }[] = [];
  #overfullCommands = 0;

  constructor(server: Server, random: Random) {
    this.#server = server;
    this.#random = random;
  }

  /** Clients with tracking turned on. */
  get clients(): number {
    return this.#clients;
  }

  /** Keys that somebody has read. */
  get keys(): number {
    return this.#readers.size;
  }

  /** The same, counted for each of their readers. */
  get items(): number {
    return this.#items;
  }

  /** Prefixes that are broadcast. */
  get prefixes(): number {
    return this.#broadcasts.size;
  }

  /** A change must be told, or forgotten. */
  get active(): boolean {
    return this.#clients > 0 || this.#readers.size > 0;
  }

  enable(client: ClientPort, mode: TrackingMode, prefixes: readonly Bytes[]): void {
    const before = client.tracking;
    if (before === undefined) this.#clients++;
    const { redirect, broadcast, only, noLoop } = mode;
    client.tracking = {
      redirect,
      broadcast,
      only,
      noLoop,
      caching: before?.caching ?? false,
      broken: false,
      prefixes: before?.prefixes ?? new Set(),
    };
    if (!broadcast) return;
    for (const prefix of prefixes.length === 0 ? [""] : prefixes) {
      client.tracking.prefixes.add(prefix);
      const known = this.#broadcasts.get(prefix);
      if (known) known.clients.add(client);
      else this.#broadcasts.set(prefix, { clients: new Set([client]), changed: new Map() });
    }
  }

  disable(client: ClientPort): void {
    if (client.tracking === undefined) return;
    for (const prefix of client.tracking.prefixes) {
      const broadcast = this.#broadcasts.get(prefix)!;
      broadcast.clients.delete(client);
      if (broadcast.clients.size === 0) this.#broadcasts.delete(prefix);
    }
    client.tracking = undefined;
    this.#clients--;
  }

  /** A client came from another server: none of its copies is of anything here. */
  adopt(client: ClientPort, state: TrackingState): void {
    this.enable(client, state, [...state.prefixes]);
    this.#tell(client, everything(client));
  }

  /** A client has read keys: in its mode they may have to be remembered. */
  remember({ id, tracking }: ClientPort, keys: readonly Bytes[]): void {
    if (tracking === undefined || tracking.broadcast) return;
    if (tracking.only === "in" ? !tracking.caching : tracking.only === "out" && tracking.caching) return;
    for (const key of keys) {
      let readers = this.#readers.get(key);
      if (readers === undefined) this.#readers.set(key, (readers = new Set()));
      if (!readers.has(id)) this.#items++;
      readers.add(id);
    }
  }

  /** A key changed; nobody did it where its time was over. */
  changed(key: Bytes, by: ClientPort | undefined): void {
    for (const [prefix, { changed }] of this.#broadcasts) {
      if (!key.startsWith(prefix)) continue;
      changed.set(key, by);
      this.#mustBroadcast = true;
    }
    this.#invalidate(key, { current: this.#server.executing, later: true });
  }

  /**
   * Tells the readers of a key, once.
   *
   * @param current who learns nothing of its own changes if it does not want to, and `later` only behind its reply
   */
  #invalidate(key: Bytes, { current, later }: { current: ClientPort | undefined; later: boolean }): void {
    const readers = this.#readers.get(key);
    if (readers === undefined) return;
    this.#readers.delete(key);
    this.#items -= readers.size;
    const news = new Invalidation([key]);
    for (const id of readers) {
      const reader = this.#server.clients.get(id);
      if (reader?.tracking === undefined || reader.tracking.broadcast) continue;
      if (reader !== current) this.#tell(reader, news);
      else if (reader.tracking.noLoop) continue;
      else if (later) this.#own.push({ client: reader, key });
      else this.#tell(reader, news);
    }
  }

  flushed(): void {
    for (const client of this.#server.clients.values()) {
      if (client.tracking === undefined) continue;
      if (client === this.#server.executing) this.#own.push({ client, key: null });
      else this.#tell(client, everything(client));
    }
    this.#readers.clear();
    this.#items = 0;
  }

  /** The unit of the client whose request runs is over: it learns what it changed itself, even if it asks for nothing any more. */
  settle(client: ClientPort): void {
    if (this.#own.length === 0) return;
    const own = this.#own.filter((each) => each.client === client);
    this.#own = this.#own.filter((each) => each.client !== client);
    for (const { key } of own) this.#tell(client, key === null ? everything(client) : new Invalidation([key]));
  }

  /** The turn is over: what changed in it is told to those who asked for prefixes. */
  broadcast(): void {
    if (!this.#mustBroadcast) return;
    this.#mustBroadcast = false;
    for (const [, { clients, changed }] of [...this.#broadcasts].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (changed.size === 0) continue;
      const keys = [...changed.keys()].sort((a, b) => (a < b ? -1 : 1));
      const news = new Invalidation(keys);
      for (const client of clients) {
        if (!client.tracking!.noLoop) this.#tell(client, news);
        else {
          const others = keys.filter((key) => changed.get(key) !== client);
          if (others.length > 0) this.#tell(client, new Invalidation(others));
        }
      }
      changed.clear();
    }
  }

  /** Before a command: a table that holds too many keys loses some by chance, and their readers are told that they changed. */
  limit(client: ClientPort): void {
    const most = this.#server.trackingTableLimit;
    if (this.#clients === 0 || most === 0) return;
    let effort = DROPPED_AT_ONCE * (this.#overfullCommands + 1);
    while (this.#readers.size > most && effort-- > 0) {
      this.#invalidate(this.#readers.randomKey(this.#random)!, { current: client, later: false });
    }
    this.#overfullCommands = this.#readers.size > most ? this.#overfullCommands + 1 : 0;
  }

  /** Tells a client that keys changed, or whomever it has named instead. */
  #tell(client: ClientPort, news: Invalidation): void {
    const { tracking } = client;
    if (tracking === undefined || tracking.redirect === 0) {
      if (client.protocol === 3) client.push(news.push);
      return;
    }
    const other = this.#server.clients.get(tracking.redirect);
    if (other === undefined) {
      tracking.broken = true;
      if (client.protocol === 3) client.push(new Push("tracking-redir-broken", tracking.redirect));
    } else if (other.protocol === 3) other.push(news.push);
    else if (other.subscribed) other.push(news.message);
  }
}

/** The news that everything changed; nothing stands for it, in the protocol of whoever tracks, not of whoever is told. */
function everything({ protocol }: ClientPort): Invalidation {
  return new Invalidation({ nullOf: protocol });
}

/** The news that keys changed, in both of its forms. */
class Invalidation {
  readonly push: Push;
  readonly message: Push;

  constructor(keys: PushPart) {
    this.push = new Push("invalidate", keys);
    this.message = new Push("message", INVALIDATION_CHANNEL, keys);
  }
}
