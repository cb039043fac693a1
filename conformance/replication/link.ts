/** The smallest replica there is: it follows a real server and keeps what comes down the link, so that the engine can be held to it. */
import type { Bytes } from "../format/escapes.ts";
import { readReply, type Reply } from "../format/reply.ts";
import { encodeCommand } from "../targets/own-connection.ts";
import type { RawConnection, Target } from "../targets/target.ts";

/** A command as a replica gets it. */
export type Propagated = { readonly db: number; readonly argv: readonly Bytes[] };

/** What one unit propagated: a lone command, or what travelled between MULTI and EXEC. */
export type Unit = readonly Propagated[];

/** What a server must be started with, so that neither a turned clock nor a silent replica ends the link. */
export const linkConfig: readonly (readonly [string, string])[] = [
  ["repl-timeout", "1000000000"],
  ["repl-diskless-sync-delay", "0"],
  ["repl-ping-replica-period", "1"],
];

/** The server forks a child that writes the payload; a busy machine may take its time. */
const PATIENCE_MS = 20_000;

/** Opens a link and returns once the server's data has been received and the stream has begun. */
export async function openLink(target: Target): Promise<ReplicaLink> {
  const link = new ReplicaLink();
  const connection = await target.connect({
    onBytes: (bytes) => link.receive(bytes),
    onClose: () => link.end(),
  });
  link.follow(connection);
  const patience = performance.now() + PATIENCE_MS;
  while (!link.streaming) {
    if (link.closed || performance.now() > patience) throw new Error(`no replica: ${link.trouble}`);
    link.acknowledge();
    // A server starts to send, learns that its child is done, and pings, in its cron, which follows the turned clock.
    await target.advance(1000);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return link;
}

type Phase =
  /** Lines until the payload's header. */
  | { readonly at: "handshake" }
  /** A payload whose length was told (written from a file). */
  | { readonly at: "counted"; readonly left: number }
  /** A payload that ends with 40 bytes which were told (sent as it was made). */
  | { readonly at: "delimited"; readonly mark: Bytes }
  | { readonly at: "stream" };

export class ReplicaLink {
  closed = false;
  /** Whether commands come: the first is the server's PING. */
  streaming = false;
  /** How the server's data came. */
  payload: "counted" | "delimited" | undefined;
  /** The server's last words before the stream. */
  trouble: Bytes = "nothing was answered";
  #phase: Phase = { at: "handshake" };
  #buffer: Bytes = "";
  #db = 0;
  #transaction: Propagated[] | undefined;
  readonly #units: Unit[] = [];
  #connection: RawConnection | undefined;
  /** One at a time: a server refuses PSYNC while it owes a reply. */
  readonly #handshake: (readonly Bytes[])[] = [
    ["REPLCONF", "listening-port", "1"],
    ["REPLCONF", "capa", "eof", "capa", "psync2"],
    ["PSYNC", "?", "-1"],
  ];
  #arrived: () => void = () => {};

  follow(connection: RawConnection): void {
    this.#connection = connection;
    this.#proceed();
  }

  /** A server that sent its payload without a file holds the stream back until the replica says that it is there. */
  acknowledge(): void {
    if (this.#phase.at === "stream") this.#send("REPLCONF", "ACK", "0");
  }

  /** The units that came since the last time, up to and without the one that `ends` says is the last. */
  async until(ends: (unit: Unit) => boolean, patienceMs: number): Promise<readonly Unit[]> {
    const patience = performance.now() + patienceMs;
    for (;;) {
      const last = this.#units.findIndex(ends);
      if (last >= 0) return this.#units.splice(0, last + 1).slice(0, -1);
      const leftMs = patience - performance.now();
      if (this.closed || leftMs <= 0) throw new Error(`the replication link ${this.closed ? "broke" : "fell silent"}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#arrived = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  close(): void {
    this.#connection?.close();
  }

  end(): void {
    this.closed = true;
    this.#arrived();
  }

  receive(bytes: Bytes): void {
    this.#buffer += bytes;
    while (this.#advance());
    this.#arrived();
  }

  /** Takes one thing off the buffer; false when its end has not arrived. */
  #advance(): boolean {
    switch (this.#phase.at) {
      case "handshake":
        return this.#readLine();
      case "counted": {
        const taken = Math.min(this.#phase.left, this.#buffer.length);
        this.#buffer = this.#buffer.slice(taken);
        this.#phase = { at: "counted", left: this.#phase.left - taken };
        return this.#phase.left === 0 && this.#begin();
      }
      case "delimited": {
        const { mark } = this.#phase;
        const end = this.#buffer.indexOf(mark);
        this.#buffer = end < 0 ? this.#buffer.slice(1 - mark.length) : this.#buffer.slice(end + mark.length);
        return end >= 0 && this.#begin();
      }
      case "stream":
        return this.#readCommand();
    }
  }

  /** `+OK`, `+FULLRESYNC id offset`, bare newlines while the server prepares, then `$length` or `$EOF:mark`. */
  #readLine(): boolean {
    const end = this.#buffer.indexOf("\n");
    if (end < 0) return false;
    const line = this.#buffer.slice(0, end).trimEnd();
    this.#buffer = this.#buffer.slice(end + 1);
    if (line !== "") this.trouble = line;
    if (line === "+OK") this.#proceed();
    else if (line.startsWith("$EOF:")) this.#phase = { at: "delimited", mark: line.slice("$EOF:".length) };
    else if (line.startsWith("$")) this.#phase = { at: "counted", left: Number(line.slice(1)) };
    if (this.#phase.at === "counted" || this.#phase.at === "delimited") this.payload = this.#phase.at;
    return true;
  }

  #begin(): boolean {
    this.#phase = { at: "stream" };
    return true;
  }

  #readCommand(): boolean {
    // A server that streams may still send the newlines that keep a loading replica's link alive.
    if (this.#buffer.startsWith("\n")) this.#buffer = this.#buffer.slice(1);
    const read = readReply(this.#buffer);
    if (read === undefined) return false;
    this.#buffer = this.#buffer.slice(read.next);
    this.streaming = true;
    this.#apply(wordsOf(read.reply));
    return true;
  }

  #apply(argv: readonly Bytes[]): void {
    switch (argv[0]?.toUpperCase()) {
      case "PING":
      case "REPLCONF":
        return;
      case "SELECT":
        this.#db = Number(argv[1]);
        return;
      case "MULTI":
        this.#transaction = [];
        return;
      case "EXEC":
        this.#units.push(this.#transaction ?? []);
        this.#transaction = undefined;
        return;
      default: {
        const command = { db: this.#db, argv };
        if (this.#transaction) this.#transaction.push(command);
        else this.#units.push([command]);
      }
    }
  }

  #proceed(): void {
    const next = this.#handshake.shift();
    if (next) this.#send(...next);
  }

  #send(...words: readonly Bytes[]): void {
    this.#connection?.send(encodeCommand(words));
  }
}

function wordsOf(reply: Reply): Bytes[] {
  const items = reply.kind === "aggregate" ? (reply.items ?? []) : [];
  const words = items.map((item) => (item.kind === "bulk" ? item.payload : null));
  if (words.length === 0 || words.includes(null)) throw new Error(`no command: ${JSON.stringify(reply)}`);
  return words.map((word) => word ?? "");
}
