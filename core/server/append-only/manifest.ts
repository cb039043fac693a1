// Which files make up the append-only file, and in which order: its manifest (aof.c: aofManifest).
import type { Bytes } from "../../kernel/bytes.ts";
import { quote } from "../../kernel/quote.ts";
import { splitArguments } from "../../resp/split-arguments.ts";

/** A file of the append-only file. */
export interface ManifestFile {
  readonly name: Bytes;
  readonly sequence: number;
  /** Where the replication stream was when it began, and when it ended, where the release notes that. */
  readonly startOffset?: number;
  readonly endOffset?: number;
}

const LETTERS = { base: "b", history: "h", incremental: "i" } as const;

export class Manifest {
  /** The data as they were when it was written. */
  base: ManifestFile | undefined;
  /** What is read no longer, and goes; the newest first. */
  history: readonly ManifestFile[] = [];
  /** What came since, in order. */
  incremental: readonly ManifestFile[] = [];
  #baseSequence = 0;
  #incrementalSequence = 0;

  /** As a file says it; undefined where it is no manifest. */
  static read(text: Bytes): Manifest | undefined {
    const manifest = new Manifest();
    for (const line of text.split("\n").filter((each) => each !== "" && !each.startsWith("#"))) {
      if (!manifest.#take(splitArguments(line) ?? [])) return undefined;
    }
    return manifest;
  }

  copy(): Manifest {
    const copy = new Manifest();
    copy.base = this.base;
    copy.history = this.history;
    copy.incremental = this.incremental;
    copy.#baseSequence = this.#baseSequence;
    copy.#incrementalSequence = this.#incrementalSequence;
    return copy;
  }

  get last(): ManifestFile | undefined {
    return this.incremental.at(-1);
  }

  get isEmpty(): boolean {
    return this.base === undefined && this.incremental.length === 0;
  }

  /** The first base, a file that there was before. */
  begin(name: Bytes): void {
    this.#baseSequence = 1;
    this.base = { name, sequence: 1 };
  }

  /** A new base; what was one before is history. */
  rebase(filename: Bytes, format: "rdb" | "aof"): ManifestFile {
    if (this.base !== undefined) this.history = [this.base, ...this.history];
    const sequence = ++this.#baseSequence;
    return (this.base = { name: `${filename}.${sequence}.base.${format}`, sequence });
  }

  /** One more file for what comes. */
  extend(filename: Bytes, startOffset: number | undefined): ManifestFile {
    const sequence = ++this.#incrementalSequence;
    const file = {
      name: `${filename}.${sequence}.incr.aof`,
      sequence,
      ...(startOffset === undefined ? {} : { startOffset }),
    };
    this.incremental = [...this.incremental, file];
    return file;
  }

  /** What came before the last file, or that too, is in the base now. */
  retire({ keepsLast }: { readonly keepsLast: boolean }): void {
    const kept = keepsLast ? this.incremental.slice(-1) : [];
    const retired = this.incremental.slice(0, this.incremental.length - kept.length);
    this.history = [...retired, ...this.history];
    this.incremental = kept;
  }

  /** The last file has come to its end. */
  end(endOffset: number): void {
    const { last } = this;
    if (last !== undefined) this.incremental = [...this.incremental.slice(0, -1), { ...last, endOffset }];
  }

  /** History is gone; gives what it was. */
  forgetHistory(): readonly ManifestFile[] {
    const { history } = this;
    this.history = [];
    return history;
  }

  print(): Bytes {
    return [
      ...(this.base === undefined ? [] : [printLine(this.base, "base")]),
      ...this.history.map((file) => printLine(file, "history")),
      ...this.incremental.map((file) => printLine(file, "incremental")),
    ].join("");
  }

  #take(words: readonly Bytes[]): boolean {
    if (words.length < 6 || words.length % 2 !== 0) return false;
    const said = new Map<Bytes, Bytes>();
    for (let at = 0; at < words.length; at += 2) said.set(words[at]!, words[at + 1]!);
    const name = said.get("file") ?? "";
    const sequence = Number(said.get("seq"));
    if (name === "" || name.includes("/") || !(sequence >= 1)) return false;
    const offsets = { startOffset: said.get("startoffset"), endOffset: said.get("endoffset") };
    const noted = Object.entries(offsets).filter(([, offset]) => offset !== undefined);
    return this.#add(said.get("type"), {
      name,
      sequence,
      ...Object.fromEntries(noted.map(([which, offset]) => [which, Number(offset)])),
    });
  }

  /** One base at most, and the rest in order. */
  #add(letter: Bytes | undefined, file: ManifestFile): boolean {
    switch (letter) {
      case LETTERS.base:
        if (this.base !== undefined) return false;
        this.base = file;
        this.#baseSequence = file.sequence;
        return true;
      case LETTERS.history:
        this.history = [...this.history, file];
        return true;
      case LETTERS.incremental:
        if (file.sequence <= this.#incrementalSequence) return false;
        this.incremental = [...this.incremental, file];
        this.#incrementalSequence = file.sequence;
        return true;
      default:
        return false;
    }
  }
}

function printLine({ name, sequence, startOffset, endOffset }: ManifestFile, type: keyof typeof LETTERS): Bytes {
  const shown = /^[!#-&(-[\]-~]*$/.test(name) ? name : quote(name);
  const offsets = [
    startOffset === undefined ? "" : ` startoffset ${startOffset}`,
    endOffset === undefined ? "" : ` endoffset ${endOffset}`,
  ];
  return `file ${shown} seq ${sequence} type ${LETTERS[type]}${offsets.join("")}\n`;
}
