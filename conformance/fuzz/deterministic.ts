/** Which frames two servers must answer alike: those that ask for nothing random, of the machine, or of the other clients. */
import type { Bytes } from "../format/escapes.ts";

/** Words that a frame must not contain, wherever they stand, and why two servers may differ behind them. */
const denied: readonly (readonly [words: string, reason: string])[] = [
  ["randomkey", "a key is drawn by chance"],
  ["keys scan", "the order of keys follows from a random seed of the hash function"],
  ["time lastsave", "the moment is the answer"],
  ["info", "figures of the machine and the process"],
  [
    "hello id list kill",
    "numbers, addresses and versions that each server has for itself, and clients that only one has",
  ],
  ["command config", "Redouble has a part of the commands and of the parameters"],
  ["flushall flushdb", "Redis 8.0 frees in another thread, and reads on what came in the same packet at its leisure"],
  ["reply", "where replies are off a real server leaves open what it would close; Redouble closes it"],
  ["pause", "clients wait for real time to pass"],
  ["shutdown debug", "the server ends, sleeps, crashes, or shows its memory"],
  ["monitor sync psync", "what follows depends on what all the others do"],
  ["tracking trackinginfo caching getredir unblock", "Redouble does not have these subcommands of CLIENT yet"],
];

/** A judge of frames; `foreign` are the commands that one side alone has. */
export function isDeterministic(foreign: Iterable<string>): (bytes: Bytes) => boolean {
  const words = new Set([...denied.flatMap(([row]) => row.split(" ")), ...foreign]);
  return (bytes) => !(bytes.toLowerCase().match(/[a-z][a-z0-9.-]*/g) ?? []).some((word) => words.has(word));
}
