// What passes through each slot of a node, in bytes: `cluster-slot-stats-enabled` (Valkey's cluster_slot_stats.c).
import { hashSlot } from "../../kernel/crc16.ts";
import type { Bytes } from "../../kernel/bytes.ts";
import { findSlotted } from "../../commands/keys.ts";
import type { ResolvedCommand } from "../../commands/command-table.ts";
import type { ScriptFlags } from "../../scripting/script-flags.ts";
import type { Client } from "../client.ts";
import type { PropagatedCommand } from "../effects.ts";
import type { Server } from "../server.ts";

/** Bytes of requests, and of what they brought: replies, messages of shard channels, the stream to each replica. */
export interface Traffic {
  readonly in: number;
  readonly out: number;
}

/** What is known of a client's request while it runs. */
interface Account {
  /** So much had been written to the client that belongs to no slot any more, or to one already. */
  settledBytes: number;
  /** Where the request counts, if that is not where its keys lie; undefined as long as it is. */
  slot: number | "nowhere" | undefined;
}

/** A command of a script: where its keys lie, and the length of its reply. */
interface ScriptedTraffic {
  readonly slot: number | undefined;
  readonly replyBytes: number;
}

const NONE: Traffic = { in: 0, out: 0 };

/** MULTI is charged to the slot of its EXEC. */
const MULTI_BYTES = requestBytes(["multi"]);
const TRANSACTION_BYTES = MULTI_BYTES + requestBytes(["exec"]);

export class SlotTraffic {
  readonly #slots = new Map<number, Traffic>();
  #accounts = new WeakMap<Client, Account>();

  of(slot: number): Traffic {
    return this.#slots.get(slot) ?? NONE;
  }

  /** Counting begins, or goes on: what clients got meanwhile is not counted. */
  begin(clients: Iterable<Client>): void {
    this.#accounts = new WeakMap();
    for (const client of clients) {
      if (!client.suspended) client.slot = undefined;
      this.#account(client).settledBytes = client.writtenBytes;
    }
  }

  reset(): void {
    this.#slots.clear();
  }

  /** Slots that have got another owner. */
  forget(slots: Iterable<number>): void {
    for (const slot of slots) this.#slots.delete(slot);
  }

  /** A command ran, inside EXEC too: whatever its client has got since its request began counts, once more each time. */
  ran(client: Client, command: ResolvedCommand, argv: readonly Bytes[]): void {
    if (isHostsOwn(client)) return;
    const account = this.#account(client);
    if (client.kind === "primary") account.slot ??= slotOf(command, argv);
    else this.#count(slotOfRequest(client, account), { in: 0, out: client.writtenBytes - account.settledBytes });
  }

  /** A request is answered, queued, or refused. */
  requestEnded(client: Client, argv: readonly Bytes[]): void {
    if (isHostsOwn(client) || client.suspended) return;
    const isExec = client.lastCommand === "exec";
    const size = client.sentInline(argv) ? inlineBytes(argv) : requestBytes(argv);
    const slot = slotOfRequest(client, this.#account(client));
    this.#count(slot, { in: size + (isExec ? MULTI_BYTES : 0), out: 0 });
    this.settle(client);
  }

  /** What a client has got until now belongs to no request that is still to come. */
  settle(client: Client): void {
    const account = this.#account(client);
    account.settledBytes = client.writtenBytes;
    account.slot = undefined;
    client.slot = undefined;
  }

  /**
   * A command of a script replied so many bytes. The script itself counts where its last command had its keys; a script
   * that may use keys of several slots counts nowhere from its first command on.
   */
  ranInScript(client: Client, flags: ScriptFlags, { slot, replyBytes }: ScriptedTraffic): void {
    if (isHostsOwn(client)) return;
    this.#count(slot, { in: 0, out: replyBytes });
    const spreads = flags === undefined || flags.has("allow-cross-slot-keys");
    this.#account(client).slot = spreads ? "nowhere" : (slot ?? "nowhere");
  }

  /** A message of a shard channel went to a client, and with it is counted what else it got since its last request. */
  messageSent(client: Client, channel: Bytes): void {
    const account = this.#account(client);
    this.#count(hashSlot(channel), { in: 0, out: client.writtenBytes - account.settledBytes });
    account.settledBytes = client.writtenBytes;
  }

  /** What a request changed went to so many replicas. */
  replicated(client: Client, commands: readonly PropagatedCommand[], replicas: number): void {
    const sizes = commands.map(({ argv }) => requestBytes(argv));
    const bytes = sizes.reduce((sum, size) => sum + size, commands.length > 1 ? TRANSACTION_BYTES : 0);
    this.#count(slotOfRequest(client, this.#account(client)), { in: 0, out: bytes * replicas });
  }

  #count(slot: number | undefined, more: Traffic): void {
    if (slot === undefined) return;
    const before = this.of(slot);
    this.#slots.set(slot, { in: before.in + more.in, out: before.out + more.out });
  }

  #account(client: Client): Account {
    let account = this.#accounts.get(client);
    if (account === undefined) this.#accounts.set(client, (account = { settledBytes: 0, slot: undefined }));
    return account;
  }
}

/** What the host's own hand does leaves no trace; the stream of a primary, which comes by such a hand too, counts. */
function isHostsOwn({ link, kind }: Client): boolean {
  return link.own && kind !== "primary";
}

function slotOfRequest({ slot }: Client, account: Account): number | undefined {
  return account.slot === "nowhere" ? undefined : (account.slot ?? slot);
}

/** The slot of a command's keys, or shard channels. */
export function slotOf({ keys }: ResolvedCommand, argv: readonly Bytes[]): number | undefined {
  const first = findSlotted(keys, argv)?.[0];
  return first && hashSlot(argv[first.index]!);
}

/** The length of a request as clients send it. */
export function requestBytes(argv: readonly Bytes[]): number {
  let bytes = 1 + String(argv.length).length + 2;
  for (const { length } of argv) bytes += 1 + String(length).length + 2 + length + 2;
  return bytes;
}

/** The length of a request in one line: its words, a blank between two, and the end of the line, however they were written. */
export function inlineBytes(argv: readonly Bytes[]): number {
  let bytes = argv.length - 1 + 2;
  for (const { length } of argv) bytes += length;
  return bytes;
}

/** What counts from now on, by `cluster-slot-stats-enabled`; undefined where nothing does. */
export function watchedTraffic({ cluster, config, traffic: before, clients, pubsub }: Server): SlotTraffic | undefined {
  const name = "cluster-slot-stats-enabled";
  const traffic = cluster !== undefined && config.knows(name) && config.flag(name) ? cluster.traffic : undefined;
  if (before === undefined) traffic?.begin(clients.values());
  pubsub.shardTap =
    traffic &&
    (({ id }, channel) => {
      const client = clients.get(id);
      if (client !== undefined) traffic.messageSent(client, channel);
    });
  return traffic;
}
