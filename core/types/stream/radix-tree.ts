// How many nodes Redis's radix tree has for a set of stream ids: XINFO STREAM tells (rax.c).
import type { Bytes } from "../../kernel/bytes.ts";
import type { StreamId, Uint64 } from "./stream-id.ts";

/** A key is an id in network order. */
const KEY_BYTES = 16;

/**
 * Each key ends in a leaf; each byte in which keys differ is a branch; each stretch without a branch is one compressed node.
 * The ids come in order.
 */
export function countRadixNodes(ids: Iterable<StreamId>): number {
  let count = 1;
  let previous: Bytes | undefined;
  /** The depths of the branches on the way to the last key, growing. */
  const branches: number[] = [];
  for (const id of ids) {
    const key = bigEndian(id.ms) + bigEndian(id.seq);
    if (previous === undefined) count++;
    else count += nodesOfNext(branches, commonPrefix(previous, key));
    previous = key;
  }
  return count;
}

/** What one more key adds, which leaves the way to the key before it at a depth: its own stretch and leaf, and a branch where none was. */
function nodesOfNext(branches: number[], depth: number): number {
  let passed = KEY_BYTES;
  while (branches.length > 0 && branches.at(-1)! > depth) passed = branches.pop()!;
  const own = KEY_BYTES - depth - 1 > 0 ? 2 : 1;
  if (branches.at(-1) === depth) return own;
  const above = branches.length === 0 ? depth : depth - branches.at(-1)! - 1;
  const below = passed - depth - 1;
  branches.push(depth);
  // The stretch that the branch cuts was one node: what is left of it above and below, and the branch itself, take its place.
  return own + (above > 0 ? 1 : 0) + (below > 0 ? 1 : 0);
}

function commonPrefix(a: Bytes, b: Bytes): number {
  let length = 0;
  while (a[length] === b[length]) length++;
  return length;
}

function bigEndian(value: Uint64): Bytes {
  const whole = BigInt(value);
  let bytes = "";
  for (let shift = 56n; shift >= 0n; shift -= 8n) bytes += String.fromCharCode(Number((whole >> shift) & 0xffn));
  return bytes;
}
