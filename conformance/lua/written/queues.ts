/** Queues, delayed jobs, retries, schedules, streams. */
import type { WrittenScript } from "../written-scripts.ts";

export const queues: readonly WrittenScript[] = [
  {
    name: "a job is added once",
    lua: `
if redis.call("hexists", KEYS[1], ARGV[1]) == 1 then return 0 end
redis.call("hset", KEYS[1], ARGV[1], ARGV[2])
return redis.call("rpush", KEYS[2], ARGV[1])`,
    calls: ["jobs wait | 1 a", "jobs wait | 2 b", "jobs wait | 1 c", "> LRANGE wait 0 -1"],
  },
  {
    name: "a job is reserved",
    lua: `
local id = redis.call("lpop", KEYS[1])
if not id then return nil end
redis.call("zadd", KEYS[2], ARGV[1], id)
return {id, redis.call("hget", KEYS[3], id)}`,
    calls: [
      "> RPUSH wait 1 2",
      "> HSET jobs 1 one",
      "wait busy jobs | 10",
      "wait busy jobs | 11",
      "wait busy jobs | 12",
    ],
  },
  {
    name: "delayed jobs become ready",
    lua: `
local due = redis.call("zrangebyscore", KEYS[1], "-inf", ARGV[1], "LIMIT", 0, ARGV[2])
if #due > 0 then
  redis.call("zrem", KEYS[1], unpack(due))
  redis.call("rpush", KEYS[2], unpack(due))
end
return #due`,
    calls: [
      "> ZADD later 10 a 20 b 30 c 40 d",
      "later wait | 5 9",
      "later wait | 30 2",
      "later wait | 30 2",
      "later wait | 99 2",
    ],
  },
  {
    name: "what was not finished is put back",
    lua: `
local late = redis.call("zrangebyscore", KEYS[1], 0, ARGV[1])
for i = #late, 1, -1 do
  redis.call("lpush", KEYS[2], late[i])
  redis.call("hincrby", KEYS[3], late[i], 1)
end
redis.call("zremrangebyscore", KEYS[1], 0, ARGV[1])
return late`,
    calls: ["> ZADD busy 10 a 20 b 30 c", "busy wait tries | 20", "> LRANGE wait 0 -1", "> HGETALL tries"],
  },
  {
    name: "a job fails, and is tried later or buried",
    lua: `
local tries = redis.call("hincrby", KEYS[1], "tries", 1)
if tries >= tonumber(ARGV[2]) then
  redis.call("lpush", KEYS[3], ARGV[1])
  redis.call("ltrim", KEYS[3], 0, 1)
  return "buried"
end
local delay = math.floor(ARGV[3] * math.pow(2, tries - 1))
redis.call("zadd", KEYS[2], delay, ARGV[1])
return delay`,
    calls: [
      "j later dead | 7 3 100",
      "j later dead | 7 3 100",
      "j later dead | 7 3 100",
      "> ZRANGE later 0 -1 WITHSCORES",
    ],
  },
  {
    name: "a queue by priority, first come first served within",
    lua: `
local order = redis.call("incr", KEYS[2])
local score = ARGV[2] * 0x100000000 + order % 0x100000000
redis.call("zadd", KEYS[1], score, ARGV[1])
return string.format("%.0f", score)`,
    calls: ["q n | a 2", "q n | b 1", "q n | c 2", "q n | d 1", "> ZPOPMIN q", "> ZRANGE q 0 -1"],
  },
  {
    name: "several are taken from the best",
    lua: `
local taken = redis.call("zpopmin", KEYS[1], ARGV[1])
local out = {}
for i = 1, #taken, 2 do out[#out + 1] = taken[i] .. "=" .. taken[i + 1] end
return table.concat(out, ",")`,
    calls: ["> ZADD q 1 a 2.5 b 3 c", "q | 2", "q | 2", "q | 2"],
  },
  {
    name: "a queue moves to another",
    lua: `
local moved = 0
while true do
  local item = redis.call("rpoplpush", KEYS[1], KEYS[2])
  if not item then break end
  moved = moved + 1
  if moved == tonumber(ARGV[1]) then break end
end
return {moved, redis.call("llen", KEYS[1]), redis.call("llen", KEYS[2])}`,
    calls: ["> RPUSH a 1 2 3 4 5", "a b | 2", "a b | 9", "> LRANGE b 0 -1"],
  },
  {
    name: "a parent waits for its children",
    lua: `
redis.call("srem", KEYS[1], ARGV[1])
if redis.call("scard", KEYS[1]) == 0 then
  redis.call("rpush", KEYS[2], ARGV[2])
  return {ok = "READY"}
end
return redis.call("scard", KEYS[1])`,
    calls: ["> SADD children x y", "children wait | x parent", "children wait | z parent", "children wait | y parent"],
  },
  {
    name: "counts of a job's states",
    lua: `
local counts = {}
for i, key in ipairs(KEYS) do
  local kind = redis.call("type", key).ok
  if kind == "list" then counts[i] = redis.call("llen", key)
  elseif kind == "zset" then counts[i] = redis.call("zcard", key)
  elseif kind == "none" then counts[i] = 0
  else counts[i] = kind end
end
return counts`,
    calls: ["> RPUSH w 1 2", "> ZADD z 1 a", "> SET s x", "w z s none |"],
  },
  {
    name: "a page of jobs",
    lua: `
local ids = redis.call("lrange", KEYS[1], ARGV[1], ARGV[2])
local out = {}
for _, id in ipairs(ids) do out[#out + 1] = redis.call("hmget", KEYS[2] .. id, "name", "none") end
return out`,
    calls: ["> RPUSH l 1 2 3", "> HSET j1 name one", "> HSET j3 name three", "l j | 0 1", "l j | -1 -1", "l j | 5 9"],
  },
  {
    name: "ids of their own, or the next number",
    lua: `
local id = ARGV[1]
if id == "" or id == "0" then id = redis.call("incr", KEYS[1]) end
local key = KEYS[2] .. ":" .. id
if redis.call("exists", key) == 1 then return id .. "" end
redis.call("hmset", key, "data", ARGV[2], "at", ARGV[3])
return tostring(id)`,
    calls: ["n j | 0 a 1", "n j | 0 b 2", "n j | mine c 3", "n j | mine d 4", "n j | 2 e 5"],
  },
  {
    name: "events of a queue go to a stream",
    lua: `
local id = redis.call("xadd", KEYS[1], "MAXLEN", "=", 2, ARGV[1], "event", ARGV[2])
return {id, redis.call("xlen", KEYS[1])}`,
    calls: ["s | 1-1 a", "s | 1-2 b", "s | 2-0 c", "s | 1-0 d", "> XRANGE s - +"],
  },
  {
    name: "a group reads what is new, and acknowledges",
    lua: `
redis.pcall("xgroup", "create", KEYS[1], ARGV[1], "0", "mkstream")
local read = redis.call("xreadgroup", "group", ARGV[1], ARGV[2], "count", 1, "streams", KEYS[1], ">")
if not read then return "nothing" end
local entry = read[1][2][1]
redis.call("xack", KEYS[1], ARGV[1], entry[1])
return entry`,
    calls: ["> XADD s 1-1 f v", "> XADD s 1-2 g w", "s | g me", "s | g you", "s | g me", "> XPENDING s g"],
  },
  {
    name: "a job is removed wherever it is",
    lua: `
local found = redis.call("lrem", KEYS[1], 0, ARGV[1]) + redis.call("zrem", KEYS[2], ARGV[1])
if found == 0 then return {err = "NOJOB Missing key for job " .. ARGV[1]} end
return found`,
    calls: ["> RPUSH l a b a", "> ZADD z 1 a", "l z | a", "l z | a", "l z | b"],
  },
  {
    name: "a queue is paused",
    lua: `
if redis.call("exists", KEYS[1]) == 1 then redis.call("rename", KEYS[1], KEYS[2]) end
if ARGV[1] == "paused" then redis.call("hset", KEYS[3], "paused", 1) else redis.call("hdel", KEYS[3], "paused") end
return redis.call("hexists", KEYS[3], "paused")`,
    calls: ["> RPUSH wait 1", "wait paused meta | paused", "paused wait meta | resumed", "none paused meta | paused"],
  },
  {
    name: "a repeated job and its next time",
    lua: `
local every, now = tonumber(ARGV[1]), tonumber(ARGV[2])
local next_at = now - now % every + every
local before = redis.call("zscore", KEYS[1], ARGV[3])
redis.call("zadd", KEYS[1], next_at, ARGV[3])
return {before, string.format("%d", next_at)}`,
    calls: ["r | 60000 1700000000123 job", "r | 60000 1700000060123 job", "> ZSCORE r job"],
  },
  {
    name: "a lock on a job is renewed, or the job is lost",
    lua: `
if redis.call("get", KEYS[1]) ~= ARGV[1] then return -2 end
if redis.call("set", KEYS[1], ARGV[1], "PX", ARGV[2], "XX") then
  redis.call("srem", KEYS[2], ARGV[3])
  return 1
end
return 0`,
    calls: [
      "> SADD stalled 7",
      "l stalled | t 50 7",
      "> SET l t PX 20",
      "l stalled | t 50 7",
      51,
      "l stalled | t 50 7",
    ],
  },
  {
    name: "the oldest are dropped where there are too many",
    lua: `
local length = redis.call("lpush", KEYS[1], unpack(ARGV, 2))
redis.call("ltrim", KEYS[1], 0, ARGV[1] - 1)
return {length, redis.call("lrange", KEYS[1], 0, -1)}`,
    calls: ["l | 3 a b", "l | 3 c d e f", "l | 0 x"],
  },
  {
    name: "everything with a beginning is deleted, page by page",
    lua: `
local cursor, gone = "0", 0
repeat
  local page = redis.call("scan", cursor, "MATCH", ARGV[1], "COUNT", 10)
  cursor = page[1]
  for _, key in ipairs(page[2]) do gone = gone + redis.call("del", key) end
until cursor == "0"
return gone`,
    calls: ["> MSET q:1 a q:2 b r:1 c", "| q:*", "| q:*", "> EXISTS r:1"],
  },
];
