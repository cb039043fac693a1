/** A connection of the machine's own, beside those of the cases: asks a server for order and for signs of life. */
import type { Bytes } from "../format/escapes.ts";
import { readReply, type Reply } from "../format/reply.ts";
import { connectSocket, type Address } from "./socket.ts";
import type { RawConnection } from "./target.ts";

export class OwnConnection {
  #connection: RawConnection | undefined;
  readonly #waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void }[] = [];
  #buffer: Bytes = "";
  #closed = false;

  static async connect(address: Address): Promise<OwnConnection> {
    const own = new OwnConnection();
    own.#connection = await connectSocket(address, {
      onBytes: (bytes) => own.receive(bytes),
      onClose: () => own.end(),
    });
    return own;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Sends one command. Rejects with the server's words when it answers with an error, or when the connection ends. */
  async ask(...args: readonly Bytes[]): Promise<Reply> {
    if (this.#closed) throw new Error("the server closed the connection");
    const reply = await new Promise<Reply>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#connection?.send(encodeCommand(args));
    });
    if (reply.kind === "line" && reply.text.startsWith("-"))
      throw new Error(`${args.join(" ")}: ${reply.text.slice(1)}`);
    return reply;
  }

  /** Asks for what comes as one text: INFO, CLUSTER NODES; empty where something else comes. */
  async text(...args: readonly Bytes[]): Promise<Bytes> {
    const reply = await this.ask(...args);
    return reply.kind === "bulk" ? (reply.payload ?? "") : "";
  }

  close(): void {
    this.#connection?.close();
    this.end();
  }

  private receive(bytes: Bytes): void {
    this.#buffer += bytes;
    for (;;) {
      const framed = readReply(this.#buffer);
      if (!framed) return;
      this.#buffer = this.#buffer.slice(framed.next);
      this.#waiting.shift()?.resolve(framed.reply);
    }
  }

  private end(): void {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(new Error("the server closed the connection"));
  }
}

/** A command as clients send it: an array of bulk strings. */
export function encodeCommand(args: readonly Bytes[]): Bytes {
  return `*${args.length}\r\n${args.map((arg) => `$${arg.length}\r\n${arg}\r\n`).join("")}`;
}

/** The payloads of a flat reply such as CONFIG GET's. */
export function payloads(reply: Reply): Bytes[] {
  if (reply.kind !== "aggregate") return [];
  return (reply.items ?? []).flatMap((item) => (item.kind === "bulk" && item.payload !== null ? [item.payload] : []));
}
