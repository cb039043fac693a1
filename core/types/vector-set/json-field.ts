// One field of a JSON object as filters see it. Nothing is read but what leads there, and no more of JSON is known than Redis
// knows: no \u, no objects within (fastjson.c).
import type { Bytes } from "../../kernel/bytes.ts";
import { readDouble } from "../../kernel/doubles.ts";

/** What a filter reckons with: a number, a string, null, or several. */
export type FilterValue = number | Bytes | null | readonly FilterValue[];

/** The value of a field; undefined where there is none, or none that a filter could use. */
export function jsonField(json: Bytes, field: Bytes): FilterValue | undefined {
  const text = new JsonText(json);
  text.skipBlanks();
  if (!text.take("{")) return undefined;
  for (;;) {
    const key = text.nextKey();
    if (key === undefined) return undefined;
    text.skipBlanks();
    if (!text.take(":")) return undefined;
    if (key === field) return text.value();
    if (!text.skipValue()) return undefined;
    text.skipBlanks();
    if (!text.take(",")) return undefined;
  }
}

class JsonText {
  readonly #json: Bytes;
  #at = 0;

  constructor(json: Bytes) {
    this.#json = json;
  }

  get #next(): string {
    return this.#json[this.#at] ?? "";
  }

  take(char: string): boolean {
    if (this.#next !== char) return false;
    this.#at++;
    return true;
  }

  skipBlanks(): void {
    this.#match(/[ \t\n\v\f\r]*/y);
  }

  /** What matches here, which is passed. */
  #match(pattern: RegExp): Bytes {
    pattern.lastIndex = this.#at;
    const matched = pattern.exec(this.#json)?.[0] ?? "";
    this.#at += matched.length;
    return matched;
  }

  /** A key as it is written, its escapes with it. */
  nextKey(): Bytes | undefined {
    this.skipBlanks();
    return this.#quoted();
  }

  /** What stands between quotes. */
  #quoted(): Bytes | undefined {
    const quoted = this.#match(/"[^"\\]*(?:\\[^][^"\\]*)*"/y);
    return quoted === "" ? undefined : quoted.slice(1, -1);
  }

  skipValue(): boolean {
    this.skipBlanks();
    switch (this.#next) {
      case '"':
        return this.#quoted() !== undefined;
      case "{":
        return this.#skipBracketed("{", "}");
      case "[":
        return this.#skipBracketed("[", "]");
      default:
        return this.#match(/true|false|null|[\d+.eE-]+/y) !== "";
    }
  }

  /** To the bracket that closes; those of the other kind are passed as they come. */
  #skipBracketed(opener: string, closer: string): boolean {
    let depth = 0;
    do {
      if (this.#next === "") return false;
      if (this.#next === '"') {
        if (this.#quoted() === undefined) return false;
        continue;
      }
      if (this.#next === opener) depth++;
      else if (this.#next === closer) depth--;
      this.#at++;
    } while (depth > 0);
    return true;
  }

  value(): FilterValue | undefined {
    this.skipBlanks();
    if (this.#next === '"') {
      // An escape that is not known is what it escapes.
      return this.#quoted()?.replace(/\\([^])/g, (_, char: string) => ESCAPED.get(char) ?? char);
    }
    if (this.take("[")) return this.#row();
    const literal = this.#match(/(?:true|false|null)(?=[ \t\n\v\f\r,\]}]|$)/y);
    if (literal !== "") return LITERALS.get(literal);
    if (!/[\d+-]/.test(this.#next)) return undefined;
    return readDouble(this.#match(/[\d+.eE-]{1,255}/y));
  }

  #row(): readonly FilterValue[] | undefined {
    const values: FilterValue[] = [];
    this.skipBlanks();
    if (this.take("]")) return values;
    for (;;) {
      const value = this.value();
      if (value === undefined) return undefined;
      values.push(value);
      this.skipBlanks();
      if (this.take("]")) return values;
      if (!this.take(",")) return undefined;
    }
  }
}

const ESCAPED: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

const LITERALS: ReadonlyMap<string, number | null> = new Map([
  ["true", 1],
  ["false", 0],
  ["null", null],
]);
