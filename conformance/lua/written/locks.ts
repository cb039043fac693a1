/** Locks, leases, semaphores, elections: whoever holds something alone, or with few others. */
import type { WrittenScript } from "../written-scripts.ts";

export const locks: readonly WrittenScript[] = [
  {
    name: "release a lock that one holds",
    lua: `if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("del", KEYS[1]) else return 0 end`,
    calls: ["lock | me", "> SET lock me", "lock | you", "lock | me", "lock | me"],
  },
  {
    name: "extend a lock that one holds",
    lua: `if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("pexpire", KEYS[1], ARGV[2]) else return 0 end`,
    calls: ["lock | me 100", "> SET lock me PX 50", "lock | me 100", 60, "> GET lock", 50, "lock | me 100"],
  },
  {
    name: "lock several resources, or none",
    lua: `
for _, key in ipairs(KEYS) do if redis.call("exists", key) == 1 then return 0 end end
for _, key in ipairs(KEYS) do redis.call("set", key, ARGV[1], "PX", ARGV[2]) end
return #KEYS`,
    calls: ["a b c | me 1000", "b d | you 1000", "d | you 1000", 1001, "a d | x 5"],
  },
  {
    name: "extend several locks",
    lua: `
for _, key in ipairs(KEYS) do if redis.call("get", key) ~= ARGV[1] then return 0 end end
for _, key in ipairs(KEYS) do redis.call("pexpire", key, ARGV[2]) end
return #KEYS`,
    calls: ["> MSET a me b me c you", "a b | me 100", "a c | me 100", "> PTTL a", "> PTTL c"],
  },
  {
    name: "a lock that its owner may take again",
    lua: `
local owner = redis.call("hget", KEYS[1], "owner")
if owner and owner ~= ARGV[1] then return redis.call("pttl", KEYS[1]) end
redis.call("hset", KEYS[1], "owner", ARGV[1])
redis.call("hincrby", KEYS[1], "count", 1)
redis.call("pexpire", KEYS[1], ARGV[2])
return nil`,
    calls: ["lock | me 100", "lock | me 100", "lock | you 100", "> HGETALL lock", 101, "lock | you 100"],
  },
  {
    name: "let go of a lock that was taken again",
    lua: `
if redis.call("hexists", KEYS[1], ARGV[1]) == 0 then return nil end
local left = redis.call("hincrby", KEYS[1], ARGV[1], -1)
if left > 0 then redis.call("pexpire", KEYS[1], ARGV[2]) return 0 end
redis.call("del", KEYS[1])
redis.call("publish", KEYS[2], "free")
return 1`,
    calls: [
      "lock ch | me 100",
      "> HSET lock me 2",
      "lock ch | me 100",
      "lock ch | you 1",
      "lock ch | me 100",
      "lock ch | me 1",
    ],
  },
  {
    name: "a lock with a fencing token",
    lua: `
if redis.call("set", KEYS[1], ARGV[1], "NX", "PX", ARGV[2]) then return redis.call("incr", KEYS[2]) end
return false`,
    calls: ["lock token | me 10", "lock token | you 10", 11, "lock token | you 10", "> GET token"],
  },
  {
    name: "writes are fenced by their token",
    lua: `
local last = tonumber(redis.call("get", KEYS[1]) or 0)
if tonumber(ARGV[1]) < last then return redis.error_reply("FENCED token " .. ARGV[1] .. " is older than " .. last) end
redis.call("set", KEYS[1], ARGV[1])
redis.call("set", KEYS[2], ARGV[2])
return last`,
    calls: ["seen v | 3 a", "seen v | 2 b", "seen v | 3 c", "seen v | 10 d", "seen v | 9 e"],
  },
  {
    name: "readers share, a writer is alone",
    lua: `
local writer = redis.call("get", KEYS[1])
if writer then return {0, writer} end
if ARGV[2] == "write" then
  if redis.call("scard", KEYS[2]) > 0 then return {0, redis.call("scard", KEYS[2])} end
  redis.call("set", KEYS[1], ARGV[1])
else
  redis.call("sadd", KEYS[2], ARGV[1])
end
return {1}`,
    calls: ["w r | a read", "w r | b read", "w r | c write", "> SREM r a b", "w r | c write", "w r | d read"],
  },
  {
    name: "a semaphore of leases",
    lua: `
redis.call("zremrangebyscore", KEYS[1], "-inf", ARGV[2])
if redis.call("zcard", KEYS[1]) < tonumber(ARGV[3]) then
  redis.call("zadd", KEYS[1], ARGV[2] + ARGV[4], ARGV[1])
  return 1
end
return 0`,
    calls: ["s | a 100 2 50", "s | b 110 2 50", "s | c 120 2 50", "s | c 155 2 50", "> ZRANGE s 0 -1 WITHSCORES"],
  },
  {
    name: "a fair semaphore",
    lua: `
redis.call("zremrangebyscore", KEYS[1], "-inf", ARGV[2] - 50)
redis.call("zinterstore", KEYS[2], 2, KEYS[2], KEYS[1], "WEIGHTS", 1, 0)
local turn = redis.call("incr", KEYS[3])
redis.call("zadd", KEYS[1], ARGV[2], ARGV[1])
redis.call("zadd", KEYS[2], turn, ARGV[1])
if redis.call("zrank", KEYS[2], ARGV[1]) < tonumber(ARGV[3]) then return ARGV[1] end
redis.call("zrem", KEYS[1], ARGV[1])
redis.call("zrem", KEYS[2], ARGV[1])
return nil`,
    calls: ["t o c | a 1000 2", "t o c | b 1001 2", "t o c | c 1002 2", "t o c | d 1060 2", "> GET c"],
  },
  {
    name: "permits with a count",
    lua: `
local free = tonumber(redis.call("get", KEYS[1]))
if free == nil then free = tonumber(ARGV[1]) end
local wanted = tonumber(ARGV[2])
if wanted > free then return -free end
redis.call("set", KEYS[1], free - wanted)
return free - wanted`,
    calls: ["p | 5 2", "p | 5 2", "p | 5 2", "p | 5 1", "p | 5 1", "p | 5 x"],
  },
  {
    name: "a leader is elected, and keeps its seat",
    lua: `
local leader = redis.call("get", KEYS[1])
if not leader then redis.call("set", KEYS[1], ARGV[1], "PX", ARGV[2]) return {ok = "ELECTED"} end
if leader == ARGV[1] then redis.call("pexpire", KEYS[1], ARGV[2]) return {ok = "RENEWED"} end
return {err = "LEADER is " .. leader}`,
    calls: ["l | a 100", "l | b 100", 90, "l | a 100", 90, "l | b 100", 11, "l | b 100"],
  },
  {
    name: "a barrier opens when all have come",
    lua: `
redis.call("sadd", KEYS[1], ARGV[1])
local there = redis.call("scard", KEYS[1])
if there >= tonumber(ARGV[2]) then redis.call("del", KEYS[1]) return "open" end
return ARGV[2] - there`,
    calls: ["b | a 3", "b | a 3", "b | b 3", "b | c 3", "b | d 3"],
  },
  {
    name: "compare and set",
    lua: `
local now = redis.call("get", KEYS[1])
if now == ARGV[1] or (not now and ARGV[1] == "") then redis.call("set", KEYS[1], ARGV[2]) return 1 end
return {0, now}`,
    calls: ["k | a b", "> SET k a", "k | a b", "k | a c", "k | b c"],
  },
  {
    name: "compare and delete several",
    lua: `
local gone = 0
for i, key in ipairs(KEYS) do
  if redis.call("get", key) == ARGV[i] then gone = gone + redis.call("unlink", key) end
end
return gone`,
    calls: ["> MSET a 1 b 2 c 3", "a b c | 1 x 3", "a b c | 1 2 3"],
  },
  {
    name: "an idempotency key",
    lua: `
local done = redis.call("get", KEYS[1])
if done then return {"again", done} end
redis.call("set", KEYS[1], ARGV[1], "EX", ARGV[2])
return {"first", ARGV[1]}`,
    calls: ["i | r1 1", "i | r2 1", 1001, "i | r3 1"],
  },
  {
    name: "a lease list of workers",
    lua: `
local free = {}
for _, slot in ipairs(redis.call("smembers", KEYS[1])) do free[#free + 1] = tonumber(slot) end
table.sort(free)
if #free == 0 then return -1 end
redis.call("smove", KEYS[1], KEYS[2], free[1])
return free[1]`,
    calls: ["> SADD free 3 1 2", "free taken |", "free taken |", "free taken |", "free taken |", "> SMEMBERS taken"],
  },
  {
    name: "a lock that reports who holds it and for how long",
    lua: `
local got = redis.call("set", KEYS[1], ARGV[1], "NX", "PX", ARGV[2])
return {got and 1 or 0, redis.call("get", KEYS[1]), redis.call("pttl", KEYS[1]), got}`,
    calls: ["l | a 500", 100, "l | b 500", 401, "l | b 500"],
  },
  {
    name: "a deadman's switch",
    lua: `
local before = redis.call("getset", KEYS[1], ARGV[1])
redis.call("expire", KEYS[1], ARGV[2])
return before and tostring(ARGV[1] - before) or "first"`,
    calls: ["d | 100 1", 500, "d | 600 1", 1001, "d | 1601 1"],
  },
];
