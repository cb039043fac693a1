import { expect, test } from "vitest";
import { nodeWasm } from "../../adapters/scripting/node-wasm.ts";
import { latin1Slice } from "../../adapters/text.ts";
import { World } from "../server/world.ts";
import type { ServerOptions } from "../server/server-options.ts";

function start(options: ServerOptions = {}) {
  const world = new World({ wasm: nodeWasm, slice: latin1Slice });
  const server = world.createServer({ scriptBudget: 2_000_000, ...options });
  let answered = "";
  const link = server.connect({ peer: { write: (bytes) => (answered += bytes), close: () => {} } });
  const ask = (...words: string[]): string => {
    answered = "";
    link.receive(
      Buffer.from(
        words
          .map((word) => `$${word.length}\r\n${word}\r\n`)
          .join("")
          .replace(/^/, `*${words.length}\r\n`),
        "latin1",
      ),
    );
    return answered;
  };
  return { world, server, ask, evaluate: (script: string) => ask("EVAL", script, "0"), answered: () => answered };
}

/** Kills what was cut off, and gives its reply. */
function end({ world, server, answered }: ReturnType<typeof start>): string {
  world.advanceTo(world.now + 6000);
  const killer = server.connect({ peer: { write() {}, close() {} } });
  killer.receive(Buffer.from("*2\r\n$6\r\nSCRIPT\r\n$4\r\nKILL\r\n"));
  return answered();
}

test.each([
  "while true do end",
  "repeat until false",
  "while true do pcall(function() while true do end end) end",
  "local function again() return pcall(again) end while true do pcall(again) end",
  "while true do xpcall(function() while true do end end, function() while true do end end) end",
  "xpcall(function() error('x') end, function() while true do end end)",
  "local co = coroutine.wrap(function() while true do end end) while true do pcall(co) end",
  "while true do coroutine.wrap(function() while true do end end)() end",
  "setmetatable({}, {__index = function() while true do end end}).x = 1 local t = setmetatable({}, {__index = function() while true do end end}) return t.x",
  "table.sort({1, 2, 3, 4}, function() while true do end end)",
  "string.gsub('aaa', 'a', function() while true do end end)",
  "load(function() while true do end end)",
  "while true do redis.call('PING') end",
])("nothing goes on for ever: %s", (script) => {
  const started = start();
  expect(started.evaluate(script)).toBe("");
  expect(started.server.busy.script).toBeDefined();
  expect(end(started)).toMatch(/^-ERR Script killed by user|^\$-1/);
  expect(started.evaluate("return 'goes on'")).toBe("$7\r\ngoes on\r\n");
});

test("a string that memory cannot hold is an error, and the next script runs", () => {
  const { evaluate } = start();
  expect(evaluate("return #(('a'):rep(1e9))")).toMatch(/^-ERR .*not enough memory/);
  expect(evaluate("local t = {} while true do t[#t + 1] = ('x'):rep(1e6) .. #t end")).toMatch(/not enough memory/);
  expect(evaluate("return #(('a'):rep(5e7))")).toBe(":50000000\r\n");
  expect(evaluate("return 'goes on'")).toBe("$7\r\ngoes on\r\n");
});

test("recursion ends where Lua's stack does", () => {
  const { evaluate } = start();
  expect(evaluate("local function f() return 1 + f() end return f()")).toContain("stack overflow");
  expect(evaluate("local t = {} t[1] = t return t")).toContain("-ERR reached lua stack limit\r\n");
  expect(evaluate("return 'goes on'")).toBe("$7\r\ngoes on\r\n");
});

test("a million elements are returned", () => {
  const { evaluate } = start({ scriptBudget: 100_000_000 });
  const reply = evaluate("local t = {} for i = 1, 1000000 do t[i] = i end return t");
  expect(reply.startsWith("*1000000\r\n:1\r\n:2\r\n")).toBe(true);
  expect(reply.endsWith(":1000000\r\n")).toBe(true);
});

test("scripts need a port to WebAssembly, and the message says where it is", () => {
  const server = new World().createServer();
  const link = server.connect({ peer: { write() {}, close() {} } });
  expect(() => link.receive(Buffer.from("*3\r\n$4\r\nEVAL\r\n$8\r\nreturn 1\r\n$1\r\n0\r\n"))).toThrow(
    "scripts need WebAssembly: new World({ wasm })",
  );
});

test("redis.log reaches whoever listens, from loglevel on", () => {
  const { server, evaluate } = start();
  const lines: [number, string][] = [];
  server.onLog = (level, text) => void lines.push([level, text]);
  const script = "redis.log(redis.LOG_WARNING, 'two', 3, {}, 'words') redis.log(redis.LOG_DEBUG, '')";
  evaluate(script);
  expect(lines.splice(0)).toEqual([[3, "two 3 words"]]);
  server.config.set([["loglevel", "debug"]]);
  evaluate(script);
  expect(lines.splice(0)).toEqual([
    [3, "two 3 words"],
    [0, ""],
  ]);
  server.config.set([["loglevel", "nothing"]]);
  evaluate(script);
  expect(lines).toEqual([]);
});
