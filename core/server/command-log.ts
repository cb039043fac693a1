// What was remarkable of commands that ran: slow ones, and in Valkey large requests and replies too (slowlog.c, commandlog.c).
import type { Bytes } from "../kernel/bytes.ts";

const MOST_WORDS = 32;
const MOST_BYTES = 128;

export interface LoggedCommand {
  readonly id: number;
  /** When it was over, in milliseconds of Unix time. */
  readonly at: number;
  /** Microseconds, or bytes. */
  readonly value: number;
  readonly words: readonly Bytes[];
  /** Of the client. */
  readonly address: Bytes;
  readonly clientName: Bytes;
}

export class CommandLog {
  /** So much or more is logged; below zero nothing is. */
  threshold = -1;
  maxLength = 0;
  #nextId = 0;
  /** The oldest in front. */
  readonly #entries: LoggedCommand[] = [];

  get length(): number {
    return this.#entries.length;
  }

  takes(value: number): boolean {
    return this.threshold >= 0 && value >= this.threshold;
  }

  /** Its words are cut where they are many, or long. */
  add(logged: Omit<LoggedCommand, "id">): void {
    this.#entries.push({ ...logged, words: shortened(logged.words), id: this.#nextId++ });
    if (this.length > this.maxLength) this.#entries.splice(0, this.length - this.maxLength);
  }

  /** The newest first, as many as are asked for. */
  latest(count: number): readonly LoggedCommand[] {
    return this.#entries.slice(Math.max(0, this.length - count)).reverse();
  }

  /** Ids go on. */
  reset(): void {
    this.#entries.length = 0;
  }

  /** As if nothing had ever been logged. */
  forget(): void {
    this.reset();
    this.#nextId = 0;
  }
}

function shortened(words: readonly Bytes[]): readonly Bytes[] {
  if (words.length <= MOST_WORDS) return words.map(shortenedWord);
  const kept = words.slice(0, MOST_WORDS - 1).map(shortenedWord);
  return [...kept, `... (${words.length - kept.length} more arguments)`];
}

function shortenedWord(word: Bytes): Bytes {
  if (word.length <= MOST_BYTES) return word;
  return `${word.slice(0, MOST_BYTES)}... (${word.length - MOST_BYTES} more bytes)`;
}
