// What applications asked of a server: the last commands, in order, for assertions and for the report of a failing test.
import type { Bytes, Client, Server } from "../core/index.ts";
import { fromBytes, latin1Slice } from "./text.ts";

/** A command that a server received. */
export interface ReceivedCommand {
  /** Upper case, as in `SET`. */
  readonly name: string;
  readonly args: readonly (string | Buffer)[];
  readonly client: { readonly id: number; readonly name: string; readonly address: string };
  /** The server's time when it came, in milliseconds of Unix time. */
  readonly time: number;
}

/** Argument bytes that a log may hold on to. */
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * Keeps at least the last `capacity` commands and shows so many. Commands are copied into pages of bytes: kept as strings
 * they would outlive their youth, and the garbage collector's work on them costs more than the commands themselves.
 */
export class CommandLog {
  readonly #capacity: number;
  #pages: Page[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Begins to listen to a server. */
  tap(server: Server): void {
    if (this.#capacity > 0) server.tap = (client, argv) => this.#add(client, argv, server.now);
  }

  get all(): readonly ReceivedCommand[] {
    return this.#pages.flatMap((page) => page.all()).slice(-this.#capacity);
  }

  clear(): void {
    this.#pages = [];
  }

  #add(client: Client, argv: readonly Bytes[], time: number): void {
    let page = this.#pages.at(-1);
    if (page === undefined || !page.add(client, argv, time)) {
      page = this.#turnPage();
      page.add(client, argv, time);
    }
  }

  /** A new page; the oldest one serves again when it is needed no more. */
  #turnPage(): Page {
    let commands = 0;
    let bytes = 0;
    for (const page of this.#pages) {
      commands += page.commands;
      bytes += page.bytes;
    }
    const oldest = this.#pages[0];
    const spare = oldest !== undefined && (commands - oldest.commands >= this.#capacity || bytes > MOST_BYTES);
    const page = spare ? this.#pages.shift()! : new Page();
    page.clear();
    this.#pages.push(page);
    return page;
  }
}

const PAGE_BYTES = 32 * 1024;
/** Longer words stay strings. */
const LONG_WORD = 512;
const LONG = -1;

/** Commands one after the other, word by word. */
class Page {
  commands = 0;
  bytes = 0;
  readonly #text = Buffer.allocUnsafe(PAGE_BYTES);
  #clients: Client[] = [];
  #times: number[] = [];
  /** How many words each command has. */
  #counts: number[] = [];
  /** The length of each word, or that it is a long one. */
  #lengths: number[] = [];
  #long: Bytes[] = [];
  #at = 0;

  /** False when there is no room, and nothing was added. */
  add(client: Client, argv: readonly Bytes[], time: number): boolean {
    let room = this.#at;
    for (const word of argv) room += word.length > LONG_WORD ? 0 : word.length;
    const alone = this.commands === 0;
    if ((room > PAGE_BYTES || this.bytes > MOST_BYTES / 8) && !alone) return false;
    for (const word of argv) this.#addWord(word, room > PAGE_BYTES);
    this.#clients.push(client);
    this.#times.push(time);
    this.#counts.push(argv.length);
    this.commands++;
    return true;
  }

  #addWord(word: Bytes, asString: boolean): void {
    this.bytes += word.length;
    if (word.length > LONG_WORD || asString) {
      this.#long.push(word);
      this.#lengths.push(LONG);
      return;
    }
    const text = this.#text;
    let at = this.#at;
    for (let i = 0; i < word.length; i++) text[at++] = word.charCodeAt(i);
    this.#at = at;
    this.#lengths.push(word.length);
  }

  all(): ReceivedCommand[] {
    const words = this.#words();
    return this.#counts.map((count, index) => {
      const argv: Bytes[] = Array.from({ length: count }, () => words.next().value ?? "");
      const client = this.#clients[index]!;
      return {
        name: argv[0]!.toUpperCase(),
        args: argv.slice(1).map(fromBytes),
        client: { id: client.id, name: String(fromBytes(client.name)), address: client.address },
        time: this.#times[index]!,
      };
    });
  }

  *#words(): Generator<Bytes, undefined> {
    let at = 0;
    let long = 0;
    for (const length of this.#lengths) {
      yield length === LONG ? this.#long[long++]! : latin1Slice(this.#text, at, at + length);
      at += Math.max(0, length);
    }
  }

  clear(): void {
    this.commands = 0;
    this.bytes = 0;
    this.#clients = [];
    this.#times = [];
    this.#counts = [];
    this.#lengths = [];
    this.#long = [];
    this.#at = 0;
  }
}
