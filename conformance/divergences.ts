/** Where Redouble knowingly differs from a real server, and why. The suite fails once an entry no longer differs. */
import type { ProfileName } from "./profiles.ts";

export type Divergence = {
  /** `file == title`, where `*` stands for anything: `string/lcs.resp == *`. */
  readonly case: string;
  /** Only there; everywhere without it. */
  readonly profiles?: readonly ProfileName[];
  /** One sentence, for docs/compatibility.md. */
  readonly reason: string;
};

export const divergences: readonly Divergence[] = [
  {
    case: "scripting/lua.resp == A hexadecimal prefix without digits",
    reason: "In arithmetic the C library of Lua's WebAssembly takes 0x for zero; tonumber is told better.",
  },
  {
    case: "scripting/lua.resp == The character of a number beyond 32 bits",
    reason: "What C makes of such a number is up to the processor: here the lowest bits are left, there none.",
  },
  {
    case: "scripting/memory.resp == More than 256 MB",
    reason:
      "A script's memory ends at 256 MB, where a real server goes on as long as its machine does: a test that asks for more by mistake must not take the machine with it.",
  },
  {
    case: "scripting/order.resp == The order of strings",
    profiles: ["valkey-8.1"],
    reason: "Valkey 8.1 hashes Lua's strings in its own way; here pairs comes to them in the order of Redis.",
  },
  {
    case: "scripting/debugger.resp == *",
    reason:
      "SCRIPT DEBUG is taken, and the scripts that follow run to their end: a debugger that waits for its user would hold up the test that it runs in.",
  },
  {
    case: "server/lolwut.resp == Without a version it is the server's own",
    profiles: ["redis-8.0"],
    reason: "Redis 8.0 shows a poem, whose lines belong to their poets; Redouble draws, and tells the same version.",
  },
  {
    case: "cluster/undeclared.resp == *",
    profiles: ["redis-8.0"],
    reason:
      "In a transaction of a Redis 8.0 cluster, a script that reads a key which it did not declare makes later commands look among the keys of that slot, and miss their own; here they find them.",
  },
  {
    case: "protocol/multibulk.resp == The longest argument that may be declared",
    reason: "No string of V8 holds the last few bytes below 512 MB, so an argument of that length is refused at once.",
  },
  {
    case: "generic/sort.resp == Once out of range",
    profiles: ["redis-7.0"],
    reason:
      "Once SORT of Redis 7.0 has met a number out of range it refuses every number that is not a plain integer, until another command reads one.",
  },
  {
    case: "pubsub/events-own.resp == Events follow the reply",
    profiles: ["redis-7.0"],
    reason:
      "Redis 7.0 pushes events to a client that listens to its own commands in the middle of them: before the reply, behind it, or inside of it. In Redouble they come before it.",
  },
  {
    case: "connection/tracking-waits.resp == What another client caches, told to the writer of it",
    profiles: ["redis-7.0"],
    reason:
      "Redis 7.0 tells a client of its own change, where another's tracking is redirected to it, before or behind its reply, each command in its way; Redouble always before, but for XADD.",
  },
  {
    case: "generic/object-use.resp == OBJECT REFCOUNT of a copied integer",
    profiles: ["redis-7.0", "redis-7.2", "redis-7.4", "redis-8.0"],
    reason:
      "Redis shares small integers between keys, but not those that COPY makes; Redouble does not tell them apart.",
  },
];
