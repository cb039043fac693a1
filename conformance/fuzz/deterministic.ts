/** Which frames two servers must answer alike: those that ask for nothing random, of the machine, or of the other clients. */
import { sliceBytes } from "../../core/kernel/bytes.ts";
import { ProtocolError, RequestDecoder } from "../../core/resp/request-decoder.ts";
import { profiles, type ProfileName } from "../../core/index.ts";
import type { Bytes } from "../format/escapes.ts";

/** Words that a frame must not contain, wherever they stand, and why two servers may differ behind them. */
const denied: readonly (readonly [words: string, reason: string])[] = [
  ["randomkey", "a key is drawn by chance"],
  ["spop srandmember hrandfield zrandmember", "elements are drawn by chance"],
  [
    "keys scan sscan hscan zscan smembers sunion sinter sdiff hgetall hkeys hvals sort sort_ro dump",
    "the order of what is hashed follows from a random seed; npm run differential compares these without their order",
  ],
  ["vsim reduce", "a search for too many, and too many components, end a real server for want of memory"],
  ["cas", "a thread adds the element, and replies when it is ready"],
  ["vlinks vinfo vrandmember", "the levels of the graph are drawn by chance"],
  ["genpass", "a password is drawn by chance"],
  ["lolwut", "and so is a picture"],
  ["cat", "commands are hashed too"],
  [
    "setuser deluser log",
    "users, and what they were refused, outlast a sequence on real servers; npm run differential compares them",
  ],
  ["unsubscribe punsubscribe sunsubscribe pubsub", "channels are hashed too"],
  ["memory object", "sizes and idle times are compared with a tolerance, in cases"],
  ["migrate", "what answers at an address is up to the machine"],
  ["time lastsave", "the moment is the answer"],
  ["info", "figures of the machine and the process"],
  [
    "hello id list kill",
    "numbers, addresses and versions that each server has for itself, and clients that only one has",
  ],
  ["command config", "tables are hashed too, and parameters are up to the machine"],
  ["flushall flushdb", "Redis 8.0 frees in another thread, and reads on what came in the same packet at its leisure"],
  ["reply", "where replies are off, a connection ends only if one that was written before still waits: packets decide"],
  ["pause", "clients wait for real time to pass"],
  ["shutdown debug", "the server ends, sleeps, crashes, or shows its memory"],
  ["save bgsave bgrewriteaof", "how long a save takes is up to the machine"],
  ["latency", "how long a command took is up to the machine"],
  ["monitor sync psync", "what follows depends on what all the others do"],
  ["role", "the offset counts what replicas ever got, those of earlier sequences included"],
];

export type Judge = {
  /** Whether a frame may be sent: it contains none of the words. */
  frame: (bytes: Bytes) => boolean;
  /** Whether none of the requests that a connection made begins with them: bytes that nobody looks at may hide a word. */
  connection: (sent: readonly Bytes[]) => boolean;
};

/** A judge of what two servers of a profile are sent; `foreign` are the commands that one side alone has. */
export function judge(profile: ProfileName, foreign: Iterable<string>): Judge {
  const words = new Set([...denied.flatMap(([row]) => row.split(" ")), ...foreign]);
  const { nulEndsLineSearch } = profiles[profile].can;
  const limits = { maxBulkBytes: 2 ** 29, maxArguments: 2 ** 31 - 1, authenticated: true, nulEndsLineSearch };
  return {
    frame: (bytes) => !(bytes.toLowerCase().match(/[a-z][a-z0-9.-]*/g) ?? []).some((word) => words.has(word)),
    connection(sent) {
      const decoder = new RequestDecoder(sliceBytes, limits);
      decoder.push(Buffer.from(sent.join(""), "latin1"));
      for (;;) {
        const argv = decoder.next();
        if (argv === undefined || argv instanceof ProtocolError) return true;
        if (argv.slice(0, 2).some((word) => words.has(word.toLowerCase()))) return false;
      }
    },
  };
}
