/** A connection to a target over which rows of requests go, and their replies come back. */
import type { Bytes } from "../format/escapes.ts";
import { readReply, type Reply } from "../format/reply.ts";
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
      while (repliesIn(answered).length < requests.length && performance.now() < patience) await target.settle();
      return answered;
    },
    close: () => connection.close(),
  };
}

/** The whole replies in what came back. */
export function repliesIn(answered: Bytes): Reply[] {
  const replies: Reply[] = [];
  let at = 0;
  for (let read = readReply(answered, at); read !== undefined; read = readReply(answered, at)) {
    replies.push(read.reply);
    at = read.next;
  }
  return replies;
}

/** The texts of replies, and of the elements of rows among them. */
export function textsOf(answered: Bytes): string[] {
  return repliesIn(answered)
    .flatMap((reply) => (reply.kind === "aggregate" ? (reply.items ?? []) : [reply]))
    .map((item) => (item.kind === "line" ? item.text.slice(1) : item.kind === "bulk" ? (item.payload ?? "") : ""));
}
