/** Counters, leaderboards, stock, carts, sessions, sets: what applications keep. */
import type { WrittenScript } from "../written-scripts.ts";

export const counters: readonly WrittenScript[] = [
  {
    name: "stock is reserved, all of it or nothing",
    lua: `
for i, key in ipairs(KEYS) do
  local left = tonumber(redis.call("get", key) or "0")
  if left < tonumber(ARGV[i]) then return {err = "SOLDOUT " .. key .. " has " .. left} end
end
for i, key in ipairs(KEYS) do redis.call("decrby", key, ARGV[i]) end
return redis.status_reply("RESERVED")`,
    calls: ["> MSET a 3 b 1", "a b | 2 1", "a b | 1 1", "a | 1", "c | 1"],
  },
  {
    name: "money moves between accounts",
    lua: `
local from, to = unpack(redis.call("mget", KEYS[1], KEYS[2]))
local amount = tonumber(ARGV[1])
assert(amount and amount > 0, "amount must be positive")
if not from or tonumber(from) < amount then return redis.error_reply("INSUFFICIENT " .. tostring(from)) end
redis.call("decrby", KEYS[1], amount)
return redis.call("incrby", KEYS[2], amount)`,
    calls: ["> SET a 100", "a b | 30", "a b | 71", "a b | -1", "a b | x", "c a | 1", "> MGET a b"],
  },
  {
    name: "a counter with a ceiling",
    lua: `
local now = tonumber(redis.call("get", KEYS[1]) or 0)
local to = math.min(now + ARGV[1], ARGV[2])
redis.call("set", KEYS[1], to)
return {to - now, to}`,
    calls: ["c | 5 8", "c | 5 8", "c | 5 8", "> GET c"],
  },
  {
    name: "the greatest so far",
    lua: `
local best = redis.call("get", KEYS[1])
if not best or tonumber(ARGV[1]) > tonumber(best) then redis.call("set", KEYS[1], ARGV[1]) return 1 end
return 0`,
    calls: ["m | 3", "m | 10", "m | 9.5", "m | 1e3", "> GET m"],
  },
  {
    name: "a mean that moves",
    lua: `
local n = redis.call("hincrby", KEYS[1], "n", 1)
local mean = tonumber(redis.call("hget", KEYS[1], "mean") or 0)
mean = mean + (ARGV[1] - mean) / n
redis.call("hset", KEYS[1], "mean", mean)
return string.format("%.6f", mean)`,
    calls: ["m | 1", "m | 2", "m | 4.5", "m | -3", "> HGET m mean"],
  },
  {
    name: "a place on the board, and its neighbours",
    lua: `
local rank = redis.call("zrevrank", KEYS[1], ARGV[1])
if not rank then return false end
local from = math.max(0, rank - 1)
return {rank + 1, redis.call("zrevrange", KEYS[1], from, rank + 1, "WITHSCORES")}`,
    calls: ["> ZADD z 10 a 20 b 30.5 c 40 d", "z | d", "z | b", "z | a", "z | x"],
  },
  {
    name: "a score counts only where it is better",
    lua: `
local before = redis.call("zscore", KEYS[1], ARGV[1])
local changed = redis.call("zadd", KEYS[1], "GT", "CH", ARGV[2], ARGV[1])
return {before, changed, redis.call("zscore", KEYS[1], ARGV[1])}`,
    calls: ["z | a 5", "z | a 3", "z | a 7.25", "z | a x"],
  },
  {
    name: "ties are broken by time",
    lua: `
local packed = ARGV[2] + (1 - ARGV[3] / 1e10)
redis.call("zadd", KEYS[1], packed, ARGV[1])
local out = {}
for _, name in ipairs(redis.call("zrevrange", KEYS[1], 0, -1)) do
  out[#out + 1] = name .. ":" .. math.floor(redis.call("zscore", KEYS[1], name))
end
return out`,
    calls: ["z | a 10 1700000000", "z | b 10 1700000005", "z | c 11 1700000009"],
  },
  {
    name: "a session is read, and lives on",
    lua: `
local session = redis.call("hgetall", KEYS[1])
if #session == 0 then return nil end
redis.call("pexpire", KEYS[1], ARGV[1])
return session`,
    calls: ["s | 100", "> HSET s user ann", "s | 100", 60, "s | 100", 60, "s | 100", 101, "s | 100"],
  },
  {
    name: "one session a user",
    lua: `
local old = redis.call("get", KEYS[1])
if old and old ~= ARGV[1] then redis.call("del", "session:" .. old) end
redis.call("set", KEYS[1], ARGV[1])
redis.call("set", "session:" .. ARGV[1], ARGV[2])
return old`,
    calls: ["u | 1 a", "u | 2 b", "u | 2 c", "> EXISTS session:1 session:2"],
  },
  {
    name: "a cart",
    lua: `
local count = redis.call("hincrby", KEYS[1], ARGV[1], ARGV[2])
if count <= 0 then redis.call("hdel", KEYS[1], ARGV[1]) end
local total = 0
for _, n in ipairs(redis.call("hvals", KEYS[1])) do total = total + n end
return total`,
    calls: ["c | apple 2", "c | pear 1", "c | apple -1", "c | pear -5", "> HGETALL c"],
  },
  {
    name: "friends in common",
    lua: `
local both = redis.call("sinter", KEYS[1], KEYS[2])
table.sort(both)
return {#both, table.concat(both, " ")}`,
    calls: ["> SADD a x y z", "> SADD b y z w", "a b |", "a c |"],
  },
  {
    name: "visitors of a day, and of the week",
    lua: `
redis.call("pfadd", KEYS[1], unpack(ARGV))
return {redis.call("pfcount", KEYS[1]), redis.call("pfcount", unpack(KEYS))}`,
    calls: ["d1 d2 | a b c", "d2 d1 | c d", "d2 d1 | a"],
  },
  {
    name: "days on which somebody came, as bits",
    lua: `
redis.call("setbit", KEYS[1], ARGV[1], 1)
local streak, day = 0, tonumber(ARGV[1])
while day >= 0 and redis.call("getbit", KEYS[1], day) == 1 do streak, day = streak + 1, day - 1 end
return {streak, redis.call("bitcount", KEYS[1])}`,
    calls: ["v | 1", "v | 2", "v | 3", "v | 7", "v | 8"],
  },
  {
    name: "a draw without replacement, from a seed",
    lua: `
math.randomseed(tonumber(ARGV[1]))
local names = redis.call("lrange", KEYS[1], 0, -1)
for i = #names, 2, -1 do
  local j = math.random(i)
  names[i], names[j] = names[j], names[i]
end
return names`,
    calls: ["> RPUSH l a b c d e f", "l | 1", "l | 2", "l | -7"],
  },
  {
    name: "a cache that is filled once",
    lua: `
local hit = redis.call("get", KEYS[1])
if hit then return {"hit", hit} end
if redis.call("set", KEYS[1] .. ":filling", ARGV[1], "NX", "PX", 50) then return {"fill"} end
return {"wait", redis.call("pttl", KEYS[1] .. ":filling")}`,
    calls: ["c | me", 20, "c | you", 31, "c | you", "> SET c v", "c | me"],
  },
  {
    name: "a value and its version",
    lua: `
local version = tonumber(redis.call("hget", KEYS[1], "version")) or 0
if version ~= tonumber(ARGV[1]) then return {false, version} end
redis.call("hset", KEYS[1], "version", version + 1, "value", ARGV[2])
return {true, version + 1}`,
    calls: ["v | 0 a", "v | 0 b", "v | 1 c", "> HGETALL v"],
  },
  {
    name: "places near one another",
    lua: `
redis.call("geoadd", KEYS[1], ARGV[1], ARGV[2], ARGV[3])
local near = redis.call("georadius", KEYS[1], ARGV[1], ARGV[2], 50, "km", "ASC")
return {#near, near[2] and redis.call("geodist", KEYS[1], ARGV[3], near[2], "km")}`,
    calls: ["g | 13.4 52.5 berlin", "g | 13.06 52.4 potsdam", "g | 11.58 48.14 munich"],
  },
  {
    name: "the kind of a key decides",
    lua: `
local kinds = {string = "get", hash = "hgetall", list = "llen", set = "scard", zset = "zcard"}
local kind = redis.call("type", KEYS[1])["ok"]
if not kinds[kind] then return redis.error_reply("no way with " .. kind) end
return redis.call(kinds[kind], KEYS[1])`,
    calls: ["> SET s 1", "> HSET h f v", "> SADD t a b", "> XADD x 1-1 f v", "s |", "h |", "t |", "x |", "none |"],
  },
  {
    name: "keys by the hundred in one go",
    lua: `
local pairs_of = {}
for i = 1, ARGV[1] do
  pairs_of[#pairs_of + 1] = KEYS[1] .. i
  pairs_of[#pairs_of + 1] = i * i
end
redis.call("mset", unpack(pairs_of))
local sum = 0
for i = 1, ARGV[1] do sum = sum + redis.call("get", KEYS[1] .. i) end
return sum`,
    calls: ["k | 100", "k | 3", "k | 0"],
  },
];
