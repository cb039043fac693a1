// Single bits of strings, SETBIT and GETBIT, and whole strings bit by bit: BITOP.
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import { parseInt64 } from "../../kernel/integers.ts";
import { ReplyError, syntaxError } from "../../resp/errors.ts";
import { bitAt, combineBits, type BitOperation } from "../../types/bitmap.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import { key } from "../keys.ts";
import { readString } from "../string/string-values.ts";
import { readBitOffset, stringForBits } from "./offsets.ts";

const facts = { group: "bitmap", acl: ["bitmap"] } as const satisfies Partial<CommandFacts>;

export const setbit = defineCommand({
  ...facts,
  name: "SETBIT",
  since: "2.2.0",
  arity: 4,
  summary: "Sets or clears one bit, and replies what it was.",
  complexity: "O(1)",
  flags: ["write", "denyoom"],
  keys: [key.at(1, "RW", "ACCESS", "UPDATE")],
  args: [arg.key("key"), arg.lateInteger("offset"), arg.lateInteger("value")],
  run(context, { key: name, offset: offsetText, value }) {
    const { db, reply, notify, propagate } = context;
    const offset = readBitOffset(context, offsetText);
    const bit = parseInt64(value);
    if (bit !== 0 && bit !== 1) throw new ReplyError("ERR bit is not an integer or out of range");
    const { string, grown } = stringForBits(context, name, offset);
    const before = bitAt(string, offset);
    if (grown || before !== bit) {
      const mask = 0x80 >> (offset % 8);
      string.bytes[Math.floor(offset / 8)]! ^= before === bit ? 0 : mask;
      db.touch(name);
      notify("string", "setbit", name);
      propagate.verbatim();
    }
    reply.integer(before);
  },
});

export const getbit = defineCommand({
  ...facts,
  name: "GETBIT",
  since: "2.2.0",
  arity: 3,
  summary: "Replies one bit; beyond the end all are 0.",
  complexity: "O(1)",
  flags: ["readonly", "fast"],
  keys: [key.at(1, "RO", "ACCESS")],
  args: [arg.key("key"), arg.lateInteger("offset")],
  run(context, { key: name, offset: offsetText }) {
    const offset = readBitOffset(context, offsetText);
    context.reply.integer(bitAt(readString(context, name) ?? "", offset));
  },
});

export const bitop = defineCommand({
  ...facts,
  name: "BITOP",
  since: "2.6.0",
  arity: -4,
  summary: "Combines strings bit by bit and stores the result.",
  complexity: "O(N)",
  flags: ["write", "denyoom"],
  keys: [key.at(2, "OW", "UPDATE"), key.range(3, { lastKey: -1 }, "RO", "ACCESS")],
  args: [
    arg.string("operation", { since: { redis: "2.6.0" }, until: "7.2.0", sinceShown: {} }),
    arg.oneOf(
      "operation",
      [arg.token("and", "AND"), arg.token("or", "OR"), arg.token("xor", "XOR"), arg.token("not", "NOT")],
      { since: "7.2.0", sinceShown: {} },
    ),
    arg.key("destkey"),
    arg.multiple(arg.key("key", { keySpec: 1 })),
  ],
  ignoresArguments: true,
  run(context) {
    const { db, reply, argv, notify, propagate } = context;
    const [, word = "", destination = "", ...sources] = argv;
    const operation = readOperation(word);
    if (operation === "not" && sources.length > 1) {
      throw new ReplyError("ERR BITOP NOT must be called with a single source key.");
    }
    const result = combineBits(
      operation,
      sources.map((name) => readString(context, name) ?? ""),
    );
    if (result.length > 0) {
      db.set(destination, result);
      notify("string", "set", destination);
      propagate.verbatim();
    } else if (db.delete(destination)) {
      notify("generic", "del", destination);
      propagate.verbatim();
    }
    reply.integer(result.length);
  },
});

function readOperation(word: Bytes): BitOperation {
  const found = (["and", "or", "xor", "not"] as const).find((each) => equalIgnoringCase(word, each));
  if (found === undefined) throw syntaxError();
  return found;
}
