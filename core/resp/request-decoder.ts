// Requests from bytes, cut anywhere: multibulk and inline, with Redis's limits and its own protocol errors
// (networking.c: processMultibulkBuffer, processInlineBuffer).
import type { Bytes, Slice } from "../kernel/bytes.ts";
import { parseInt64 } from "../kernel/integers.ts";
import { RecentWords } from "./recent-words.ts";
import { splitArguments } from "./split-arguments.ts";

/** The stream cannot go on: the client gets this text and is closed. */
export class ProtocolError {
  readonly text: Bytes;

  constructor(text: Bytes) {
    this.text = `ERR Protocol error: ${text}`;
  }
}

/** Limits that depend on the client's state when a length is read. */
export interface RequestLimits {
  /** `proto-max-bulk-len`, in bytes. */
  readonly maxBulkBytes: number;
  /** The most arguments a request may have. */
  readonly maxArguments: number;
  /** Before AUTH a request has at most 10 arguments of at most 16384 bytes. */
  readonly authenticated: boolean;
  /**
   * Lines are read as Redis reads them: a NUL ends the search for the end of a length line, as C's strchr does (of an
   * inline line it always does). Valkey looks on; it also loses the byte 255 from inline words, and keeps to inline
   * requests behind a line of blanks.
   */
  readonly nulEndsLineSearch: boolean;
}

const MAX_LINE_BYTES = 64 * 1024;
const LF = 10;
const CR = 13;
const DOLLAR = 36;
const STAR = 42;
const GROW_FROM = 64 * 1024;
/** Words below this length are copied by V8 when they are cut from a string; longer ones would hold on to all of it. */
const SHORT_WORD = 13;
/** Up to this size a chunk becomes a string as a whole, for its short words. */
const SMALL_CHUNK = 4096;
/** Room for so many arguments is made when they are announced; beyond that, as they come. */
const USUAL_ARGUMENTS = 64;
/** Stands for a byte that gets lost, while a line is split into words: no byte has this code. */
const LOST = "\u0100";
const NOTHING = new Uint8Array(0);

/** All connections share them. */
const recent = new RecentWords();

/** Push chunks in, pull requests out; between two pulls the caller may run what it got, or stop. */
export class RequestDecoder {
  readonly #slice: Slice;
  readonly #limits: RequestLimits;
  #buffer: Uint8Array = NOTHING;
  /** The buffer as a string, once a short word was cut from it: the host's slice costs more than such a word. */
  #text: Bytes | undefined;
  #at = 0;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #argumentsLeft = 0;
  #argumentsRead = 0;
  #bulkBytes = -1;
  #argv: Bytes[] = [];
  #large: LargeBulk | undefined;
  /** What follows is inline, whatever it begins with: Valkey decides anew behind a request, or a line that is empty. */
  #inline = false;
  /** The last request that came in one line. */
  lastInline: readonly Bytes[] | undefined;

  constructor(slice: Slice, limits: RequestLimits) {
    this.#slice = slice;
    this.#limits = limits;
  }

  /** Bytes received and not yet part of a request. */
  get bufferedBytes(): number {
    return this.#buffer.length - this.#at + this.#queuedBytes + (this.#large?.length ?? 0);
  }

  /**
   * Takes a chunk. It is read in place when pulled at once; what remains after the pulls must be kept by `retain`.
   *
   * @param text the same as a byte string, if the host has it
   */
  push(chunk: Uint8Array, text?: Bytes): void {
    if (this.#at === this.#buffer.length && this.#queue.length === 0) {
      this.#use(chunk, text);
    } else {
      this.#queue.push(chunk);
      this.#queuedBytes += chunk.length;
    }
  }

  /** Copies what is left, so that the host may reuse its buffer. Call it after the last pull. */
  retain(): void {
    this.#use(this.#at === this.#buffer.length ? NOTHING : copyOf(this.#buffer.subarray(this.#at)));
    const last = this.#queue.length - 1;
    if (last >= 0) this.#queue[last] = copyOf(this.#queue[last]!);
  }

  /** The next request (its arguments, at least one), an error, or undefined when more bytes are needed. */
  next(): Bytes[] | ProtocolError | undefined {
    for (;;) {
      const request = this.#read();
      if (request !== undefined) return request;
      if (!this.#more()) return undefined;
    }
  }

  /** Appends the next queued chunk to what is left of the current one. */
  #more(): boolean {
    if (this.#queue.length === 0) return false;
    const chunk = this.#queue.shift()!;
    this.#queuedBytes -= chunk.length;
    const left = this.#buffer.length - this.#at;
    if (left === 0) {
      this.#use(chunk);
    } else {
      const joined = new Uint8Array(left + chunk.length);
      joined.set(this.#buffer.subarray(this.#at));
      joined.set(chunk, left);
      this.#use(joined);
    }
    return true;
  }

  #use(buffer: Uint8Array, text?: Bytes): void {
    this.#buffer = buffer;
    this.#text = text;
    this.#at = 0;
  }

  #cut(from: number, to: number): Bytes {
    if (to - from >= SHORT_WORD) return this.#slice(this.#buffer, from, to);
    if (to === from) return "";
    const place = recent.placeOf(this.#buffer, from, to);
    return recent.find(place, this.#buffer, from, to) ?? recent.keep(place, this.#cutShort(from, to));
  }

  #cutShort(from: number, to: number): Bytes {
    if (this.#buffer.length > SMALL_CHUNK) return this.#slice(this.#buffer, from, to);
    this.#text ??= this.#slice(this.#buffer, 0, this.#buffer.length);
    return this.#text.slice(from, to);
  }

  #read(): Bytes[] | ProtocolError | undefined {
    while (this.#argumentsLeft === 0) {
      if (this.#at >= this.#buffer.length) return undefined;
      if (this.#inline || this.#buffer[this.#at] !== STAR) {
        const request = this.#readInline();
        if (request === undefined || request instanceof ProtocolError || request.length > 0) return request;
        continue;
      }
      const count = this.#readLength("too big mbulk count string");
      if (typeof count !== "number") return count;
      if (Number.isNaN(count) || count > this.#limits.maxArguments)
        return new ProtocolError("invalid multibulk length");
      if (count > 10 && !this.#limits.authenticated) return new ProtocolError("unauthenticated multibulk length");
      if (count <= 0) continue;
      this.#argumentsLeft = count;
      this.#argv = count <= USUAL_ARGUMENTS ? new Array<Bytes>(count) : [];
      this.#argumentsRead = 0;
    }
    return this.#readArguments();
  }

  #readArguments(): Bytes[] | ProtocolError | undefined {
    while (this.#argumentsLeft > 0) {
      if (this.#bulkBytes < 0) {
        const failure = this.#readBulkLength();
        if (failure !== null) return failure;
      }
      const value = this.#readBulk(this.#bulkBytes);
      if (value === undefined) return undefined;
      this.#argv[this.#argumentsRead++] = value;
      this.#bulkBytes = -1;
      this.#argumentsLeft--;
    }
    const argv = this.#argv;
    this.#argv = [];
    return argv;
  }

  /** null when the length was read. */
  #readBulkLength(): ProtocolError | undefined | null {
    if (this.#at >= this.#buffer.length) return undefined;
    const type = this.#buffer[this.#at]!;
    const length = this.#readLength("too big bulk count string");
    if (typeof length !== "number") return length;
    if (type !== DOLLAR) return new ProtocolError(`expected '$', got '${printable(type)}'`);
    if (Number.isNaN(length) || length < 0 || length > this.#limits.maxBulkBytes) {
      return new ProtocolError("invalid bulk length");
    }
    if (length > 16384 && !this.#limits.authenticated) return new ProtocolError("unauthenticated bulk length");
    this.#bulkBytes = length;
    return null;
  }

  /** The number behind the type byte, NaN when it is none; passes the line. As in Redis the search ends at a NUL. */
  #readLength(tooBig: Bytes): number | ProtocolError | undefined {
    const buffer = this.#buffer;
    let at = this.#at + 1;
    let value = 0;
    while (at < buffer.length && buffer[at]! >= 48 && buffer[at]! <= 57) value = value * 10 + (buffer[at++]! - 48);
    const digits = at - this.#at - 1;
    const plain = digits > 0 && digits < 16 && (buffer[this.#at + 1] !== 48 || digits === 1) && buffer[this.#at] !== 0;
    if (plain && buffer[at] === CR) {
      if (at + 1 >= buffer.length) return undefined;
      this.#at = at + 2;
      return value;
    }
    const end = this.#find(CR, this.#limits.nulEndsLineSearch);
    if (end < 0) return buffer.length - this.#at > MAX_LINE_BYTES ? new ProtocolError(tooBig) : undefined;
    if (end + 1 >= buffer.length) return undefined;
    const number = end > this.#at ? parseInt64(this.#slice(buffer, this.#at + 1, end)) : undefined;
    this.#at = end + 2;
    return number === undefined ? Number.NaN : Number(number);
  }

  /** The body and the two bytes behind it, which Redis does not look at either. */
  #readBulk(length: number): Bytes | undefined {
    const available = this.#buffer.length - this.#at;
    if (this.#large === undefined) {
      if (available >= length + 2) {
        const value = this.#cut(this.#at, this.#at + length);
        this.#at += length + 2;
        return value;
      }
      if (length < GROW_FROM) return undefined;
      this.#large = new LargeBulk(length + 2);
    }
    const taken = Math.min(available, length + 2 - this.#large.length);
    this.#large.append(this.#buffer.subarray(this.#at, this.#at + taken));
    this.#at += taken;
    if (this.#large.length < length + 2) return undefined;
    const value = this.#slice(this.#large.bytes, 0, length);
    this.#large = undefined;
    return value;
  }

  #readInline(): Bytes[] | ProtocolError | undefined {
    const end = this.#find(LF, true);
    if (end < 0) {
      return this.#buffer.length - this.#at > MAX_LINE_BYTES ? new ProtocolError("too big inline request") : undefined;
    }
    const stop = end > this.#at && this.#buffer[end - 1] === CR ? end - 1 : end;
    const line = this.#slice(this.#buffer, this.#at, stop);
    this.#at = end + 1;
    const words = this.#limits.nulEndsLineSearch ? splitArguments(line) : splitLosing255(line);
    this.#inline = !this.#limits.nulEndsLineSearch && line !== "" && words?.length === 0;
    this.lastInline = words;
    return words ?? new ProtocolError("unbalanced quotes in request");
  }

  #find(byte: number, nulEnds: boolean): number {
    const buffer = this.#buffer;
    for (let at = this.#at; at < buffer.length; at++) {
      if (buffer[at] === byte) return at;
      if (nulEnds && buffer[at] === 0) return -1;
    }
    return -1;
  }
}

/** A body that arrives in many chunks: grown by doubling, so that a length alone reserves nothing. */
class LargeBulk {
  bytes = new Uint8Array(GROW_FROM);
  length = 0;
  readonly #target: number;

  constructor(target: number) {
    this.#target = target;
  }

  append(chunk: Uint8Array): void {
    if (this.length + chunk.length > this.bytes.length) {
      const grown = new Uint8Array(Math.min(this.#target, Math.max(2 * this.bytes.length, this.length + chunk.length)));
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
    this.bytes.set(chunk, this.length);
    this.length += chunk.length;
  }
}

/** The byte 255 is lost wherever it stands, unless it was written as an escape; a word of nothing else is empty. */
function splitLosing255(line: Bytes): Bytes[] | undefined {
  if (!line.includes("\xff")) return splitArguments(line);
  return splitArguments(line.replaceAll("\xff", LOST))?.map((word) => word.replaceAll(LOST, ""));
}

/** A copy for sure: the `slice` of a host's own kind of array may be a view, as that of Node's Buffer is. */
function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

function printable(byte: number): Bytes {
  return String.fromCharCode(byte);
}
