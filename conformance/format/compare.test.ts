import { expect, test } from "vitest";
import { matches } from "./compare.ts";
import { parseExpected } from "./parse-expected.ts";
import { readReply } from "./reply.ts";

function fits(expected: string, actual: string): boolean {
  const reply = readReply(actual.replaceAll("\n", "\r\n"))?.reply;
  if (!reply) throw new Error("not a whole reply");
  return matches(parseExpected({ lines: expected.split("\n"), at: 0 }), reply, { captured: new Map(), used: () => {} });
}

test.each([
  ["exact bytes", "*2\n:1\n$1\na", "*2\n:1\n$1\na\n", "*2\n:1\n$1\nb\n"],
  ["exact types", "$1\n1", "$1\n1\n", ":1\n"],
  ["null of a kind", "$-1", "$-1\n", "*-1\n"],
  ["any", "*2\n~any\n:1", "*2\n*0\n:1\n", "*2\n*0\n:2\n"],
  ["any-integer", "~any-integer", "$2\n12\n", "$1\nx\n"],
  ["match", "~match -ERR *[xy]", "-ERR ax\n", "-ERR az\n"],
  ["match takes no pattern but its own", "~match +a.c", "+a.c\n", "+abc\n"],
  ["within", "~within 2\n:10", ":12\n", ":13\n"],
  ["within keeps the type", "~within 2\n:10", ":10\n", "$2\n10\n"],
  ["unordered", "~unordered\n*2\n$1\na\n$1\nb", "*2\n$1\nb\n$1\na\n", "*2\n$1\nb\n$1\nb\n"],
  ["unordered keeps the number", "~unordered\n*1\n:1", "*1\n:1\n", "*2\n:1\n:1\n"],
  ["map", "~map\n*4\n$1\na\n:1\n$1\nb\n:2", "*4\n$1\nb\n:2\n$1\na\n:1\n", "*4\n$1\nb\n:1\n$1\na\n:2\n"],
  ["fields", "~fields\n*4\n$1\na\n:1\n$1\nb\n:2", "*4\n$1\nb\n:7\n$1\na\n:8\n", "*4\n$1\nb\n:7\n$1\nc\n:8\n"],
  ["docs leaves prose out", "~docs\n*2\n$1\na\n:1", "*4\n$7\nsummary\n$1\nx\n$1\na\n:1\n", "*2\n$1\na\n:2\n"],
  ["client looks past the machine", "~client\n$9\nid=* db=1", "$9\nid=7 db=1\n", "$9\nid=7 db=2\n"],
])("%s", (_name, expected, same, other) => {
  expect(fits(expected, same)).toBe(true);
  expect(fits(expected, other)).toBe(false);
});

test("texts are compared by names, or by lines in any order", () => {
  const bulk = (payload: string) => ({ kind: "bulk", type: "$", payload }) as const;
  const findings = { captured: new Map<string, string>(), used: () => {} };
  const info = { kind: "info", recorded: bulk("# S\r\na:1\r\ndb0:keys=1,expires=2\r\n") } as const;
  expect(matches(info, bulk("# S\r\na:2\r\ndb0:keys=3,expires=0\r\n"), findings)).toBe(true);
  expect(matches(info, bulk("# S\r\nb:2\r\ndb0:keys=3,expires=0\r\n"), findings)).toBe(false);
  expect(matches(info, bulk("# S\r\na:2\r\ndb0:keys=3\r\n"), findings)).toBe(false);
  const lines = { kind: "lines", recorded: bulk("a\nb\n") } as const;
  expect(matches(lines, bulk("b\na\n"), findings)).toBe(true);
  expect(matches(lines, bulk("b\nb\n"), findings)).toBe(false);
});

test("a reply is read only when it is whole", () => {
  const whole = "*2\r\n$3\r\na\r\n\r\n%1\r\n+k\r\n*-1\r\n";
  for (let length = 0; length < whole.length; length++) expect(readReply(whole.slice(0, length))).toBeUndefined();
  expect(readReply(whole)?.next).toBe(whole.length);
});
