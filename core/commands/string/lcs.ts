// LCS: the longest common subsequence of two strings, by the classic table (t_string.c: lcsCommand).
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import type { Int64 } from "../../kernel/integers.ts";
import { ReplyError, syntaxError } from "../../resp/errors.ts";
import type { Reply } from "../../resp/reply.ts";
import { stringBytes } from "../../types/string-value.ts";
import { arg } from "../args.ts";
import { defineCommand } from "../command.ts";
import { key } from "../keys.ts";
import { readInt64 } from "../numbers.ts";
import { asString, isString } from "../values.ts";

export const lcs = defineCommand({
  name: "LCS",
  group: "string",
  since: "7.0.0",
  arity: -3,
  summary: "Finds the longest common subsequence of two strings.",
  complexity: "O(N*M) for strings of N and M bytes",
  flags: ["readonly"],
  acl: ["string"],
  keys: [key.range(1, { lastKey: 1 }, "RO", "ACCESS")],
  args: [
    arg.key("key1"),
    arg.key("key2", { keySpec: 0 }),
    arg.optional(arg.token("len", "LEN")),
    arg.optional(arg.token("idx", "IDX")),
    arg.optional(arg.integer("min-match-len", { token: "MINMATCHLEN", name70: "len" })),
    arg.optional(arg.token("withmatchlen", "WITHMATCHLEN")),
  ],
  ignoresArguments: true,
  run(context) {
    const { argv, db, reply, server } = context;
    const values = argv.slice(1, 3).map((name) => db.read(name));
    if (!values.every((value) => value === undefined || isString(value)))
      throw new ReplyError("ERR The specified keys must contain string values");
    const [first = "", second = ""] = values.map(asString);
    const { len, idx, minimum, withmatchlen } = readOptions(argv.slice(3));
    if (len && idx) throw new ReplyError("ERR If you want both the length and indexes, please just use IDX.");
    if ((first.length + 1) * (second.length + 1) * 4 > server.maxBulkBytes) {
      throw new ReplyError("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
    }
    const a = stringBytes(first);
    const b = stringBytes(second);
    const table = lengthTable(a, b);
    if (len) {
      reply.integer(table.at(-1)!);
      return;
    }
    const found = walkBack(a, b, table);
    if (!idx) {
      reply.bulk(found.text);
      return;
    }
    const shown = found.matches.filter(({ length }) => length >= minimum);
    replyMatches(reply, shown, { total: found.text.length, withLengths: withmatchlen });
  },
});

/** The options, which are read once the keys were looked at. */
function readOptions(words: readonly Bytes[]) {
  const options = { len: false, idx: false, minimum: 0 as Int64, withmatchlen: false };
  for (let i = 0; i < words.length; i++) {
    const is = (token: Bytes): boolean => equalIgnoringCase(words[i]!, token);
    if (is("LEN")) options.len = true;
    else if (is("IDX")) options.idx = true;
    else if (is("WITHMATCHLEN")) options.withmatchlen = true;
    else if (is("MINMATCHLEN") && i + 1 < words.length) options.minimum = readInt64(words[++i]!);
    else throw syntaxError();
  }
  return options;
}

/** Equal runs, by the position of their last byte in each string. */
interface Match {
  readonly aEnd: number;
  readonly bEnd: number;
  readonly length: number;
}

/** Row by row, `table[i * (b.length + 1) + j]` is the answer for the first i and j bytes. */
function lengthTable(a: Bytes, b: Bytes): Uint32Array {
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const at = i * width + j;
      table[at] =
        a.charCodeAt(i - 1) === b.charCodeAt(j - 1)
          ? table[at - width - 1]! + 1
          : Math.max(table[at - width]!, table[at - 1]!);
    }
  }
  return table;
}

/** From the end to the start; where both ways are as good, a step in b, as Redis goes. */
function walkBack(a: Bytes, b: Bytes, table: Uint32Array): { text: Bytes; matches: Match[] } {
  const width = b.length + 1;
  const matches: Match[] = [];
  const bytes: Bytes[] = [];
  let run: { aEnd: number; bEnd: number; length: number } | undefined;
  const close = (): void => {
    if (run) matches.push(run);
    run = undefined;
  };
  let i = a.length;
  let j = b.length;
  while (i > 0 && j > 0) {
    if (a.charCodeAt(i - 1) === b.charCodeAt(j - 1)) {
      bytes.push(a[i - 1]!);
      run ??= { aEnd: i - 1, bEnd: j - 1, length: 0 };
      run.length++;
      i--;
      j--;
    } else {
      close();
      if (table[(i - 1) * width + j]! > table[i * width + j - 1]!) i--;
      else j--;
    }
  }
  close();
  return { text: bytes.reverse().join(""), matches };
}

function replyMatches(
  reply: Reply,
  matches: readonly Match[],
  { total, withLengths }: { total: number; withLengths: boolean },
): void {
  reply.map(2);
  reply.bulk("matches");
  reply.array(matches.length);
  for (const { aEnd, bEnd, length } of matches) {
    reply.array(withLengths ? 3 : 2);
    for (const end of [aEnd, bEnd]) {
      reply.array(2);
      reply.integer(end - length + 1);
      reply.integer(end);
    }
    if (withLengths) reply.integer(length);
  }
  reply.bulk("len");
  reply.integer(total);
}
