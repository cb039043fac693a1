import { describe, expect, test } from "vitest";
import { ReplyDecoder, ReplySyntaxError, type DecodedReply } from "./reply-decoder.ts";

function decode(bytes: string): DecodedReply[] {
  const decoder = new ReplyDecoder();
  decoder.push(bytes);
  return pull(decoder);
}

function pull(decoder: ReplyDecoder): DecodedReply[] {
  const replies: DecodedReply[] = [];
  for (let reply = decoder.next(); reply !== undefined; reply = decoder.next()) replies.push(reply);
  return replies;
}

const EXAMPLES: readonly [wire: string, reply: DecodedReply][] = [
  ["+OK\r\n", { type: "simple", value: "OK" }],
  ["-ERR no\r\n", { type: "error", value: "ERR no" }],
  [":-42\r\n", { type: "integer", value: -42 }],
  [":9223372036854775807\r\n", { type: "integer", value: 9223372036854775807n }],
  ["$0\r\n\r\n", { type: "bulk", value: "" }],
  ["$6\r\na\r\nb\r\n\r\n", { type: "bulk", value: "a\r\nb\r\n" }],
  ["$-1\r\n", { type: "null", form: "bulk" }],
  ["*-1\r\n", { type: "null", form: "array" }],
  ["_\r\n", { type: "null", form: "null" }],
  ["#t\r\n", { type: "boolean", value: true }],
  ["#f\r\n", { type: "boolean", value: false }],
  [",1.5\r\n", { type: "double", value: 1.5, text: "1.5" }],
  [",-inf\r\n", { type: "double", value: Number.NEGATIVE_INFINITY, text: "-inf" }],
  [",nan\r\n", { type: "double", value: Number.NaN, text: "nan" }],
  [
    "(3492890328409238509324850943850943825024385\r\n",
    { type: "big-number", value: "3492890328409238509324850943850943825024385" },
  ],
  ["!10\r\nSYNTAX bad\r\n", { type: "error", value: "SYNTAX bad" }],
  ["=7\r\ntxt:abc\r\n", { type: "verbatim", format: "txt", value: "abc" }],
  ["*0\r\n", { type: "array", items: [] }],
  [
    "*2\r\n*1\r\n:1\r\n$1\r\na\r\n",
    {
      type: "array",
      items: [
        { type: "array", items: [{ type: "integer", value: 1 }] },
        { type: "bulk", value: "a" },
      ],
    },
  ],
  ["~1\r\n+a\r\n", { type: "set", items: [{ type: "simple", value: "a" }] }],
  [">1\r\n+a\r\n", { type: "push", items: [{ type: "simple", value: "a" }] }],
  [
    "%1\r\n+a\r\n*0\r\n",
    {
      type: "map",
      items: [
        { type: "simple", value: "a" },
        { type: "array", items: [] },
      ],
    },
  ],
  [
    "|1\r\n+ttl\r\n:5\r\n*1\r\n:1\r\n",
    {
      type: "array",
      items: [{ type: "integer", value: 1 }],
      attributes: [
        { type: "simple", value: "ttl" },
        { type: "integer", value: 5 },
      ],
    },
  ],
  [
    "*1\r\n|1\r\n+ttl\r\n:5\r\n:1\r\n",
    {
      type: "array",
      items: [
        {
          type: "integer",
          value: 1,
          attributes: [
            { type: "simple", value: "ttl" },
            { type: "integer", value: 5 },
          ],
        },
      ],
    },
  ],
  ["$?\r\n;4\r\nHell\r\n;1\r\no\r\n;0\r\n", { type: "bulk", value: "Hello" }],
  [
    "*?\r\n:1\r\n:2\r\n.\r\n",
    {
      type: "array",
      items: [
        { type: "integer", value: 1 },
        { type: "integer", value: 2 },
      ],
    },
  ],
  ["*1\r\n*?\r\n.\r\n", { type: "array", items: [{ type: "array", items: [] }] }],
];

describe("ReplyDecoder", () => {
  test.each(EXAMPLES)("reads %j", (wire, reply) => {
    expect(decode(wire)).toEqual([reply]);
  });

  test("reads the same replies wherever the bytes are cut", () => {
    const wire = EXAMPLES.map(([bytes]) => bytes).join("");
    const expected = EXAMPLES.map(([, reply]) => reply);
    const decoder = new ReplyDecoder();
    const replies: DecodedReply[] = [];
    for (const byte of wire) {
      decoder.push(byte);
      replies.push(...pull(decoder));
    }
    expect(replies).toEqual(expected);
    expect(decoder.idle).toBe(true);
  });

  test("waits for what is announced", () => {
    const decoder = new ReplyDecoder();
    decoder.push("$5\r\nhel");
    expect(decoder.next()).toBeUndefined();
    expect(decoder.idle).toBe(false);
    decoder.push("lo\r\n");
    expect(decoder.next()).toEqual({ type: "bulk", value: "hello" });
  });

  test.each(["?\r\n", ":a\r\n", "$x\r\n", ".\r\n", "*1\r\n.\r\n", "$?\r\n+a\r\n"])("refuses %j", (wire) => {
    expect(() => decode(wire)).toThrow(ReplySyntaxError);
  });
});
