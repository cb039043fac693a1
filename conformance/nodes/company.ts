/** Clients of every node of a deployment, and what they get, without what two deployments cannot have in common. */
import { setTimeout as delay } from "node:timers/promises";
import type { Bytes } from "../format/escapes.ts";
import { readReply, type Reply } from "../format/reply.ts";
import { encodeCommand, OwnConnection } from "../targets/own-connection.ts";
import { connectSocket } from "../targets/socket.ts";
import type { RawConnection } from "../targets/target.ts";
import { show } from "./show.ts";

/** Words in place of which each deployment puts its own: `$id-1` the id of a node, `$port-1` its port. */
export type Words = readonly Bytes[];

type ClientState = {
  readonly connection: RawConnection;
  received: Bytes;
  closed: boolean;
  closeShown: boolean;
  /** The command whose reply is to be shown. */
  last: Words;
  /** What was queued since MULTI. */
  queued: Words[];
};

/** Of each node: one that speaks RESP2, one that speaks RESP3, and one that gives orders and does nothing else. */
export const CLIENTS_PER_NODE = 3;

export class Company {
  readonly ports: readonly number[];
  /** Of the nodes of a cluster. */
  readonly ids: readonly string[];
  readonly #clients: ClientState[] = [];
  /** Of each node, one by which it is looked at. */
  readonly fences: OwnConnection[] = [];

  private constructor(ports: readonly number[], ids: readonly string[]) {
    this.ports = ports;
    this.ids = ids;
  }

  /** Has everybody connect. */
  static async gather(ports: readonly number[], ids: readonly string[] = []): Promise<Company> {
    const company = new Company(ports, ids);
    for (const [node, port] of ports.entries()) {
      company.fences.push(await OwnConnection.connect({ host: "127.0.0.1", port }));
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
      .replaceAll(/\$id-(\d)/g, (_, node: string) => this.ids[Number(node)]!)
      .replaceAll(/\$port-(\d)/g, (_, node: string) => String(this.ports[Number(node)]!));
  }

  /** Whatever was sent has run, and what it says to other nodes has come there. */
  async settle(): Promise<void> {
    for (let round = 0; round < 3; round++) await Promise.all(this.fences.map((fence) => fence.ask("TIME")));
    await delay(2);
  }

  /** What each client got since the last time, as both deployments must show it. */
  take(): string[] {
    return this.#clients.map((state) => {
      const shown: string[] = [];
      for (let read = readNext(state); read !== undefined; read = readNext(state)) {
        state.received = state.received.slice(read.next);
        shown.push(this.#show(state, this.#named(read.reply)));
      }
      if (state.closed && !state.closeShown) shown.push("closed");
      state.closeShown = state.closed;
      return shown.join(" ");
    });
  }

  /** What EXEC brings is shown as what was queued would be. */
  #show(state: ClientState, reply: Reply): string {
    const { last, queued } = state;
    // What comes by itself answers nothing, and may come before the answer.
    if (reply.kind === "aggregate" && reply.type === ">") return show(reply, last);
    if (reply.kind === "line" && reply.text === "+QUEUED") {
      queued.push(last);
      return reply.text;
    }
    if (["EXEC", "DISCARD", "RESET"].includes(last[0] ?? "")) state.queued = [];
    const replies = last[0] === "EXEC" && reply.kind === "aggregate" ? (reply.items ?? []) : [];
    const answers = replies.filter((each) => !isMessage(each));
    if (answers.length === 0 || answers.length !== queued.length) return show(reply, last);
    let nth = 0;
    return replies.map((each) => show(each, isMessage(each) ? last : queued[nth++]!)).join(" ");
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
    for (const [node, id] of this.ids.entries()) named = named.replaceAll(id, `$id-${node}`);
    for (const [node, port] of this.ports.entries()) {
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
    const fresh = await join(this.ports[Math.floor(at / CLIENTS_PER_NODE)]!);
    this.#clients[at] = fresh;
    if (at % CLIENTS_PER_NODE !== 1) return;
    this.send(at, ["HELLO", "3"]);
    while (fresh.received === "") await delay(1);
    fresh.received = "";
  }

  close(): void {
    for (const { connection } of this.#clients) connection.close();
    for (const fence of this.fences) fence.close();
  }
}

/** What comes by itself may come amid the replies of EXEC: it is none of those that are announced. */
function readNext({ received, last }: ClientState): ReturnType<typeof readReply> {
  const read = readReply(received);
  if (last[0] !== "EXEC" || read?.reply.kind !== "aggregate" || read.reply.type !== "*") return read;
  const items: Reply[] = [...(read.reply.items ?? [])];
  let { next } = read;
  for (let missing = items.filter(isMessage).length; missing > 0; missing--) {
    const further = readReply(received, next);
    if (further === undefined) return undefined;
    items.push(further.reply);
    next = further.next;
    if (isMessage(further.reply)) missing++;
  }
  return { reply: read.reply.items === null ? read.reply : { ...read.reply, items }, next };
}

function isMessage(reply: Reply): boolean {
  if (reply.kind !== "aggregate") return false;
  const [what] = reply.items ?? [];
  return what?.kind === "bulk" && ["message", "smessage", "invalidate"].includes(what.payload ?? "");
}

async function join(port: number): Promise<ClientState> {
  const state = { received: "", closed: false, closeShown: false, last: [] as Words, queued: [] as Words[] };
  const connection = await connectSocket(
    { host: "127.0.0.1", port },
    { onBytes: (bytes) => void (state.received += bytes), onClose: () => void (state.closed = true) },
  );
  return Object.assign(state, { connection });
}
