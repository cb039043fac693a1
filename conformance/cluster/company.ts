/** Clients of every node of a cluster, and what they get, without what two clusters cannot have in common. */
import { setTimeout as delay } from "node:timers/promises";
import type { Bytes } from "../format/escapes.ts";
import { readReply, type Reply } from "../format/reply.ts";
import type { Handover } from "./deeds.ts";
import { encodeCommand, OwnConnection } from "../targets/own-connection.ts";
import { connectSocket } from "../targets/socket.ts";
import type { RawConnection } from "../targets/target.ts";
import { show } from "./show.ts";

/** Words in place of which each cluster puts its own: `$id-1` the id of a node, `$port-1` its port. */
export type Words = readonly Bytes[];

const HANDOVER_PATIENCE_MS = 10_000;

type ClientState = {
  readonly connection: RawConnection;
  received: Bytes;
  closed: boolean;
  /** The command whose reply is to be shown. */
  last: Words;
};

/** Of each node: one that speaks RESP2, one that speaks RESP3, and one that sees to slots and to nothing else. */
export const CLIENTS_PER_NODE = 3;

export class Company {
  readonly #ports: readonly number[];
  readonly #ids: readonly string[];
  readonly #clients: ClientState[] = [];
  readonly #fences: OwnConnection[] = [];

  private constructor(ports: readonly number[], ids: readonly string[]) {
    this.#ports = ports;
    this.#ids = ids;
  }

  /** Has everybody connect. */
  static async gather(ports: readonly number[], ids: readonly string[]): Promise<Company> {
    const company = new Company(ports, ids);
    for (const [node, port] of ports.entries()) {
      company.#fences.push(await OwnConnection.connect({ host: "127.0.0.1", port }));
      for (let nth = 0; nth < CLIENTS_PER_NODE; nth++) await company.replace(node * CLIENTS_PER_NODE + nth);
    }
    return company;
  }

  send(client: number, words: Words): void {
    const state = this.#clients[client]!;
    state.last = words;
    state.connection.send(encodeCommand(words.map((word) => this.#own(word))));
  }

  #own(word: Bytes): Bytes {
    return word
      .replaceAll(/\$id-(\d)/g, (_, node: string) => this.#ids[Number(node)]!)
      .replaceAll(/\$port-(\d)/g, (_, node: string) => String(this.#ports[Number(node)]!));
  }

  /** Whatever was sent has run, and what it says to other nodes has come there. */
  async settle(): Promise<void> {
    for (let round = 0; round < 3; round++) await Promise.all(this.#fences.map((fence) => fence.ask("PING")));
    await delay(2);
  }

  /** Returns when every node knows that one serves in place of another, which follows it. */
  async handedOver({ from, to }: Handover): Promise<void> {
    const [was, is] = [this.#ids[from]!, this.#ids[to]!];
    const roles = [
      new RegExp(`^${is} \\S+ (?:myself,)?master - .* connected`, "m"),
      new RegExp(`^${was} \\S+ (?:myself,)?slave ${is} .* connected`, "m"),
    ];
    const patience = performance.now() + HANDOVER_PATIENCE_MS;
    const knows = async (fence: OwnConnection): Promise<boolean> => {
      const [nodes, slots] = [await textOf(fence, "NODES"), JSON.stringify(await fence.ask("CLUSTER", "SLOTS"))];
      return roles.every((role) => role.test(nodes)) && this.#ids.every((id) => slots.includes(id));
    };
    for (const fence of this.#fences) {
      while (!(await knows(fence))) {
        if (performance.now() > patience) throw new Error(`Node ${to} does not take the place of node ${from}.`);
        await delay(20);
      }
    }
    const follows = async (): Promise<boolean> =>
      /master_link_status:up/.test(payloadOf(await this.#fences[from]!.ask("INFO", "replication")));
    while (!(await follows())) await delay(20);
  }

  /** What each client got since the last time, as both clusters must show it. */
  take(): string[] {
    return this.#clients.map((state) => {
      const shown: string[] = [];
      for (let read = readReply(state.received); read !== undefined; read = readReply(state.received)) {
        state.received = state.received.slice(read.next);
        shown.push(show(this.#named(read.reply), state.last));
      }
      if (state.closed) shown.push("closed");
      return shown.join(" ");
    });
  }

  /** A reply with the names of nodes and ports in place of what they are here. */
  #named(reply: Reply): Reply {
    switch (reply.kind) {
      case "line":
        return { ...reply, text: this.#rename(reply.text) };
      case "bulk":
        return { ...reply, payload: reply.payload === null ? null : this.#rename(reply.payload) };
      case "aggregate":
        return { ...reply, items: reply.items?.map((item) => this.#named(item)) ?? null };
    }
  }

  #rename(text: Bytes): Bytes {
    let named = text;
    for (const [node, id] of this.#ids.entries()) named = named.replaceAll(id, `$id-${node}`);
    for (const [node, port] of this.#ports.entries()) {
      named = named.replaceAll(new RegExp(`\\b${port}\\b`, "g"), `$port-${node}`);
      named = named.replaceAll(new RegExp(`\\b${port + 10_000}\\b`, "g"), `$bus-${node}`);
    }
    return /^(?!0{40})[0-9a-f]{40}$/.test(named) ? "a shard's id" : named;
  }

  /** Those that were cut off come again. */
  async replaceClosed(): Promise<void> {
    for (const [at, { closed }] of this.#clients.entries()) if (closed) await this.replace(at);
  }

  /** Another client takes the place of one. */
  async replace(at: number): Promise<void> {
    this.#clients[at]?.connection.close();
    const fresh = await join(this.#ports[Math.floor(at / CLIENTS_PER_NODE)]!);
    this.#clients[at] = fresh;
    if (at % CLIENTS_PER_NODE !== 1) return;
    this.send(at, ["HELLO", "3"]);
    while (fresh.received === "") await delay(1);
    fresh.received = "";
  }

  close(): void {
    for (const { connection } of this.#clients) connection.close();
    for (const fence of this.#fences) fence.close();
  }
}

async function join(port: number): Promise<ClientState> {
  const state = { received: "", closed: false, last: [] as Words };
  const connection = await connectSocket(
    { host: "127.0.0.1", port },
    { onBytes: (bytes) => void (state.received += bytes), onClose: () => void (state.closed = true) },
  );
  return Object.assign(state, { connection });
}

async function textOf(fence: OwnConnection, subcommand: Bytes): Promise<Bytes> {
  return payloadOf(await fence.ask("CLUSTER", subcommand));
}

function payloadOf(reply: Reply): Bytes {
  return reply.kind === "bulk" ? (reply.payload ?? "") : "";
}
