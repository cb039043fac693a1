// The text of the append-only file as commands, strictly: what is no command, and what an end cut off (aof.c: loadSingleAppendOnlyFile).
import type { Bytes } from "../../kernel/bytes.ts";
import { ANNOTATION_MARK } from "./annotation.ts";

/** A command and where it ends; a line beside the commands; an end in the middle; what means nothing. */
export type ReadOutcome =
  | { readonly argv: readonly Bytes[]; readonly end: number }
  | "annotation"
  | "cut"
  | "malformed";

/** A file being read; offsets count from its start. */
export class CommandReader {
  readonly #text: Bytes;
  #at: number;

  constructor(text: Bytes, at: number) {
    this.#text = text;
    this.#at = at;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** The next command, or a line beside the commands. */
  next(): ReadOutcome {
    const header = this.#line();
    if (header.startsWith(ANNOTATION_MARK)) return "annotation";
    if (!header.startsWith("*")) return "malformed";
    const count = Number.parseInt(header.slice(1), 10);
    if (header.length === 1) return "cut";
    if (!(count >= 1)) return "malformed";
    const argv: Bytes[] = [];
    while (argv.length < count) {
      if (this.atEnd) return "cut";
      const start = this.#line();
      if (!start.startsWith("$")) return "malformed";
      const length = Number.parseInt(start.slice(1), 10) || 0;
      const word = this.#text.slice(this.#at, this.#at + length);
      this.#at += length + 2;
      if (this.#at > this.#text.length) return "cut";
      argv.push(word);
    }
    return { argv, end: this.#at };
  }

  /** Up to a line feed, or to the end of the file. */
  #line(): Bytes {
    const feed = this.#text.indexOf("\n", this.#at);
    const end = feed < 0 ? this.#text.length : feed + 1;
    const line = this.#text.slice(this.#at, end);
    this.#at = end;
    return line;
  }
}
