/** What several clients do, one after the other: data commands, transactions, waits, and the passing of time. */
import fc, { type Arbitrary } from "fast-check";
import { profiles, type ProfileName } from "../../core/index.ts";
import type { Bytes } from "../format/escapes.ts";
import { isThere, request } from "./sequence.ts";

type Words = readonly Bytes[];

/** The names of the clients that there may be. `$a` in a request stands for the id of the client called a. */
export const clientNames = ["a", "b", "c", "d", "e", "f"] as const;

export type ClientName = (typeof clientNames)[number];

/** Requests of a client in one packet, the end of its connection (it comes again), or time in milliseconds. */
export type Act =
  | { readonly by: ClientName; readonly requests: readonly Words[] }
  | { readonly by: ClientName; readonly leaves: true }
  | { readonly advanceMs: number };

/** Rows of up to `longest` acts of so many clients. */
export function interleaving(
  profile: ProfileName,
  { clients, longest }: { readonly clients: number; readonly longest: number },
): Arbitrary<readonly Act[]> {
  const names = clientNames.slice(0, clients);
  const one = fc.oneof(
    { weight: 6, arbitrary: request(profile) },
    { weight: 5, arbitrary: bringing() },
    { weight: clients > 1 ? 5 : 2, arbitrary: waiting(profile) },
    { weight: 4, arbitrary: transaction() },
    { weight: 1, arbitrary: boundary(profile) },
    { weight: 1, arbitrary: around(names) },
    { weight: 2, arbitrary: tracking(profile, names) },
  );
  const by = fc.constantFrom(...names);
  const act: Arbitrary<Act> = fc.oneof(
    {
      weight: 20,
      arbitrary: fc.record({ by, requests: fc.array(one, { minLength: 1, maxLength: 3, size: "small" }) }),
    },
    {
      weight: 3,
      arbitrary: fc.constantFrom(1, 1, 2, 5, 9, 10, 11, 100, 999, 1000, 1001).map((advanceMs) => ({ advanceMs })),
    },
    { weight: clients > 1 ? 1 : 0, arbitrary: by.map((name) => ({ by: name, leaves: true as const })) },
  );
  return fc.array(act, { minLength: 1, maxLength: longest, size: "max" });
}

const LISTS = ["list:1", "list:1", "list:2", "list:3"];
const SETS = ["sorted-set:1", "sorted-set:1", "sorted-set:2", "sorted-set:3"];
const STREAMS = ["stream:1", "stream:1", "stream:2", "stream:3"];

const key = (own: readonly Bytes[]): Arbitrary<Bytes> => fc.constantFrom(...own);
const someKeys = (own: readonly Bytes[]): Arbitrary<Words> => fc.array(key(own), { minLength: 1, maxLength: 3 });
const seconds = (): Arbitrary<Bytes> => fc.constantFrom("0", "0", "0", "0.001", "0.01", "0.1", "1", "0.0015");
const milliseconds = (): Arbitrary<Bytes> => fc.constantFrom("0", "0", "0", "1", "10", "100", "1000");
const consumer = (): Arbitrary<Bytes> => fc.constantFrom("alice", "bob");
const group = (): Arbitrary<Bytes> => fc.constantFrom("g", "g", "h");
const count = (): Arbitrary<Words> => fc.constantFrom([], [], ["COUNT", "1"], ["COUNT", "2"]);

/** Commands that wait where there is nothing. */
function waiting(profile: ProfileName): Arbitrary<Words> {
  const end = fc.constantFrom("LEFT", "RIGHT");
  const list = fc.oneof(
    fc
      .tuple(fc.constantFrom("BLPOP", "BRPOP"), someKeys(LISTS), seconds())
      .map(([name, keys, time]) => [name, ...keys, time]),
    fc.tuple(key(LISTS), key(LISTS), end, end, seconds()).map((words) => ["BLMOVE", ...words]),
    fc.tuple(key(LISTS), key(LISTS), seconds()).map((words) => ["BRPOPLPUSH", ...words]),
    fc
      .tuple(seconds(), someKeys(LISTS), end, count())
      .map(([time, keys, where, many]) => ["BLMPOP", time, String(keys.length), ...keys, where, ...many]),
  );
  const sortedSet = fc.oneof(
    fc
      .tuple(fc.constantFrom("BZPOPMIN", "BZPOPMAX"), someKeys(SETS), seconds())
      .map(([name, keys, time]) => [name, ...keys, time]),
    fc
      .tuple(seconds(), someKeys(SETS), fc.constantFrom("MIN", "MAX"), count())
      .map(([time, keys, where, many]) => ["BZMPOP", time, String(keys.length), ...keys, where, ...many]),
  );
  const ids = profiles[profile].can.readsLastEntry !== false ? ["$", "$", "0", "5-1", "+"] : ["$", "$", "0", "5-1"];
  const stream = fc.oneof(
    fc
      .tuple(
        count(),
        milliseconds(),
        fc.array(fc.tuple(key(STREAMS), fc.constantFrom(...ids)), { minLength: 1, maxLength: 2 }),
      )
      .map(([many, time, each]) => [
        "XREAD",
        ...many,
        "BLOCK",
        time,
        "STREAMS",
        ...each.map(([name]) => name),
        ...each.map(([, id]) => id),
      ]),
    fc
      .tuple(group(), consumer(), count(), milliseconds(), fc.constantFrom([], [], ["NOACK"]), someKeys(STREAMS))
      .map(([of, by, many, time, noAck, keys]) => [
        "XREADGROUP",
        "GROUP",
        of,
        by,
        ...many,
        "BLOCK",
        time,
        ...noAck,
        "STREAMS",
        ...keys,
        ...keys.map(() => ">"),
      ]),
  );
  return fc.oneof(
    { weight: 4, arbitrary: list },
    { weight: 3, arbitrary: sortedSet },
    { weight: 4, arbitrary: stream },
    { weight: 1, arbitrary: milliseconds().map((time) => ["WAIT", "1", time]) },
  );
}

/** Whether a request that waits stops waiting when its time is over. */
export function endsByItself(words: Words): boolean {
  const name = words[0]!.toUpperCase();
  const block = words.findIndex((word) => word.toUpperCase() === "BLOCK");
  if (/^XREAD(GROUP)?$/.test(name)) return block > 0 && words[block + 1] !== "0";
  if (/^B[LZ]MPOP$/.test(name)) return words[1] !== "0";
  if (/^(BLPOP|BRPOP|BLMOVE|BRPOPLPUSH|BZPOPMIN|BZPOPMAX|WAIT)$/.test(name)) return words.at(-1) !== "0";
  return false;
}

/** Writes that others may wait for, and what takes keys from under them. */
function bringing(): Arbitrary<Words> {
  const element = fc.constantFrom("a", "b", "c", "1", "2");
  const elements = fc.array(element, { minLength: 1, maxLength: 3 });
  const scored = fc.array(fc.tuple(fc.constantFrom("1", "2", "2.5", "inf"), element), { minLength: 1, maxLength: 3 });
  const any = key([...LISTS, ...SETS, ...STREAMS]);
  const of = (own: readonly Bytes[]) => fc.tuple(fc.constantFrom("RENAME", "COPY", "RENAMENX"), key(own), key(own));
  const rows: Arbitrary<Words>[] = [
    fc.tuple(fc.constantFrom("RPUSH", "LPUSH"), key(LISTS), elements).map(([name, to, row]) => [name, to, ...row]),
    fc.tuple(fc.constantFrom("RPUSH", "LPUSH"), key(LISTS), elements).map(([name, to, row]) => [name, to, ...row]),
    fc.tuple(key(SETS), scored).map(([to, row]) => ["ZADD", to, ...row.flat()]),
    key(STREAMS).map((to) => ["XADD", to, "*", "f", "v"]),
    key(STREAMS).map((to) => ["XADD", to, "*", "f", "v"]),
    fc
      .tuple(key(STREAMS), group(), fc.constantFrom("$", "0"))
      .map(([to, name, id]) => ["XGROUP", "CREATE", to, name, id, "MKSTREAM"]),
    fc.tuple(key(STREAMS), group()).map(([to, name]) => ["XGROUP", "DESTROY", to, name]),
    any.map((name) => ["DEL", name]),
    any.map((name) => ["DEL", name]),
    fc.tuple(any, element).map(([name, value]) => ["SET", name, value]),
    fc.tuple(key(LISTS), key(LISTS)).map(([from, to]) => ["RPOPLPUSH", from, to]),
    fc.tuple(key(LISTS), key(LISTS)).map(([from, to]) => ["SORT", from, "ALPHA", "STORE", to]),
    fc.tuple(key(SETS), key(SETS)).map(([from, to]) => ["ZUNIONSTORE", to, "1", from]),
    fc.oneof(of(LISTS), of(SETS), of(STREAMS)),
    fc.tuple(any, fc.constantFrom("0", "1")).map(([name, db]) => ["MOVE", name, db]),
  ];
  return fc.oneof(...rows);
}

/** Deadlines within the reach of what time does. */
function boundary(profile: ProfileName): Arbitrary<Words> {
  const soon = fc.constantFrom("1", "2", "5", "10", "11", "100", "1000");
  const any = key([...LISTS, ...SETS, ...STREAMS, "string:1", "string:2", "hash:1"]);
  const rows: Arbitrary<Words>[] = [
    fc.tuple(any, soon).map((words) => ["PEXPIRE", ...words]),
    fc.tuple(any, soon).map((words) => ["PEXPIRE", ...words]),
    any.map((name) => ["PTTL", name]),
    any.map((name) => ["EXISTS", name]),
    soon.map((ms) => ["SET", "string:1", "v", "PX", ms]),
  ];
  if (isThere(profile, "HPEXPIRE"))
    rows.push(
      soon.map((ms) => ["HPEXPIRE", "hash:1", ms, "FIELDS", "2", "a", "b"]),
      fc.constant(["HSET", "hash:1", "a", "1", "b", "2"]),
    );
  return fc.oneof(...rows);
}

function transaction(): Arbitrary<Words> {
  const any = fc.constantFrom(...LISTS, ...SETS, ...STREAMS, "string:1", "string:2", "hash:1");
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(["MULTI"]) },
    { weight: 6, arbitrary: fc.constant(["EXEC"]) },
    { weight: 1, arbitrary: fc.constant(["DISCARD"]) },
    { weight: 3, arbitrary: fc.array(any, { minLength: 1, maxLength: 2 }).map((keys) => ["WATCH", ...keys]) },
    { weight: 1, arbitrary: fc.constant(["UNWATCH"]) },
  );
}

/** Clients that cache what they read, and wish to be told when it changes. */
function tracking(profile: ProfileName, names: readonly ClientName[]): Arbitrary<Words> {
  const redirect = fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    // Where these come among replies, each command of Redis 7.0 decides for itself; even inside of EXEC's.
    {
      weight: profiles[profile].can.pushesBehindReplies ? 1 : 0,
      arbitrary: fc.constantFrom(...names).map((name) => ["REDIRECT", `$${name}`]),
    },
  );
  const prefix = fc.constantFrom(
    [],
    ["PREFIX", "list:"],
    ["PREFIX", "s"],
    ["PREFIX", "string:", "PREFIX", "sorted-set:1"],
  );
  const mode = fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: prefix.map((words) => ["BCAST", ...words]) },
    { weight: 1, arbitrary: fc.constantFrom(["OPTIN"], ["OPTOUT"]) },
  );
  const noLoop = fc.constantFrom([], [], ["NOLOOP"]);
  return fc.oneof(
    {
      weight: 5,
      arbitrary: fc.tuple(redirect, mode, noLoop).map((words) => ["CLIENT", "TRACKING", "ON", ...words.flat()]),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        ["CLIENT", "TRACKING", "OFF"],
        ["CLIENT", "CACHING", "YES"],
        ["CLIENT", "CACHING", "NO"],
        ["CLIENT", "TRACKINGINFO"],
      ),
    },
    { weight: 4, arbitrary: key([...LISTS, ...SETS, ...STREAMS]).chain((name) => fc.constantFrom(...readsOf(name))) },
  );
}

/** Reads of a key that remember it. */
function readsOf(name: Bytes): Words[] {
  if (name.startsWith("list"))
    return [
      ["LRANGE", name, "0", "-1"],
      ["LLEN", name],
    ];
  if (name.startsWith("stream"))
    return [
      ["XLEN", name],
      ["XRANGE", name, "-", "+"],
    ];
  return [
    ["ZCARD", name],
    ["ZRANGE", name, "0", "-1"],
  ];
}

/** What concerns connections and whole databases. */
function around(names: readonly ClientName[]): Arbitrary<Words> {
  const id = fc.constantFrom(...names).map((name) => `$${name}`);
  return fc.oneof(
    fc.constantFrom("0", "0", "1").map((db) => ["SELECT", db]),
    fc.tuple(id, fc.constantFrom([], ["TIMEOUT"], ["ERROR"])).map(([who, how]) => ["CLIENT", "UNBLOCK", who, ...how]),
    fc.constantFrom(["FLUSHDB"], ["SWAPDB", "0", "1"], ["PING"], ["NOSUCH"], ["GET"], ["PUBLISH", "news", "x"]),
  );
}
