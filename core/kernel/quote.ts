// Bytes as a quoted word of printable characters (sds.c: sdscatrepr).
import type { Bytes } from "./bytes.ts";

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  '"': '\\"',
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\x07": "\\a",
  "\b": "\\b",
};

/** Quotes bytes. Where they stay `bare`, so do quotes and backslashes inside: what stands there can mean two things. */
export function quote(bytes: Bytes, { bare = false }: { readonly bare?: boolean } = {}): Bytes {
  const special = bare ? /[^ -~]/g : /[^ !#-[\]-~]/g;
  return `"${bytes.replace(special, escaped)}"`;
}

function escaped(byte: Bytes): Bytes {
  return ESCAPES[byte] ?? `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
