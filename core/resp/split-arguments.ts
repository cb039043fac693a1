// Splits an inline request into arguments, with quotes and escapes (sds.c: sdssplitargs).
import type { Bytes } from "../kernel/bytes.ts";

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", a: "\x07" };

/** The arguments of a line; undefined when quotes are not closed, or something follows a closing quote directly. */
export function splitArguments(line: Bytes): Bytes[] | undefined {
  const found: Bytes[] = [];
  let at = 0;
  for (;;) {
    while (isSpace(line[at])) at++;
    if (at >= line.length || line[at] === "\0") return found;
    let value = "";
    for (;;) {
      const char = line[at];
      // A vertical tab and a form feed may stand before a word; they do not end one.
      if (char === undefined || char === "\0" || (isSpace(char) && char !== "\v" && char !== "\f")) break;
      if (char !== '"' && char !== "'") {
        value += char;
        at++;
        continue;
      }
      const quoted = char === '"' ? readDouble(line, at + 1) : readSingle(line, at + 1);
      if (quoted === undefined) return undefined;
      value += quoted.value;
      at = quoted.end;
      if (at < line.length && !isSpace(line[at])) return undefined;
      break;
    }
    found.push(value);
  }
}

interface Quoted {
  readonly value: Bytes;
  readonly end: number;
}

function readDouble(line: Bytes, at: number): Quoted | undefined {
  let value = "";
  while (at < line.length) {
    const char = line[at]!;
    if (char === '"') return { value, end: at + 1 };
    if (char !== "\\" || at + 1 >= line.length) {
      value += char;
      at++;
      continue;
    }
    const hex = /^x([\da-fA-F]{2})/.exec(line.slice(at + 1, at + 4));
    if (hex) {
      value += String.fromCharCode(Number.parseInt(hex[1]!, 16));
      at += 4;
    } else {
      const next = line[at + 1]!;
      value += ESCAPES[next] ?? next;
      at += 2;
    }
  }
  return undefined;
}

function readSingle(line: Bytes, at: number): Quoted | undefined {
  let value = "";
  while (at < line.length) {
    const char = line[at]!;
    if (char === "'") return { value, end: at + 1 };
    if (char === "\\" && line[at + 1] === "'") {
      value += "'";
      at += 2;
    } else {
      value += char;
      at++;
    }
  }
  return undefined;
}

function isSpace(char: string | undefined): boolean {
  return char === " " || char === "\n" || char === "\r" || char === "\t" || char === "\v" || char === "\f";
}
