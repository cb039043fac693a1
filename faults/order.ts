// Orders that a fault gives a server as an operator would, past all faults.
import type { Link, Server } from "../core/index.ts";

/** An operator's connection: nothing lists it, and it stays, for some faults give thousands of orders. */
interface Line {
  readonly link: Link;
  reply: string;
}

const lines = new WeakMap<Server, Line>();

/** The reply as it stands on the wire. */
export function order(server: Server, words: readonly string[]): string {
  const line = lines.get(server) ?? open(server);
  line.reply = "";
  const text = `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`;
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  line.link.receive(bytes, text);
  return line.reply;
}

function open(server: Server): Line {
  const line: Line = {
    reply: "",
    link: server.connect({ own: true, peer: { write: (bytes) => void (line.reply += bytes), close() {} } }),
  };
  lines.set(server, line);
  return line;
}
