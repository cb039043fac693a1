/** A connection to a target over which rows of requests go, and their replies come back. */
import type { Bytes } from "../format/escapes.ts";
import { readReply } from "../format/reply.ts";
import { encodeCommand } from "../targets/own-connection.ts";
import type { Target } from "../targets/target.ts";

export type Wire = {
  /** Sends a row of requests, and gives what came back. */
  ask(requests: readonly (readonly Bytes[])[]): Promise<Bytes>;
  close(): void;
};

/** Opens one. */
export async function openWire(target: Target): Promise<Wire> {
  let answered = "";
  const connection = await target.connect({ onBytes: (bytes) => (answered += bytes), onClose: () => {} });
  return {
    async ask(requests) {
      answered = "";
      if (requests.length === 0) return "";
      connection.send(requests.map(encodeCommand).join(""));
      await target.settle();
      const patience = performance.now() + target.patienceMs;
      while (countReplies(answered) < requests.length && performance.now() < patience) await target.settle();
      return answered;
    },
    close: () => connection.close(),
  };
}

function countReplies(answered: Bytes): number {
  let count = 0;
  let at = 0;
  for (let read = readReply(answered, at); read !== undefined; read = readReply(answered, at)) {
    at = read.next;
    count++;
  }
  return count;
}

/** The texts of replies, and of the elements of rows among them. */
export function textsOf(answered: Bytes): string[] {
  const texts: string[] = [];
  let at = 0;
  for (let read = readReply(answered, at); read !== undefined; read = readReply(answered, at)) {
    at = read.next;
    const items = read.reply.kind === "aggregate" ? (read.reply.items ?? []) : [read.reply];
    for (const item of items)
      texts.push(item.kind === "line" ? item.text.slice(1) : item.kind === "bulk" ? (item.payload ?? "") : "");
  }
  return texts;
}
