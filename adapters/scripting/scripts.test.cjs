// Scripts under Jest: Lua's machine code is found and compiled inside of Jest's own realm of modules and globals.
const { expect, test } = require("@jest/globals");
const { createRedouble } = require("redouble");

test("a script runs, and so does a function", () => {
  const redouble = createRedouble();
  expect(redouble.server.call("EVAL", "return {KEYS[1], ARGV[1], redis.sha1hex('')}", 1, "key", "value")).toEqual([
    "key",
    "value",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
  ]);
  redouble.server.call(
    "FUNCTION",
    "LOAD",
    "#!lua name=lib\nredis.register_function('double', function(keys, args) return args[1] * 2 end)",
  );
  expect(redouble.server.call("FCALL", "double", 0, 21)).toBe(42);
  redouble.stop();
});
