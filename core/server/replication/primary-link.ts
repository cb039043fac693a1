// A replica's connection to its primary: handshake, transfer, stream (replication.c: syncWithMaster, readSyncBulkPayload).
import { toUint8Array, type Bytes } from "../../kernel/bytes.ts";
import { parseInt64 } from "../../kernel/integers.ts";
import type { Client } from "../client.ts";
import { Link } from "../link.ts";
import type { Address, Call } from "../network.ts";
import type { Server } from "../server.ts";
import type { StreamPosition } from "./history.ts";
import { encodeRequest } from "./stream-writer.ts";

/** As ROLE names it. */
export type PrimaryLinkState = "connect" | "connecting" | "handshake" | "sync" | "connected";

/** What the link tells the replica. */
export interface PrimaryLinkHost {
  /** The position from which to ask for a partial transfer; undefined asks for everything. */
  readonly position: StreamPosition | undefined;
  /** Whoever is followed is to take over: it steps up when it is asked with this word. */
  readonly handsOver: boolean;
  /** The primary goes on from the position, under a history that may bear another name. */
  continued(id: Bytes): void;
  /**
   * Everything is here: a file in the RDB format, and where the stream begins. The database that it has selected there, which is
   * another than 0 where a replica sent the file; undefined when that cannot be loaded.
   */
  loaded(file: Bytes, position: StreamPosition): number | undefined;
  /** A part of the stream has taken effect. */
  applied(bytes: Bytes): void;
  /** The link is over, or did not come about. */
  lost(was: PrimaryLinkState): void;
}

type Transfer =
  | { readonly ends: "length"; readonly sizeBytes: number }
  | { readonly ends: "mark"; readonly mark: Bytes };

const MARK_BYTES = 40;

export class PrimaryLink {
  readonly address: Address;
  state: PrimaryLinkState = "connect";
  /** When something last came, in the server's time. */
  lastInteractionAt: number;
  readonly #server: Server;
  readonly #host: PrimaryLinkHost;
  #call: Call | undefined;
  #text: Bytes = "";
  /** What is still to be asked; each waits for the answer before it. */
  #questions: (readonly Bytes[])[] = [];
  #asked: readonly Bytes[] = [];
  #position: StreamPosition = { id: "", offset: -1 };
  #transfer: Transfer | undefined;
  #pieces: Bytes[] = [];
  #transferredBytes = 0;
  /** Runs the stream's commands. */
  #client: Client | undefined;
  /** What was received of the stream and has not taken effect as a whole. */
  #unapplied: Bytes = "";
  /** The same while the link is down. */
  #database: number;

  constructor(server: Server, address: Address, host: PrimaryLinkHost, { database = 0 } = {}) {
    this.#server = server;
    this.address = address;
    this.#host = host;
    this.#database = database;
    this.lastInteractionAt = server.steadyNow;
  }

  /** The database that the stream has selected. */
  get database(): number {
    return this.#client?.database ?? this.#database;
  }

  get client(): Client | undefined {
    return this.#client;
  }

  /** Of the piece of the stream that is being read, what lies before the request that runs: it has taken effect already. */
  readBefore(request: readonly Bytes[]): number {
    if (this.#client === undefined) return 0;
    return Math.max(0, this.#unapplied.length - this.#client.queryBufferBytes - encodeRequest(request).length);
  }

  /** Bytes of the data set that have come so far. */
  get transferring(): boolean {
    return this.state === "sync";
  }

  connect(): void {
    this.state = "connecting";
    this.lastInteractionAt = this.#server.steadyNow;
    const caller = this.#server.doors.callerBy("tls-replication");
    this.#call = this.#server.world.network.dial(caller, this.address, {
      onOpen: () => this.#opened(),
      onData: (bytes) => this.#receive(bytes),
      onClose: () => this.#lost(),
    });
  }

  /** Ends the connection without a word to the host. */
  close(): void {
    this.#call?.close();
    this.#forget();
  }

  /** What had come of an answer or a transfer is of no use to the next connection. */
  #forget(): void {
    this.#call = undefined;
    this.#transfer = undefined;
    this.#pieces = [];
    this.#text = "";
    this.#database = this.database;
    this.state = "connect";
  }

  /** Tells the primary how far the stream has taken effect. */
  acknowledge(offset: number): void {
    if (this.state !== "connected") return;
    const { appendOnly, profile } = this.#server;
    const safe = profile.can.acknowledgesAof ? appendOnly.syncedOffset : undefined;
    this.#send("REPLCONF", "ACK", String(offset), ...(safe === undefined ? [] : ["FACK", String(safe)]));
  }

  #opened(): void {
    const { config, doors, profile } = this.#server;
    this.state = "handshake";
    const user = config.text("masteruser");
    const password = config.text("masterauth");
    const announcedPort = config.number("replica-announce-port");
    const announcedHost = config.text("replica-announce-ip");
    const position = this.#host.position;
    this.#questions = [
      ...(password === "" ? [] : [["AUTH", ...(user === "" ? [] : [user]), password]]),
      ["REPLCONF", "listening-port", String(announcedPort || doors.processPort)],
      ...(announcedHost === "" ? [] : [["REPLCONF", "ip-address", announcedHost]]),
      ["REPLCONF", "capa", "eof", "capa", "psync2"],
      ...(profile.can.tellsVersionToPrimary ? [["REPLCONF", "version", profile.version]] : []),
      [
        "PSYNC",
        position?.id ?? "?",
        String(position === undefined ? -1 : position.offset + 1),
        ...(this.#host.handsOver ? ["FAILOVER"] : []),
      ],
    ];
    this.#ask(["PING"]);
  }

  #ask(question: readonly Bytes[]): void {
    this.#asked = question;
    this.#send(...question);
  }

  #send(...words: readonly Bytes[]): void {
    this.#call?.write(encodeRequest(words));
  }

  #receive(bytes: Bytes): void {
    this.lastInteractionAt = this.#server.steadyNow;
    if (this.state === "connected") {
      this.#stream(bytes);
      return;
    }
    if (this.#transfer !== undefined) {
      this.#collect(bytes);
      return;
    }
    this.#text += bytes;
    while (this.#transfer === undefined && (this.state as PrimaryLinkState) !== "connected" && this.#readLine());
  }

  #readLine(): boolean {
    const end = this.#text.indexOf("\n");
    if (end < 0) return false;
    const line = this.#text.slice(0, end).replace(/\r$/, "");
    this.#text = this.#text.slice(end + 1);
    if (line === "") return true; // keeps the link alive while the primary prepares
    if (this.state === "sync") this.#beginTransfer(line);
    else this.#answered(line);
    return true;
  }

  #answered(line: Bytes): void {
    switch (this.#asked[0]) {
      case "PING":
        if (line.startsWith("-") && !/^-(NOAUTH|NOPERM|ERR operation not permitted)/.test(line)) this.#fail();
        else this.#next();
        return;
      case "AUTH":
        if (line.startsWith("-")) this.#fail();
        else this.#next();
        return;
      case "REPLCONF": // old primaries know less: that is no failure
        this.#next();
        return;
      default:
        this.#answeredSync(line);
    }
  }

  #next(): void {
    this.#ask(this.#questions.shift()!);
  }

  #answeredSync(line: Bytes): void {
    const [word, id = "", offset = ""] = line.split(" ");
    if (word === "+FULLRESYNC" && id.length === MARK_BYTES) {
      this.#position = { id, offset: Number(parseInt64(offset) ?? 0) };
      this.state = "sync";
    } else if (word === "+CONTINUE") {
      this.#host.continued(id);
      this.#beginStream(this.#text);
    } else if (/^-(NOMASTERLINK|LOADING)/.test(line) || this.#asked[0] === "SYNC") this.#fail();
    else {
      // A primary that does not know PSYNC.
      this.#position = { id: this.#server.random.hex(MARK_BYTES), offset: 0 };
      this.state = "sync";
      this.#ask(["SYNC"]);
    }
  }

  #beginTransfer(line: Bytes): void {
    if (!line.startsWith("$")) {
      this.#fail();
      return;
    }
    const mark = line.startsWith("$EOF:") ? line.slice(5) : undefined;
    this.#transfer = mark === undefined ? { ends: "length", sizeBytes: Number(line.slice(1)) } : { ends: "mark", mark };
    this.#pieces = [];
    this.#transferredBytes = 0;
    const rest = this.#text;
    this.#text = "";
    this.#collect(rest);
  }

  #collect(bytes: Bytes): void {
    this.#pieces.push(bytes);
    this.#transferredBytes += bytes.length;
    const transfer = this.#transfer!;
    if (transfer.ends === "length") {
      if (this.#transferredBytes >= transfer.sizeBytes) this.#load(transfer.sizeBytes, transfer.sizeBytes);
      return;
    }
    const tail = this.#pieces.slice(-2).join("");
    if (!tail.includes(transfer.mark)) {
      // The mark may be cut into many pieces: few of them are kept apart.
      if (bytes.length < MARK_BYTES && this.#pieces.length > 1) this.#pieces.splice(-2, 2, tail);
      return;
    }
    const all = this.#pieces.join("");
    const end = all.lastIndexOf(transfer.mark);
    this.#pieces = [all];
    this.#load(end, end + transfer.mark.length);
  }

  #load(sizeBytes: number, streamAt: number): void {
    const all = this.#pieces.join("");
    this.#pieces = [];
    this.#transfer = undefined;
    const database = this.#host.loaded(all.slice(0, sizeBytes), this.#position);
    if (database === undefined) {
      this.#fail();
      return;
    }
    this.#database = database;
    this.#beginStream(all.slice(streamAt), { tells: true });
  }

  /** Who has loaded everything tells at once; who goes on where it was tells when it is time to (readSyncBulkPayload). */
  #beginStream(rest: Bytes, { tells = false } = {}): void {
    this.state = "connected";
    this.#text = "";
    this.#unapplied = "";
    // The commands of the stream run for a client of the server's own: nobody refuses it, and nobody hears its replies.
    const link = new Link(
      this.#server.world,
      { write() {}, close: () => this.#fail() },
      (same) => this.#server.connections.ofPrimary(same, this.address, this.#call?.localAddress ?? ""),
      { own: true },
    );
    this.#client = link.client;
    this.#client.setReplyMode("off");
    this.#client.database = this.#database;
    if (tells) this.#host.applied("");
    if (rest !== "") this.#stream(rest);
  }

  #stream(bytes: Bytes): void {
    const client = this.#client!;
    this.#unapplied += bytes;
    client.link.receive(toUint8Array(bytes));
    if (this.#client !== client || client.transaction !== undefined) return; // half a transaction has no effect yet
    const applied = this.#unapplied.length - client.queryBufferBytes;
    const taken = this.#unapplied.slice(0, applied);
    this.#unapplied = this.#unapplied.slice(applied);
    if (taken !== "") this.#host.applied(taken);
  }

  #fail(): void {
    this.#call?.close();
    this.#lost();
  }

  #lost(): void {
    const was = this.state;
    const client = this.#client;
    this.#forget();
    this.#client = undefined;
    client?.link.end();
    this.#host.lost(was);
  }
}
