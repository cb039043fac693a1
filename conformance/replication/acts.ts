/** What the comparison of propagation does to both sides: sequences of the differential machine, and what those leave out. */
import fc, { type Arbitrary } from "fast-check";
import type { ProfileName } from "../../core/index.ts";
import type { Bytes } from "../format/escapes.ts";
import { isThere, sequence } from "../differential/sequence.ts";

type Words = readonly Bytes[];

/** Requests whose propagation is compared as one, the passing of time, or somebody who waits while another client writes. */
export type Act =
  | { readonly requests: readonly Words[] }
  | { readonly advanceMs: number }
  | { readonly waits: Words; readonly requests: readonly Words[] };

/** Rows of acts. Members that went by chance are different ones on both sides: their keys go at once. */
export function acts(profile: ProfileName, longest: number): Arbitrary<readonly Act[]> {
  const part = fc.oneof(
    { weight: 6, arbitrary: usual(profile, 8) },
    { weight: 1, arbitrary: transaction(profile) },
    { weight: 1, arbitrary: elsewhere(profile) },
    { weight: 2, arbitrary: fc.constantFrom(...particular(profile)) },
    { weight: 1, arbitrary: randomPop() },
    { weight: 1, arbitrary: groupRead() },
    { weight: 1, arbitrary: waiting(profile) },
    { weight: 1, arbitrary: atOnce(profile) },
  );
  const parts = Math.max(1, Math.ceil(longest / 8));
  return fc.array(part, { minLength: 1, maxLength: parts, size: "max" }).map((each) => each.flat());
}

function usual(profile: ProfileName, longest: number): Arbitrary<Act[]> {
  return sequence(profile, longest).map((steps) =>
    steps.map((step): Act => ("words" in step ? { requests: [step.words] } : step)),
  );
}

function requests(profile: ProfileName, longest: number): Arbitrary<Words[]> {
  return sequence(profile, longest).map((steps) => steps.flatMap((step) => ("words" in step ? [step.words] : [])));
}

function transaction(profile: ProfileName): Arbitrary<Act[]> {
  return requests(profile, 4).map((queued) => [{ requests: [["MULTI"], ...queued, ["EXEC"]] }]);
}

function elsewhere(profile: ProfileName): Arbitrary<Act[]> {
  return requests(profile, 3).map((there) => [{ requests: [["SELECT", "3"], ...there, ["SELECT", "0"]] }]);
}

function randomPop(): Arbitrary<Act[]> {
  const members = fc.array(fc.constantFrom("1", "2", "3", "4", "5", "a", "b", "c", "d"), {
    minLength: 1,
    maxLength: 8,
  });
  const count = fc.constantFrom([], ["0"], ["1"], ["2"], ["3"], ["5"], ["8"], ["100"]);
  return fc
    .tuple(members, count)
    .map(([added, often]) => [
      { requests: [["SADD", "set:1", ...added]] },
      { requests: [["SPOP", "set:1", ...often]] },
      { requests: [["DEL", "set:1"]] },
    ]);
}

function groupRead(): Arbitrary<Act[]> {
  const read = fc
    .record({
      consumer: fc.constantFrom("alice", "bob"),
      count: fc.constantFrom([], ["COUNT", "1"], ["COUNT", "2"]),
      noAck: fc.constantFrom([], [], ["NOACK"]),
      id: fc.constantFrom(">", ">", ">", "0"),
      keys: fc.constantFrom(["stream:1"], ["stream:1"], ["stream:1", "stream:2"]),
    })
    .map(({ consumer, count, noAck, id, keys }): Words => [
      "XREADGROUP",
      "GROUP",
      "g",
      consumer,
      ...count,
      ...noAck,
      "STREAMS",
      ...keys,
      ...keys.map(() => id),
    ]);
  const others = fc.constantFrom<Words>(
    ["XADD", "stream:1", "*", "f", "v"],
    ["XADD", "stream:2", "*", "f", "v"],
    ["XDEL", "stream:1", "5-1"],
    ["XAUTOCLAIM", "stream:1", "g", "carol", "0", "0", "COUNT", "2"],
    ["XAUTOCLAIM", "stream:1", "g", "bob", "1000", "0", "JUSTID"],
    ["XCLAIM", "stream:1", "g", "bob", "0", "5-1", "6-1", "FORCE", "RETRYCOUNT", "4"],
    ["XACK", "stream:1", "g", "6-1"],
    ["XGROUP", "SETID", "stream:1", "g", "5-1"],
    ["XTRIM", "stream:1", "MAXLEN", "~", "1"],
    ["XADD", "stream:1", "MAXLEN", "2", "*", "f", "v"],
  );
  return fc.array(fc.oneof(read, others), { minLength: 1, maxLength: 8 }).map((each) => [
    {
      requests: [
        ["DEL", "stream:1", "stream:2"],
        ["XGROUP", "CREATE", "stream:1", "g", "$", "MKSTREAM"],
        ["XGROUP", "CREATE", "stream:2", "g", "$", "MKSTREAM"],
        ["XADD", "stream:1", "5-1", "f", "v"],
        ["XADD", "stream:1", "6-1", "f", "v"],
      ],
    },
    ...each.map((words) => ({ requests: [words] })),
  ]);
}

/** Commands that wait where there is nothing. */
function waits(profile: ProfileName): Words[] {
  const all: Words[] = [
    ["BLPOP", "list:1", "list:2", "0"],
    ["BRPOP", "list:1", "0"],
    ["BLMOVE", "list:1", "list:3", "LEFT", "right", "0"],
    ["BLMOVE", "list:1", "list:1", "LEFT", "RIGHT", "0"],
    ["BRPOPLPUSH", "list:1", "list:2", "0"],
    ["BLMPOP", "0", "2", "list:1", "list:2", "LEFT", "COUNT", "2"],
    ["BZPOPMIN", "sorted-set:1", "0"],
    ["BZPOPMAX", "sorted-set:1", "sorted-set:2", "0"],
    ["BZMPOP", "0", "1", "sorted-set:1", "MAX", "COUNT", "2"],
    ["XREADGROUP", "GROUP", "g", "alice", "BLOCK", "0", "STREAMS", "stream:1", ">"],
    ["XREADGROUP", "GROUP", "g", "dora", "BLOCK", "0", "NOACK", "STREAMS", "stream:1", ">"],
  ];
  return all.filter(([name]) => isThere(profile, name!));
}

const emptied: readonly Words[] = [
  ["DEL", "list:1", "list:2", "sorted-set:1", "sorted-set:2", "stream:1"],
  ["XGROUP", "CREATE", "stream:1", "g", "$", "MKSTREAM"],
];

/** What could wait finds something, or stands where nothing waits. */
function atOnce(profile: ProfileName): Arbitrary<Act[]> {
  const filled: readonly Words[] = [
    ["RPUSH", "list:1", "a", "b", "c", "d"],
    ["ZADD", "sorted-set:1", "1", "a", "2", "b", "3", "c"],
    ["XADD", "stream:1", "*", "f", "v"],
  ];
  const some = fc.array(fc.constantFrom(...waits(profile)), { minLength: 1, maxLength: 3 });
  return fc.oneof(
    fc.constantFrom(...waits(profile)).map((words) => [{ requests: [...emptied, ...filled] }, { requests: [words] }]),
    fc
      .tuple(fc.boolean(), some)
      .map(([full, row]) => [
        { requests: [...emptied, ...(full ? filled : [])] },
        { requests: [["MULTI"], ...row, ["EXEC"]] },
      ]),
  );
}

/** Somebody waits for what another client brings: what was served travels behind what served it. */
function waiting(profile: ProfileName): Arbitrary<Act[]> {
  const waiter = fc.constantFrom(...waits(profile));
  const brings = fc.constantFrom<readonly Words[]>(
    [["RPUSH", "list:1", "a"]],
    [["LPUSH", "list:1", "a", "b", "c"]],
    [["ZADD", "sorted-set:1", "1", "a", "2.5", "b", "3", "c"]],
    [["XADD", "stream:1", "*", "f", "v"]],
    [
      ["MULTI"],
      ["RPUSH", "list:1", "a", "b"],
      ["ZADD", "sorted-set:1", "1", "a"],
      ["XADD", "stream:1", "*", "f", "v"],
      ["EXEC"],
    ],
    [
      ["SADD", "set:3", "3", "1", "2"],
      ["SORT", "set:3", "STORE", "list:1"],
    ],
    [["DEL", "stream:1"]],
  );
  return fc
    .tuple(waiter, brings, requests(profile, 2))
    .map(([words, brought, more]) => [{ requests: emptied }, { waits: words, requests: [...brought, ...more] }]);
}

/** 5 and [a, b] as every profile can read them. */
const FIVE = "\x00\xc0\x05\x0a\x00c/_f\x83/\xb3Q";

/** Commands that say something else than they were told, in a setting in which they do. */
const LIBRARY = `#!lua name=lib
redis.register_function("put", function(keys, args)
  for _, key in ipairs(keys) do redis.call("SET", key, args[1]) end
  return redis.call("EXPIRE", keys[1], 100)
end)
redis.register_function{
  function_name = "look", callback = function(keys) return redis.call("GET", keys[1]) end, flags = {"no-writes"}
}`;

function particular(profile: ProfileName): Act[][] {
  const rows: Words[][] = [
    [
      ["PUBLISH", "channel", "message"],
      ["SPUBLISH", "channel", "message"],
      ["SELECT", "3"],
      ["PUBLISH", "channel", "again"],
      ["SELECT", "0"],
      ["EVAL", "redis.call('PUBLISH', 'channel', 'x'); return redis.call('SET', 'string:1', 'y')", "0"],
      ["EVAL", "return redis.call('PUBLISH', 'channel', 'x')", "0"],
    ],
    [
      ["EVAL", "for i = 1, 3 do redis.call('RPUSH', KEYS[1], i) end return redis.call('LPOP', KEYS[1])", "1", "list:1"],
      ["EVAL", "redis.call('SET', 'string:1', 'v', 'EX', 10) return redis.call('GET', 'string:1')", "0"],
      ["EVAL", "redis.call('SET', 'string:1', 1) redis.call('INCR', 'string:1') error('x')", "0"],
      ["EVAL", "redis.call('SELECT', 3) redis.call('SET', 'string:1', 'there')", "0"],
      ["EVAL", "return redis.call('GET', 'string:1')", "0"],
      ["EVAL", "redis.call('SPOP', 'nothing') return redis.pcall('LPUSH', 'string:1', 'x')", "0"],
    ],
    [
      ["EVAL", "redis.set_repl(redis.REPL_NONE) redis.call('SET', 'string:1', 'here alone') return 1", "0"],
      ["EVAL", "redis.set_repl(redis.REPL_AOF) redis.call('SET', 'string:1', 'a') return 1", "0"],
      ["EVAL", "redis.set_repl(redis.REPL_REPLICA) redis.call('SET', 'string:1', 'b') return 1", "0"],
      [
        "EVAL",
        "redis.call('SET', 'string:1', 'c') redis.set_repl(0) redis.call('SET', 'string:2', 'd') redis.set_repl(3) redis.call('DEL', 'string:1')",
        "0",
      ],
      // What was kept from replicas would stay there alone.
      ["MSET", "string:1", "x", "string:2", "x"],
    ],
    [
      ["FUNCTION", "LOAD", LIBRARY],
      ["FUNCTION", "LOAD", "REPLACE", LIBRARY],
      ["FCALL", "put", "2", "string:1", "string:2", "v"],
      ["FCALL_RO", "look", "1", "string:1"],
      ["FUNCTION", "DELETE", "lib"],
      ["FUNCTION", "FLUSH"],
      ["SCRIPT", "LOAD", "return 1"],
      ["SCRIPT", "FLUSH"],
    ],
    [
      ["SET", "string:1", "v", "EX", "10"],
      ["GETEX", "string:1", "PERSIST"],
      ["GETEX", "string:1", "EX", "5"],
      ["GETEX", "string:1", "PXAT", "1"],
    ],
    [
      ["SET", "string:1", "v", "PX", "1500", "NX"],
      ["SET", "string:1", "w", "KEEPTTL", "GET"],
      ["SET", "string:1", "w", "EXAT", "1750000100", "XX"],
      ["SETEX", "string:1", "4", "x"],
      ["PSETEX", "string:1", "4", "x"],
    ],
    [
      ["SET", "string:1", "v"],
      ["GETSET", "string:1", "w"],
      ["GETDEL", "string:1"],
      ["GETDEL", "string:1"],
    ],
    [
      ["SET", "string:1", "10.5"],
      ["INCRBYFLOAT", "string:1", "0.1"],
      ["INCRBYFLOAT", "string:1", "5e3"],
      ["APPEND", "string:1", ""],
      ["SETRANGE", "string:1", "0", ""],
    ],
    [
      ["DEL", "hash:1"],
      ["HSET", "hash:1", "f", "10.50"],
      ["HINCRBYFLOAT", "hash:1", "f", "0.1"],
      ["HINCRBYFLOAT", "hash:1", "g", "-1e2"],
      ["HINCRBY", "hash:1", "h", "3"],
    ],
    [
      ["SET", "string:1", "v"],
      ["EXPIRE", "string:1", "100"],
      ["EXPIRE", "string:1", "100", "NX"],
      ["PEXPIRE", "string:1", "100", "LT"],
      ["EXPIREAT", "string:1", "1750000100"],
      ["PEXPIREAT", "string:1", "1750000100000", "GT"],
      ["PERSIST", "string:1"],
      ["EXPIRE", "string:1", "-1"],
    ],
    [
      ["SET", "string:1", "v"],
      ["SETEX", "string:2", "1", "w"],
      ["RENAME", "string:2", "string:1"],
      ["COPY", "string:1", "string:3", "REPLACE"],
      ["MOVE", "string:3", "2"],
      ["SWAPDB", "0", "2"],
      ["SWAPDB", "0", "2"],
    ],
    [
      ["DEL", "hyperloglog:1", "hyperloglog:2"],
      ["PFADD", "hyperloglog:1", "a", "b"],
      ["PFCOUNT", "hyperloglog:1"],
      ["PFCOUNT", "hyperloglog:1"],
      ["PFADD", "hyperloglog:1", "a"],
      ["PFADD", "hyperloglog:2"],
      ["PFMERGE", "hyperloglog:2", "hyperloglog:1"],
      ["PFCOUNT", "hyperloglog:2"],
      ["PFCOUNT", "hyperloglog:1", "hyperloglog:2"],
    ],
    [
      ["RESTORE", "string:1", "0", FIVE, "REPLACE"],
      ["RESTORE", "string:1", "1000", FIVE, "REPLACE"],
      ["RESTORE", "string:1", "1750000100000", FIVE, "REPLACE", "ABSTTL", "IDLETIME", "10"],
      ["RESTORE", "string:1", "1000", FIVE, "REPLACE", "FREQ", "3"],
      ["RESTORE", "string:1", "1", FIVE, "ABSTTL", "REPLACE"],
    ],
    [
      ["DEL", "sorted-set:1", "list:1"],
      ["ZADD", "sorted-set:1", "1", "a", "2", "b", "3", "c"],
      ["ZPOPMIN", "sorted-set:1"],
      ["ZMPOP", "2", "set:9", "sorted-set:1", "MAX"],
      ["RPUSH", "list:1", "a", "b", "c"],
      ["LMPOP", "1", "list:1", "RIGHT", "COUNT", "2"],
      ["LMPOP", "1", "list:1", "LEFT", "COUNT", "10"],
      ["ZPOPMAX", "sorted-set:1", "10"],
    ],
    [
      ["DEL", "geo:1", "geo:2"],
      ["GEOADD", "geo:1", "13.361389", "38.115556", "p", "15.087269", "37.502669", "c"],
      ["GEOSEARCHSTORE", "geo:2", "geo:1", "FROMMEMBER", "p", "BYRADIUS", "200", "km", "ASC", "STOREDIST"],
      ["GEOSEARCHSTORE", "geo:2", "geo:9", "FROMLONLAT", "1", "1", "BYRADIUS", "1", "m"],
      ["GEORADIUS", "geo:1", "15", "37", "200", "km", "STORE", "geo:2"],
      ["GEORADIUSBYMEMBER", "geo:1", "p", "1", "m", "STORE", "geo:2"],
    ],
    [
      ["DEL", "list:1", "list:2"],
      ["RPUSH", "list:1", "3", "1", "2"],
      ["SORT", "list:1", "STORE", "list:2"],
      ["SORT", "list:9", "STORE", "list:2"],
      ["SORT", "list:9", "STORE", "list:2"],
    ],
    [["PUBLISH", "news", "x"], ["FLUSHDB"], ["FLUSHALL", "ASYNC"], ["FLUSHDB", "SYNC"]],
  ];
  if (isThere(profile, "HPEXPIREAT"))
    rows.push([
      ["DEL", "hash:1"],
      ["HSET", "hash:1", "a", "1", "b", "2", "c", "3"],
      ["HEXPIRE", "hash:1", "10", "FIELDS", "2", "a", "b"],
      ["HPEXPIRE", "hash:1", "10", "NX", "FIELDS", "2", "b", "c"],
      ["HPERSIST", "hash:1", "FIELDS", "3", "a", "b", "z"],
      ["HEXPIREAT", "hash:1", "1", "FIELDS", "1", "a"],
      ["HPEXPIRE", "hash:1", "0", "FIELDS", "2", "b", "c"],
    ]);
  if (isThere(profile, "HSETEX"))
    rows.push([
      ["DEL", "hash:1"],
      ["HSETEX", "hash:1", "EX", "10", "FIELDS", "2", "a", "1", "b", "2"],
      ["HSETEX", "hash:1", "FNX", "PX", "10", "FIELDS", "1", "a", "1"],
      ["HSETEX", "hash:1", "KEEPTTL", "FIELDS", "1", "a", "3"],
      ["HSETEX", "hash:1", "PXAT", "1", "FIELDS", "1", "a", "3"],
      ["HGETEX", "hash:1", "PERSIST", "FIELDS", "2", "a", "b"],
      ["HGETEX", "hash:1", "EX", "3", "FIELDS", "2", "a", "b"],
      ["HGETEX", "hash:1", "FIELDS", "1", "b"],
      ["HGETEX", "hash:1", "PXAT", "1", "FIELDS", "2", "a", "b"],
      ["HGETDEL", "hash:1", "FIELDS", "1", "b"],
    ]);
  return rows.map((row) => row.filter(([name]) => isThere(profile, name!)).map((words) => ({ requests: [words] })));
}
