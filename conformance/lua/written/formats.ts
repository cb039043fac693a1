/** Scripts that read and write formats: JSON, MessagePack, packed bytes, text; and scripts that speak RESP3. */
import type { WrittenScript } from "../written-scripts.ts";

export const formats: readonly WrittenScript[] = [
  {
    name: "a field of a JSON document",
    lua: `
local document = cjson.decode(redis.call("get", KEYS[1]) or "{}")
document[ARGV[1]] = tonumber(ARGV[2]) or ARGV[2]
redis.call("set", KEYS[1], cjson.encode(document))
return redis.call("get", KEYS[1])`,
    calls: ["d | a 1", "> SET d {}", "d | b text", "> SET d [", "d | a 1"],
  },
  {
    name: "a list in JSON grows",
    lua: `
local list = cjson.decode(redis.call("get", KEYS[1]) or "[]")
list[#list + 1] = {id = ARGV[1]}
local text = cjson.encode(list)
redis.call("set", KEYS[1], text)
return text`,
    calls: ["l | a", "l | b/c", 'l | "q"'],
  },
  {
    name: "numbers survive JSON",
    lua: `
local out = {}
for _, text in ipairs(ARGV) do out[#out + 1] = cjson.encode(cjson.decode(text)) end
return out`,
    calls: ["| 1 1.5 1e3 1e300 -0 12345678901234567890 0.1 100000000000000", "| 1.0 1e-7 [0.30000000000000004]"],
  },
  {
    name: "null in JSON is not nothing",
    lua: `
local value = cjson.decode(ARGV[1])
local n = 0
for _ in pairs(value) do n = n + 1 end
return {n, value[1] == cjson.null, type(value[1]), tostring(value[2]), cjson.encode(value)}`,
    calls: ["| [null,1]", "| [1,null]", "| []"],
  },
  {
    name: "a batch of commands in JSON",
    lua: `
local replies = {}
for i, words in ipairs(cjson.decode(ARGV[1])) do
  local reply = redis.pcall(unpack(words))
  replies[i] = type(reply) == "table" and (reply.err or reply.ok or #reply) or reply
end
return replies`,
    calls: [
      '| [["set","a",1],["incr","a"],["get","none"],["nosuch"],["lpush","a","x"],["keys","*"]]',
      "| [[]]",
      "| {}",
    ],
  },
  {
    name: "MessagePack goes there and back",
    lua: `
local packed = cmsgpack.pack({1, "two", {3.5, true}}, ARGV[1], -tonumber(ARGV[2]))
redis.call("set", KEYS[1], packed)
local first, second, third = cmsgpack.unpack(redis.call("get", KEYS[1]))
return {first, second, third, #packed, redis.sha1hex(packed)}`,
    calls: ["m | text 5", "m | x 70000", "m | y 1e20", "m | z 0.5"],
  },
  {
    name: "values of MessagePack, one after the other",
    lua: `
local packed, out, at = cmsgpack.pack(unpack(ARGV)), {}, 0
while at ~= -1 do
  local value
  at, value = cmsgpack.unpack_one(packed, at)
  out[#out + 1] = value .. "@" .. at
end
return out`,
    calls: ["| a bc def", "| one"],
  },
  {
    name: "fixed records in one string",
    lua: `
local record = struct.pack(">I4hs", ARGV[1], ARGV[2], ARGV[3])
redis.call("append", KEYS[1], record)
local id, level, name, after = struct.unpack(">I4hs", redis.call("get", KEYS[1]))
return {id, level, name, after, redis.call("strlen", KEYS[1])}`,
    calls: ["r | 7 -3 ann", "r | 4294967295 5 bob", "r | x 1 y"],
  },
  {
    name: "flags in an integer",
    lua: `
local flags = tonumber(redis.call("get", KEYS[1]) or 0)
flags = ARGV[1] == "on" and bit.bor(flags, bit.lshift(1, ARGV[2])) or bit.band(flags, bit.bnot(bit.lshift(1, ARGV[2])))
redis.call("set", KEYS[1], flags)
return {flags, bit.tohex(flags)}`,
    calls: ["f | on 3", "f | on 0", "f | off 3", "f | on 31", "f | off 31", "f | on 33"],
  },
  {
    name: "a hash of a text",
    lua: `
local h = 5381
for i = 1, #ARGV[1] do h = bit.tobit(bit.bxor(bit.lshift(h, 5) + h, ARGV[1]:byte(i))) end
return {h, bit.tohex(h), redis.sha1hex(ARGV[1]):sub(1, 8), h % 16384}`,
    calls: ["| a", "| hello", "| a-longer-text-that-overflows"],
  },
  {
    name: "a URL is taken apart",
    lua: `
local scheme, host, port, path = ARGV[1]:match("^(%a+)://([^:/]+):?(%d*)(.*)$")
if not scheme then return nil end
return {scheme, host, tonumber(port) or 80, path}`,
    calls: ["| http://example.org/a?b=c", "| redis://localhost:6379", "| nonsense", "| x://y:z"],
  },
  {
    name: "a template is filled in",
    lua: `
local values = {}
for i = 2, #ARGV, 2 do values[ARGV[i]] = ARGV[i + 1] end
return (ARGV[1]:gsub("{(%w+)}", values))`,
    calls: ["| {greeting}-{name}! greeting hello name ann", "| {none}", "| {a}{a} a %1"],
  },
  {
    name: "a list of words is counted",
    lua: `
local counts, order = {}, {}
for word in ARGV[1]:gmatch("%a+") do
  if not counts[word] then counts[word] = 0 order[#order + 1] = word end
  counts[word] = counts[word] + 1
end
for i, word in ipairs(order) do order[i] = word .. "=" .. counts[word] end
return order`,
    calls: ["| a,b,a,c,a", "| 123", "| One,two,one"],
  },
  {
    name: "digits with separators",
    lua: `
local whole = string.format("%d", ARGV[1])
local left, digits = whole:match("^(-?)(%d+)$")
return left .. digits:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", "")`,
    calls: ["| 5", "| 1234567", "| -1700000000000", "| 1e15", "| x"],
  },
  {
    name: "a map, where the client understands one",
    lua: `
redis.setresp(3)
local all = redis.call("hgetall", KEYS[1])
local n = 0
for _ in pairs(all.map) do n = n + 1 end
return {n, all.map.a, redis.call("hget", KEYS[1], "none"), redis.call("hget", KEYS[1], "none") == nil}`,
    calls: ["> HSET h a 1 b 2", "h |", "none |"],
  },
  {
    name: "doubles, sets and booleans of RESP3",
    lua: `
redis.setresp(3)
local score = redis.call("zscore", KEYS[1], "a")
local members = redis.call("smembers", KEYS[2]).set
return {score.double, tostring(score.double), members.x, members.y == nil, redis.call("sismember", KEYS[2], "x")}`,
    calls: ["> ZADD z 1.25 a", "> SADD s x", "z s |"],
  },
  {
    name: "an error is caught and told",
    lua: `
local ok, problem = pcall(redis.call, "incr", KEYS[1])
if ok then return problem end
return {"caught", problem, type(problem)}`,
    calls: ["k |", "> SET k text", "k |", "> DEL k", "> LPUSH k a", "k |"],
  },
  {
    name: "an error with an origin",
    lua: `
local function check(value)
  if value == "bad" then error("bad value: " .. value) end
  if value == "worse" then error({err = "WORSE value"}) end
  return value
end
return check(ARGV[1])`,
    calls: ["| good", "| bad", "| worse"],
  },
  {
    name: "classes and closures",
    lua: `
local Stack = {}
Stack.__index = Stack
function Stack.new() return setmetatable({items = {}}, Stack) end
function Stack:push(item) self.items[#self.items + 1] = item return self end
function Stack:pop() return table.remove(self.items) end
Stack.__tostring = function(self) return "stack of " .. #self.items end
local stack = Stack.new():push(1):push("two"):push({3})
local top = stack:pop()
return {top, tostring(stack), stack:pop(), stack:pop(), stack:pop()}`,
    calls: ["|"],
  },
  {
    name: "a generator",
    lua: `
local function upTo(limit)
  return coroutine.wrap(function()
    local a, b = 0, 1
    while a <= limit do coroutine.yield(a) a, b = b, a + b end
  end)
end
local out = {}
for n in upTo(tonumber(ARGV[1])) do out[#out + 1] = n end
redis.call("rpush", KEYS[1], unpack(out))
return out`,
    calls: ["f | 50", "f | 0", "f | x"],
  },
];
