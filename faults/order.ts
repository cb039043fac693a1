// Orders that a fault gives a server as an operator would, past all faults.
import type { Server } from "../core/index.ts";

/** The reply as it stands on the wire. */
export function order(server: Server, words: readonly string[]): string {
  let reply = "";
  const link = server.connect({ own: true, peer: { write: (bytes) => void (reply += bytes), close() {} } });
  const text = `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`;
  link.receive(Uint8Array.from(text, (char) => char.charCodeAt(0)));
  link.end();
  return reply;
}
