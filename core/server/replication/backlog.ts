// The end of the replication stream that is kept for replicas that come back (replication.c: the replication backlog).
import type { Bytes } from "../../kernel/bytes.ts";

export class Backlog {
  /** Pieces of the stream in order, with the offset behind the last byte of each. */
  readonly #pieces: { readonly bytes: Bytes; readonly end: number }[] = [];
  #first: number;
  #end: number;
  #keptBytes: number;

  /** @param offset of the stream before the first byte that will be kept */
  constructor(offset: number, keptBytes: number) {
    this.#first = offset + 1;
    this.#end = offset;
    this.#keptBytes = keptBytes;
  }

  /** `repl-backlog-size` */
  set keptBytes(keptBytes: number) {
    this.#keptBytes = keptBytes;
    this.#trim();
  }

  /** The offset of the first byte that is here. */
  get firstOffset(): number {
    return this.#first;
  }

  /** Bytes that are here. */
  get length(): number {
    return this.#end - this.#first + 1;
  }

  append(bytes: Bytes): void {
    this.#end += bytes.length;
    this.#pieces.push({ bytes, end: this.#end });
    this.#trim();
  }

  /** Whether the stream can go on with the byte at an offset. */
  reaches(offset: number): boolean {
    return offset >= this.#first && offset <= this.#end + 1;
  }

  /** The stream from an offset on, which it reaches. */
  from(offset: number): Bytes {
    const at = this.#pieces.findIndex(({ end }) => end >= offset);
    if (at < 0) return "";
    const [first, ...rest] = this.#pieces.slice(at);
    const skipped = offset - (first!.end - first!.bytes.length + 1);
    return first!.bytes.slice(Math.max(0, skipped)) + rest.map(({ bytes }) => bytes).join("");
  }

  /** Whole pieces go at once, when what is left is still enough; what is seen ends where it should. */
  #trim(): void {
    this.#first = Math.max(this.#first, this.#end - this.#keptBytes + 1);
    let gone = 0;
    while (gone < this.#pieces.length && this.#pieces[gone]!.end < this.#first) gone++;
    if (gone > 64 || gone === this.#pieces.length) this.#pieces.splice(0, gone);
  }
}
