// What applications asked of a server: the last commands, in order, for assertions and for the report of a failing test.
import type { Bytes, Client, Server } from "../core/index.ts";
import { fromBytes, latin1Slice } from "./text.ts";

/** A command that a server received. */
export interface ReceivedCommand {
  /** Upper case, as in `SET`. */
  readonly name: string;
  /** The server that received it. */
  readonly server: string;
  readonly args: readonly (string | Buffer)[];
  readonly client: { readonly id: number; readonly name: string; readonly address: string };
  /** The server's time when it came, in milliseconds of Unix time. */
  readonly time: number;
}

/** Counts what all servers of a deployment received: at one moment it alone tells what came first. */
export interface CommandCount {
  received: number;
}

/** A command, and where it stands among those of all servers. */
export interface CountedCommand {
  readonly command: ReceivedCommand;
  readonly nth: number;
}

/** Argument bytes that a log may hold on to. */
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * Keeps at least the last `capacity` commands and shows so many. Commands are copied into pages of bytes: kept as strings
 * they would outlive their youth, and the garbage collector's work on them costs more than the commands themselves.
 */
export class CommandLog {
  readonly #capacity: number;
  readonly #count: CommandCount;
  #server = "";
  #pages: Page[] = [];

  constructor(capacity: number, count: CommandCount) {
    this.#capacity = capacity;
    this.#count = count;
  }

  /** Begins to listen to a server. What processes say to each other, replicas and Sentinels, is no application's. */
  tap(server: Server): void {
    if (this.#capacity === 0) return;
    this.#server = server.name;
    server.tap = (client, argv) => {
      if (client.link.origin === "") this.#add(client, argv, server.now);
    };
  }

  get all(): readonly CountedCommand[] {
    return this.#pages.flatMap((page) => page.all(this.#server)).slice(-this.#capacity);
  }

  clear(): void {
    this.#pages = [];
  }

  #add(client: Client, argv: readonly Bytes[], time: number): void {
    const nth = ++this.#count.received;
    let page = this.#pages.at(-1);
    if (page === undefined || !page.add(client, argv, { time, nth })) {
      page = this.#turnPage();
      page.add(client, argv, { time, nth });
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
const PAGE_COMMANDS = 512;
const PAGE_WORDS = 2048;
/** Commands with more bytes or words stay as they are. */
const LARGE_BYTES = 1024;
const LARGE_WORDS = 64;
const LARGE = -1;

/** Commands one after the other, word by word, in arrays that never grow. */
class Page {
  commands = 0;
  /** Bytes of arguments held on to, those in the page itself included. */
  bytes = 0;
  readonly #text = Buffer.allocUnsafe(PAGE_BYTES);
  readonly #lengths = new Int32Array(PAGE_WORDS);
  /** How many words each command has; or that it is a large one. */
  readonly #counts = new Int32Array(PAGE_COMMANDS);
  readonly #times = new Float64Array(PAGE_COMMANDS);
  readonly #nths = new Float64Array(PAGE_COMMANDS);
  readonly #clients: (Client | undefined)[] = Array.from({ length: PAGE_COMMANDS });
  #large: (readonly Bytes[])[] = [];
  #at = 0;
  #words = 0;

  /** False when there is no room, and nothing was added. */
  add(client: Client, argv: readonly Bytes[], { time, nth }: { readonly time: number; readonly nth: number }): boolean {
    let size = 0;
    for (const word of argv) size += word.length;
    const large = size > LARGE_BYTES || argv.length > LARGE_WORDS;
    if (!this.#hasRoom(large ? 0 : size, large ? 0 : argv.length)) return false;
    this.#clients[this.commands] = client;
    this.#times[this.commands] = time;
    this.#nths[this.commands] = nth;
    this.#counts[this.commands++] = large ? LARGE : argv.length;
    this.bytes += size;
    if (large) this.#large.push(argv);
    else for (const word of argv) this.#addWord(word);
    return true;
  }

  #hasRoom(size: number, words: number): boolean {
    return (
      this.commands < PAGE_COMMANDS &&
      this.#words + words <= PAGE_WORDS &&
      this.#at + size <= PAGE_BYTES &&
      (this.bytes < MOST_BYTES / 8 || this.commands === 0)
    );
  }

  #addWord(word: Bytes): void {
    const text = this.#text;
    let at = this.#at;
    for (let i = 0; i < word.length; i++) text[at++] = word.charCodeAt(i);
    this.#at = at;
    this.#lengths[this.#words++] = word.length;
  }

  all(server: string): CountedCommand[] {
    const large = this.#large.values();
    const words = this.#allWords();
    return Array.from(this.#counts.subarray(0, this.commands), (count, index) => {
      const argv = count === LARGE ? (large.next().value ?? []) : take(words, count);
      const client = this.#clients[index]!;
      const command = {
        name: argv[0]!.toUpperCase(),
        server,
        args: argv.slice(1).map(fromBytes),
        client: { id: client.id, name: String(fromBytes(client.name)), address: client.address },
        time: this.#times[index]!,
      };
      return { command, nth: this.#nths[index]! };
    });
  }

  *#allWords(): Generator<Bytes, undefined> {
    let at = 0;
    for (const length of this.#lengths.subarray(0, this.#words)) {
      yield latin1Slice(this.#text, at, at + length);
      at += length;
    }
  }

  clear(): void {
    this.#clients.fill(undefined);
    this.#large = [];
    this.commands = 0;
    this.bytes = 0;
    this.#at = 0;
    this.#words = 0;
  }
}

function take(words: Generator<Bytes, undefined>, count: number): Bytes[] {
  return Array.from({ length: count }, () => words.next().value ?? "");
}
