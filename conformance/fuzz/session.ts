/** A session: frames on one connection after another, on a simulated server; and what it may never do. */
import fc, { type Arbitrary } from "fast-check";
import { escape, type Bytes } from "../format/escapes.ts";
import { readReply } from "../format/reply.ts";
import type { Protocol } from "../profiles.ts";
import { encodeCommand } from "../targets/own-connection.ts";
import { undemanding, type Target } from "../targets/target.ts";
import { frame, type Frame, type FrameOptions } from "./frame.ts";

export type Session = { readonly protocol: Protocol; readonly frames: readonly Frame[] };

/** What one connection carried, and what came back. */
export type Segment = { readonly sent: readonly Bytes[]; readonly answered: Bytes; readonly closed: boolean };

/** At most so many frames make a session; there are half as many on average. */
export const longestSession = 60;

export function session(options: FrameOptions): Arbitrary<Session> {
  return fc.record({
    protocol: fc.constantFrom<Protocol>("resp2", "resp3"),
    frames: fc.array(frame(options), { minLength: 1, maxLength: longestSession, size: "max" }),
  });
}

/** Sends a request on a connection of its own. */
async function request(target: Target, words: readonly Bytes[]): Promise<void> {
  const wire = await open(target, "resp2");
  wire.send(encodeCommand(words));
  await target.settle();
  wire.close();
}

/** Runs a session, behind a first request. A connection that the server has closed, or behind whose frame nobody knows more, is followed by a new one. */
export async function runSession(
  target: Target,
  { protocol, frames }: Session,
  first?: readonly Bytes[],
): Promise<Segment[]> {
  await target.reset(undemanding);
  if (first) await request(target, first);
  const segments: Segment[] = [];
  let wire: Open | undefined;
  for (const { chunks, last } of frames) {
    wire ??= await open(target, protocol);
    for (const chunk of chunks) {
      if (wire.closed) break;
      wire.sent.push(chunk);
      wire.send(chunk);
    }
    if (!wire.closed && !last) continue;
    segments.push(end(wire));
    wire = undefined;
  }
  if (wire) segments.push(end(wire));
  return segments;
}

/** Sends the same chunks to another target, behind the same first request; it answers when it likes. */
export async function replay(
  target: Target,
  protocol: Protocol,
  segments: readonly Segment[],
  first: readonly Bytes[],
): Promise<Segment[]> {
  await target.reset(undemanding);
  await request(target, first);
  const replayed: Segment[] = [];
  for (const { sent, answered, closed } of segments) {
    const wire = await open(target, protocol);
    // A refused AUTH is not answered behind replies that wait to be sent: what came in one turn must come in one turn.
    const chunkByChunk = /auth/i.test(sent.join(""));
    for (const chunk of sent) {
      wire.send(chunk);
      if (chunkByChunk) await target.settle();
    }
    await target.settle();
    // Long replies and closes may come some turns of the event loop later.
    const patience = performance.now() + Math.min(target.patienceMs, 300);
    const missing = () => (closed && !wire.closed) || wire.answered.length < answered.length;
    while (missing() && performance.now() < patience) await target.settle();
    replayed.push(end(wire));
    await target.settle();
  }
  return replayed;
}

/** Throws unless every answer is whole replies and nothing else. */
export function expectReplies(segments: readonly Segment[]): void {
  for (const { sent, answered } of segments) {
    if (/p?sync/i.test(sent.join(""))) continue; // to a replica come data, which are no replies
    let rest = answered;
    while (rest !== "") {
      const read = readReply(rest);
      if (!read) throw new Error(`no whole reply: ${escape(rest.slice(0, 200))}`);
      rest = rest.slice(read.next);
    }
  }
}

type Open = {
  sent: Bytes[];
  answered: Bytes;
  closed: boolean;
  send: (bytes: Bytes) => void;
  close: () => void;
};

function end({ sent, answered, closed, close }: Open): Segment {
  close();
  return { sent, answered, closed };
}

async function open(target: Target, protocol: Protocol): Promise<Open> {
  const wire: Open = { sent: [], answered: "", closed: false, send: () => {}, close: () => {} };
  const connection = await target.connect({
    onBytes: (bytes) => (wire.answered += bytes),
    onClose: () => (wire.closed = true),
  });
  wire.send = (bytes) => connection.send(bytes);
  wire.close = () => connection.close();
  if (protocol === "resp3") {
    wire.send(encodeCommand(["HELLO", "3"]));
    await target.settle();
    wire.answered = ""; // it says who answers
  }
  return wire;
}
