// The words of a filter expression: numbers, strings, rows of them, fields, operators (expr.c: exprTokenize).
import type { Bytes } from "../../kernel/bytes.ts";
import type { FilterValue } from "./json-field.ts";

export type Operator =
  | "("
  | ")"
  | "not"
  | "**"
  | "*"
  | "/"
  | "%"
  | "+"
  | "-"
  | ">"
  | ">="
  | "<"
  | "<="
  | "=="
  | "!="
  | "in"
  | "and"
  | "or";

export type FilterToken =
  | { readonly is: "value"; readonly value: FilterValue }
  | { readonly is: "field"; readonly name: Bytes }
  | { readonly is: "operator"; readonly operator: Operator }
  /** The word null, which is read and means nothing. */
  | { readonly is: "null" };

/** How operators are written; where several fit the longest counts. */
const SPELLINGS: ReadonlyMap<string, Operator> = new Map([
  ...(
    ["(", ")", "not", "**", "*", "/", "%", "+", "-", ">", ">=", "<", "<=", "==", "!=", "in", "and", "or"] as const
  ).map((operator) => [operator, operator] as const),
  ["!", "not"],
  ["&&", "and"],
  ["||", "or"],
]);

const LONGEST_SPELLING = 3;
const LONGEST_NUMBER = 255;

/** A number may hold these; whether it is one shows behind it. Only a minus in front is its own. */
const NUMBER = /-?[\d.eE]*/y;
const WHOLE_NUMBER = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE]\d+)?$/;

const DOUBLE_QUOTED = /"[^"\\]*(?:\\[^][^"\\]*)*"/y;
const SINGLE_QUOTED = /'[^'\\]*(?:\\[^][^'\\]*)*'/y;

/** The words of an expression, or where it is none: the place behind what could not be read. */
export function tokenize(text: Bytes): { readonly tokens: readonly FilterToken[] } | { readonly problemAt: number } {
  const reader = new TokenReader(text);
  const tokens: FilterToken[] = [];
  for (;;) {
    const token = reader.next(tokens.at(-1));
    if (token === undefined) return { problemAt: reader.at };
    if (token === "end") return { tokens };
    tokens.push(token);
  }
}

class TokenReader {
  readonly #text: Bytes;
  at = 0;

  constructor(text: Bytes) {
    this.#text = text;
  }

  get #char(): string {
    return this.#text[this.at] ?? "";
  }

  #match(pattern: RegExp): Bytes {
    pattern.lastIndex = this.at;
    const matched = pattern.exec(this.#text)?.[0] ?? "";
    this.at += matched.length;
    return matched;
  }

  #skipBlanks(): void {
    this.#match(/[ \t\n\v\f\r]*/y);
  }

  /** @param last the one before it: whether a minus belongs to a number depends on that */
  next(last: FilterToken | undefined): FilterToken | "end" | undefined {
    this.#skipBlanks();
    const char = this.#char;
    const following = this.#text[this.at + 1] ?? "";
    const opens = last === undefined || (last.is === "operator" && last.operator !== ")");
    if (char === "") return "end";
    if (/\d/.test(char) || (char === "-" && opens && /\d/.test(following))) return value(this.#number());
    if (char === '"' || char === "'") return value(this.#quoted());
    if (char === "." && /^[\w-]?$/.test(following)) return this.#field();
    if (char === "[") return value(this.#row());
    return /[a-zA-Z+\-*%/!()<>=|&]/.test(char) ? this.#operator() : undefined;
  }

  #number(): number | undefined {
    const digits = this.#match(NUMBER);
    if (digits.length > LONGEST_NUMBER) {
      this.at -= digits.length - LONGEST_NUMBER;
      return undefined;
    }
    return WHOLE_NUMBER.test(digits) ? Number(digits) : undefined;
  }

  /** What stands between quotes of one kind; a backslash keeps a quote from ending it, and stays. */
  #quoted(): Bytes | undefined {
    const quoted = this.#match(this.#char === '"' ? DOUBLE_QUOTED : SINGLE_QUOTED);
    if (quoted !== "") return quoted.slice(1, -1);
    this.at = this.#text.length;
    return undefined;
  }

  #field(): FilterToken {
    return { is: "field", name: this.#match(/\.[\w-]*/y).slice(1) };
  }

  #row(): readonly FilterValue[] | undefined {
    const values: FilterValue[] = [];
    this.at++;
    for (;;) {
      this.#skipBlanks();
      if (this.#take("]")) return values;
      const element = this.#element();
      if (element === undefined) return undefined;
      values.push(element);
      this.#skipBlanks();
      if (this.#take("]")) return values;
      if (!this.#take(",")) return undefined;
    }
  }

  #element(): FilterValue | undefined {
    if (/[\d-]/.test(this.#char)) return this.#number();
    return this.#char === '"' || this.#char === "'" ? this.#quoted() : undefined;
  }

  #take(char: string): boolean {
    if (this.#char !== char) return false;
    this.at++;
    return true;
  }

  /** As much as an operator may be is read, then as much of it as is one; that much is passed, or all where it is none. */
  #operator(): FilterToken | undefined {
    const start = this.at;
    const word = this.#match(/[a-zA-Z+\-*%/!()<>=|&]*/y);
    if (word === "null") return { is: "null" };
    for (let length = Math.min(word.length, LONGEST_SPELLING); length > 0; length--) {
      const operator = SPELLINGS.get(word.slice(0, length));
      if (operator === undefined) continue;
      this.at = start + length;
      return { is: "operator", operator };
    }
    return undefined;
  }
}

function value(read: FilterValue | undefined): FilterToken | undefined {
  return read === undefined ? undefined : { is: "value", value: read };
}
