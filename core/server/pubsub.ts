// Who listens to what: channels, patterns and shard channels with their subscribers (pubsub.c).
import { hashSlot } from "../kernel/crc16.ts";
import type { Bytes } from "../kernel/bytes.ts";
import { globMatch } from "../kernel/glob.ts";
import type { ClientPort, PubSubPort, Subscriptions } from "../commands/ports.ts";
import { Push } from "../resp/push.ts";

/** Channels, patterns or shard channels by name, each with its subscribers in the order of their coming. */
type Listeners = Map<Bytes, Set<ClientPort>>;

/** Every kind of subscription, in the order in which RESET and a lost connection end them. */
export const SUBSCRIPTION_KINDS = ["channels", "patterns", "shardChannels"] as const;

/** The subscriptions of a client that has just come. */
export function noSubscriptions(): Subscriptions {
  return { channels: new Set(), patterns: new Set(), shardChannels: new Set() };
}

export class PubSub implements PubSubPort {
  readonly #listeners: Readonly<Record<keyof Subscriptions, Listeners>> = {
    channels: new Map(),
    patterns: new Map(),
    shardChannels: new Map(),
  };

  /** Learns to whom each message of a shard channel went. */
  shardTap: ((client: ClientPort, channel: Bytes) => void) | undefined;

  readonly #wentQuiet: () => void;

  /** @param wentQuiet runs when a client listens to nothing any more */
  constructor(wentQuiet: () => void) {
    this.#wentQuiet = wentQuiet;
  }

  names(kind: keyof Subscriptions): Iterable<Bytes> {
    return this.#listeners[kind].keys();
  }

  count(kind: keyof Subscriptions): number {
    return this.#listeners[kind].size;
  }

  subscribers(kind: keyof Subscriptions, name: Bytes): number {
    return this.#listeners[kind].get(name)?.size ?? 0;
  }

  subscribe(client: ClientPort, kind: keyof Subscriptions, name: Bytes): void {
    client.subscriptions[kind].add(name);
    client.subscribed = true;
    const listeners = this.#listeners[kind].get(name);
    if (listeners) listeners.add(client);
    else this.#listeners[kind].set(name, new Set([client]));
  }

  unsubscribe(client: ClientPort, kind: keyof Subscriptions, name: Bytes): void {
    if (!client.subscriptions[kind].delete(name)) return;
    const listeners = this.#listeners[kind].get(name)!;
    listeners.delete(client);
    if (listeners.size === 0) this.#listeners[kind].delete(name);
    const { channels, patterns, shardChannels } = client.subscriptions;
    client.subscribed = channels.size + patterns.size + shardChannels.size > 0;
    if (!client.subscribed) this.#wentQuiet();
  }

  /** Shard channels that are served elsewhere from now on: whoever listens is told that this is over here, slot by slot. */
  endShardChannels(isElsewhere: (channel: Bytes) => boolean): void {
    const channels = [...this.#listeners.shardChannels].filter(([channel]) => isElsewhere(channel));
    for (const [channel, clients] of channels.toSorted(([one], [other]) => hashSlot(one) - hashSlot(other))) {
      for (const client of clients) {
        this.unsubscribe(client, "shardChannels", channel);
        client.push(new Push("sunsubscribe", channel, client.subscriptions.shardChannels.size));
      }
    }
  }

  /** Ends every subscription of a client, without a word to it. */
  forget(client: ClientPort): void {
    for (const kind of SUBSCRIPTION_KINDS) {
      for (const name of client.subscriptions[kind]) this.unsubscribe(client, kind, name);
    }
  }

  publish(channel: Bytes, message: Bytes): number {
    let receivers = deliver(this.#listeners.channels.get(channel), () => new Push("message", channel, message));
    for (const [pattern, clients] of this.#listeners.patterns) {
      if (globMatch(pattern, channel))
        receivers += deliver(clients, () => new Push("pmessage", pattern, channel, message));
    }
    return receivers;
  }

  publishToShard(channel: Bytes, message: Bytes): number {
    const listeners = this.#listeners.shardChannels.get(channel);
    const receivers = deliver(listeners, () => new Push("smessage", channel, message));
    if (this.shardTap !== undefined) for (const client of listeners ?? []) this.shardTap(client, channel);
    return receivers;
  }
}

function deliver(clients: ReadonlySet<ClientPort> | undefined, word: () => Push): number {
  if (clients === undefined) return 0;
  const message = word();
  for (const client of clients) client.push(message);
  return clients.size;
}
