/** How bytes stand in a case file: printable ASCII as itself, the rest as escapes, in command lines and in replies alike. */

export type Bytes = string;

const named: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", a: "\x07" };

/**
 * Undoes the escapes of a piece of text: `\n \r \t \b \a \xHH`, a backslash before any other character for that
 * character, and `\(x*100)` for something repeated.
 */
export function unescape(text: string): Bytes {
  let bytes = "";
  let at = 0;
  while (at < text.length) {
    const piece = readEscaped(text, at);
    bytes += piece.bytes;
    at = piece.next;
  }
  return bytes;
}

function readEscaped(text: string, at: number): { bytes: Bytes; next: number } {
  const char = text.charAt(at);
  if (char !== "\\") return { bytes: char, next: at + 1 };
  const code = text.charAt(at + 1);
  if (code === "x" && /^[0-9a-fA-F]{2}$/.test(text.slice(at + 2, at + 4))) {
    return { bytes: String.fromCharCode(Number.parseInt(text.slice(at + 2, at + 4), 16)), next: at + 4 };
  }
  if (code === "(") {
    const repeat = /\((.*?)\*(\d+)\)/sy;
    repeat.lastIndex = at + 1;
    const match = repeat.exec(text);
    if (match) return { bytes: unescape(match[1] ?? "").repeat(Number(match[2])), next: repeat.lastIndex };
  }
  return { bytes: named[code] ?? code, next: at + 2 };
}

/** Escapes bytes for a reply line. A byte that comes 32 times or more in a row is written once. */
export function escape(bytes: Bytes): string {
  return bytes.replaceAll(/([^])\1{31,}|[^]/g, (run: string, repeated: string | undefined) =>
    repeated === undefined ? escapeByte(run) : `\\(${escapeByte(repeated)}*${run.length})`,
  );
}

function escapeByte(byte: string): string {
  switch (byte) {
    case "\\":
      return "\\\\";
    case "\n":
      return "\\n";
    case "\r":
      return "\\r";
    case "\t":
      return "\\t";
    default: {
      const code = byte.charCodeAt(0);
      return code >= 0x20 && code < 0x7f ? byte : `\\x${code.toString(16).padStart(2, "0")}`;
    }
  }
}

/** One word of a command line; a bare `$name` stands for what `~capture name` saw. */
export type Word = { readonly bytes: Bytes } | { readonly captured: string };

/**
 * Splits a command line as redis-cli does: blanks part words, `"..."` takes escapes, `'...'` takes all but `\'` literally.
 * Throws an Error that names the fault when quotes do not balance.
 */
export function splitWords(line: string): readonly Word[] {
  const words: Word[] = [];
  let at = 0;
  for (;;) {
    while (line.charAt(at) === " ") at++;
    if (at >= line.length) return words;
    const start = at;
    let bytes = "";
    let quoted = false;
    while (at < line.length && line.charAt(at) !== " ") {
      const quote = line.charAt(at);
      if (quote !== '"' && quote !== "'") {
        bytes += quote;
        at++;
        continue;
      }
      quoted = true;
      at++;
      for (;;) {
        if (at >= line.length) throw new Error(`the quote at column ${start + 1} is never closed`);
        const char = line.charAt(at);
        if (char === quote) break;
        if (quote === '"') {
          const piece = readEscaped(line, at);
          bytes += piece.bytes;
          at = piece.next;
        } else if (line.startsWith("\\'", at)) {
          bytes += "'";
          at += 2;
        } else {
          bytes += char;
          at++;
        }
      }
      at++;
    }
    const name = quoted ? null : /^\$([a-z][a-z0-9-]*)$/.exec(bytes);
    words.push(name ? { captured: name[1] ?? "" } : { bytes });
  }
}

/** Quotes bytes so that splitWords gives them back. */
export function quoteWord(bytes: Bytes): string {
  const plain = /^[!#%-&(-~]+$/.test(bytes) && !bytes.includes("\\");
  return plain ? bytes : `"${escape(bytes).replaceAll('"', '\\"')}"`;
}
