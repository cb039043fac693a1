// A message that is no reply: encoded once for each protocol, however many clients get it.
import type { Bytes } from "../kernel/bytes.ts";
import type { Protocol } from "./reply.ts";

/** What a message is made of: text, a count, nothing (in the message's protocol or in a given one), or a row of texts. */
export type PushPart = Bytes | number | null | { readonly nullOf: Protocol } | readonly Bytes[];

/** A push in RESP3; in RESP2 an array that only its reader can tell from a reply. */
export class Push {
  readonly #parts: readonly PushPart[];
  #resp2: Bytes | undefined;
  #resp3: Bytes | undefined;

  constructor(...parts: readonly PushPart[]) {
    this.#parts = parts;
  }

  /** The bytes of the message in a protocol. */
  in(protocol: Protocol): Bytes {
    return protocol === 3 ? (this.#resp3 ??= this.#encode(3)) : (this.#resp2 ??= this.#encode(2));
  }

  #encode(protocol: Protocol): Bytes {
    let bytes = `${protocol === 3 ? ">" : "*"}${this.#parts.length}\r\n`;
    for (const part of this.#parts) bytes += encodePart(part, protocol);
    return bytes;
  }
}

function encodePart(part: PushPart, protocol: Protocol): Bytes {
  if (part === null) return protocol === 3 ? "_\r\n" : "$-1\r\n";
  if (typeof part === "number") return `:${part}\r\n`;
  if (typeof part === "string") return `$${part.length}\r\n${part}\r\n`;
  if ("nullOf" in part) return encodePart(null, part.nullOf);
  return `*${part.length}\r\n${part.map((each) => encodePart(each, protocol)).join("")}`;
}
