/** Limiters and windows: how often something may happen. */
import type { WrittenScript } from "../written-scripts.ts";

export const limiters: readonly WrittenScript[] = [
  {
    name: "a fixed window",
    lua: `
local count = redis.call("incr", KEYS[1])
if count == 1 then redis.call("pexpire", KEYS[1], ARGV[2]) end
return {count <= tonumber(ARGV[1]) and 1 or 0, count, redis.call("pttl", KEYS[1])}`,
    calls: ["w | 2 1000", "w | 2 1000", 300, "w | 2 1000", 701, "w | 2 1000"],
  },
  {
    name: "points are consumed, as rate limiters of Node.js do it",
    lua: `
redis.call("set", KEYS[1], 0, "EX", ARGV[2], "NX")
local consumed = redis.call("incrby", KEYS[1], ARGV[1])
local ttl = redis.call("pttl", KEYS[1])
if ttl == -1 then redis.call("expire", KEYS[1], ARGV[2]) ttl = 1000 * ARGV[2] end
return {consumed, ttl}`,
    calls: ["p | 1 2", "p | 3 2", 500, "p | 1 2", 1501, "p | 5 2", "> PERSIST p", "p | 1 2"],
  },
  {
    name: "a sliding log",
    lua: `
local now, window, limit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call("zremrangebyscore", KEYS[1], 0, now - window)
local count = redis.call("zcard", KEYS[1])
if count < limit then
  redis.call("zadd", KEYS[1], now, ARGV[4])
  redis.call("pexpire", KEYS[1], window)
  return {1, limit - count - 1}
end
local oldest = redis.call("zrange", KEYS[1], 0, 0, "WITHSCORES")
return {0, tonumber(oldest[2]) + window - now}`,
    calls: ["l | 1000 100 2 a", "l | 1050 100 2 b", "l | 1090 100 2 c", "l | 1101 100 2 d", "> ZRANGE l 0 -1"],
  },
  {
    name: "a sliding window of two counters",
    lua: `
local now, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local current = math.floor(now / window)
local counts = redis.call("hmget", KEYS[1], current, current - 1)
local share = 1 - (now % window) / window
local weight = (tonumber(counts[1]) or 0) + (tonumber(counts[2]) or 0) * share
if weight >= tonumber(ARGV[3]) then return {0, tostring(weight)} end
redis.call("hincrby", KEYS[1], current, 1)
return {1, tostring(weight)}`,
    calls: [
      "s | 100 60 3",
      "s | 110 60 3",
      "s | 119 60 3",
      "s | 125 60 3",
      "s | 150 60 3",
      "s | 170 60 3",
      "s | 172 60 3",
    ],
  },
  {
    name: "a token bucket",
    lua: `
local rate, burst, now, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local bucket = redis.call("hmget", KEYS[1], "tokens", "at")
local tokens = tonumber(bucket[1]) or burst
local at = tonumber(bucket[2]) or now
tokens = math.min(burst, tokens + math.max(0, now - at) * rate)
local allowed = tokens >= wanted
if allowed then tokens = tokens - wanted end
redis.call("hset", KEYS[1], "tokens", tokens, "at", now)
redis.call("pexpire", KEYS[1], math.ceil(burst / rate) * 1000)
return {allowed, tostring(tokens)}`,
    calls: [
      "b | 0.1 3 100 1",
      "b | 0.1 3 100 2",
      "b | 0.1 3 105 1",
      "b | 0.1 3 110.5 1",
      "b | 0.3 3 111 0.5",
      "> HGETALL b",
    ],
  },
  {
    name: "a leaky bucket",
    lua: `
local level = tonumber(redis.call("hget", KEYS[1], "level") or "0")
local last = tonumber(redis.call("hget", KEYS[1], "last") or ARGV[1])
level = math.max(0, level - (ARGV[1] - last) * ARGV[2])
if level + 1 > tonumber(ARGV[3]) then return string.format("full %.3f", level) end
redis.call("hset", KEYS[1], "level", level + 1, "last", ARGV[1])
return string.format("ok %.3f", level + 1)`,
    calls: ["l | 1 0.3 2", "l | 2 0.3 2", "l | 3 0.3 2", "l | 3.5 0.3 2", "l | 9 0.3 2"],
  },
  {
    name: "the generic cell rate algorithm",
    lua: `
local now, interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local tat = math.max(tonumber(redis.call("get", KEYS[1]) or now), now)
local allow_at = tat + interval - burst * interval
if allow_at > now then return {0, tostring(allow_at - now)} end
redis.call("set", KEYS[1], tat + interval, "PX", math.ceil((tat + interval - now) * 1000))
return {1, tostring(math.floor((now - allow_at) / interval))}`,
    calls: ["g | 10 0.5 2", "g | 10 0.5 2", "g | 10 0.5 2", "g | 10.5 0.5 2", "g | 20.25 0.5 2", "> GET g"],
  },
  {
    name: "concurrency is limited",
    lua: `
local running = redis.call("zcount", KEYS[1], ARGV[1], "+inf")
if running >= tonumber(ARGV[3]) then return running end
redis.call("zadd", KEYS[1], ARGV[1] + 100, ARGV[2])
return "started"`,
    calls: ["c | 10 a 2", "c | 11 b 2", "c | 12 c 2", "c | 111 c 2", "c | 112 d 2"],
  },
  {
    name: "several windows at once",
    lua: `
local out = {}
for i = 1, #ARGV, 2 do
  local key = KEYS[1] .. ":" .. ARGV[i]
  local count = redis.call("incr", key)
  if count == 1 then redis.call("expire", key, ARGV[i]) end
  if count > tonumber(ARGV[i + 1]) then return {err = "LIMITED by " .. ARGV[i] .. "s"} end
  out[#out + 1] = ARGV[i + 1] - count
end
return out`,
    calls: ["m | 1 2 60 3", "m | 1 2 60 3", "m | 1 2 60 3", 1001, "m | 1 2 60 3", "m | 1 2 60 3"],
  },
  {
    name: "a cool-down",
    lua: `
local left = redis.call("pttl", KEYS[1])
if left > 0 then return left end
redis.call("psetex", KEYS[1], ARGV[1], "cooling")
return 0`,
    calls: ["c | 100", 40, "c | 100", 61, "c | 100"],
  },
  {
    name: "a penalty that doubles",
    lua: `
local strikes = redis.call("incr", KEYS[1])
local penalty = math.min(2 ^ strikes, ARGV[1])
redis.call("expire", KEYS[1], penalty)
return {strikes, penalty, redis.call("ttl", KEYS[1])}`,
    calls: ["p | 20", "p | 20", "p | 20", "p | 20", "p | 20", 20001, "p | 20"],
  },
  {
    name: "a budget a day",
    lua: `
local spent = redis.call("incrbyfloat", KEYS[1], ARGV[1])
if tonumber(spent) > tonumber(ARGV[2]) then
  redis.call("incrbyfloat", KEYS[1], -ARGV[1])
  return redis.error_reply("BUDGET exceeded by " .. (spent - ARGV[2]))
end
return spent`,
    calls: ["b | 0.1 1", "b | 0.2 1", "b | 0.75 1", "b | 0.7 1", "b | 0.00001 1"],
  },
  {
    name: "a window of buckets that expire one by one",
    lua: `
local bucket = math.floor(ARGV[1] / 10)
local key = KEYS[1] .. bucket
redis.call("incr", key)
redis.call("pexpire", key, 50)
local total = 0
for i = bucket - 4, bucket do total = total + (tonumber(redis.call("get", KEYS[1] .. i)) or 0) end
return total`,
    calls: ["b | 100", 10, "b | 110", 10, "b | 120", 31, "b | 151", 100, "b | 260"],
  },
  {
    name: "who asks most",
    lua: `
redis.call("zincrby", KEYS[1], ARGV[2], ARGV[1])
return redis.call("zrevrange", KEYS[1], 0, 1, "WITHSCORES")`,
    calls: ["z | a 1", "z | b 2.5", "z | a 3", "z | c 0.1"],
  },
  {
    name: "a limit that is shared by groups",
    lua: `
local group = redis.call("hget", KEYS[1], ARGV[1]) or "default"
local limit = tonumber(redis.call("hget", KEYS[2], group) or 1)
local used = redis.call("hincrby", KEYS[3], group, 1)
return {group, limit, used, used <= limit}`,
    calls: [
      "> HSET groups ann gold",
      "> HSET limits gold 2",
      "groups limits used | ann",
      "groups limits used | bob",
      "groups limits used | bob",
      "groups limits used | ann",
      "groups limits used | ann",
    ],
  },
  {
    name: "what failed lately opens a circuit",
    lua: `
if redis.call("exists", KEYS[2]) == 1 then return "open" end
if ARGV[1] == "fail" then
  local failures = redis.call("rpush", KEYS[1], ARGV[2])
  if failures >= 3 then redis.call("set", KEYS[2], 1, "PX", 100) redis.call("del", KEYS[1]) return "opens" end
  return failures
end
redis.call("del", KEYS[1])
return "closed"`,
    calls: [
      "f o | fail 1",
      "f o | fail 2",
      "f o | ok",
      "f o | fail 3",
      "f o | fail 4",
      "f o | fail 5",
      "f o | ok",
      101,
      "f o | ok",
    ],
  },
  {
    name: "once in a while",
    lua: `return redis.call("set", KEYS[1], ARGV[1], "NX", "GET", "PX", 100) or "run"`,
    calls: ["o | a", "o | b", 101, "o | c"],
  },
  {
    name: "a quota that is carried over",
    lua: `
local month, quota = ARGV[1], tonumber(ARGV[2])
local last, left = unpack(redis.call("hmget", KEYS[1], "month", "left"))
if last ~= month then left = math.min(quota * 2, quota + (tonumber(left) or 0)) end
left = left - 1
redis.call("hset", KEYS[1], "month", month, "left", left)
return left`,
    calls: ["q | 1 3", "q | 1 3", "q | 2 3", "q | 3 3", "q | 4 3"],
  },
  {
    name: "requests are spread over time",
    lua: `
local at = math.max(tonumber(redis.call("get", KEYS[1]) or 0), tonumber(ARGV[1]))
redis.call("set", KEYS[1], at + ARGV[2])
return at - ARGV[1]`,
    calls: ["s | 100 30", "s | 100 30", "s | 100 30", "s | 200 30", "s | 201.5 30"],
  },
  {
    name: "the server's own clock decides",
    lua: `
local time = redis.call("time")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call("zadd", KEYS[1], now, now)
redis.call("zremrangebyscore", KEYS[1], "-inf", "(" .. string.format("%d", now - 1000))
return {redis.call("zcard", KEYS[1]), string.format("%d", now)}`,
    calls: ["t |", 400, "t |", 400, "t |", 400, "t |", "> ZRANGE t 0 -1"],
  },
];
