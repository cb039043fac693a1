// Fields drawn at random: HRANDFIELD.
import { equalIgnoringCase } from "../../kernel/bytes.ts";
import { INT64_MAX } from "../../kernel/integers.ts";
import { syntaxError } from "../../resp/errors.ts";
import { Hash, type HashEntry } from "../../types/hash.ts";
import { arg } from "../args.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key } from "../keys.ts";
import { readBetween } from "../numbers.ts";
import { readAs } from "../values.ts";
import { isLapsed } from "./fields.ts";

export const hrandfield = defineCommand({
  name: "HRANDFIELD",
  group: "hash",
  since: "6.2.0",
  arity: -2,
  summary: "Replies fields of a hash drawn at random: different ones, or with a negative count each by itself.",
  complexity: "O(N) for N fields drawn",
  flags: ["readonly"],
  acl: ["hash"],
  tips: ["nondeterministic_output"],
  keys: [key.at(1, "RO", "ACCESS")],
  args: [
    arg.key("key"),
    arg.optional(arg.block("options", [arg.lateInteger("count"), arg.optional(arg.token("withvalues", "WITHVALUES"))])),
  ],
  ignoresArguments: true,
  run(context) {
    const { argv, reply, random } = context;
    if (argv.length > 2) {
      replyDrawn(context, readOptions(context));
      return;
    }
    const hash = readLive(context);
    reply.bulkOrNull(hash?.at(random.int(0, hash.length - 1)).field);
  },
});

interface DrawOptions {
  readonly count: number;
  readonly withValues: boolean;
}

function readOptions({ argv }: CommandContext): DrawOptions {
  const count = readBetween(argv[2]!, { min: -INT64_MAX });
  const withValues = argv.length > 3;
  if (argv.length > 4 || (withValues && !equalIgnoringCase(argv[3]!, "WITHVALUES"))) throw syntaxError();
  const most = INT64_MAX / 2n;
  if (withValues) readBetween(argv[2]!, { min: -most, max: most }, "ERR value is out of range");
  return { count, withValues };
}

/** The hash without its lapsed fields: they go first, all of them. Where nothing may go they are drawn too. */
function readLive(context: CommandContext): Hash | undefined {
  const { argv, db } = context;
  const name = argv[1]!;
  const hash = readAs(context, name, Hash);
  if (hash === undefined || !db.deletesExpired || !isLapsed(hash.nextDeadline, context)) return hash;
  db.expireFields(name, hash);
  return hash.length === 0 ? undefined : hash;
}

function replyDrawn(context: CommandContext, { count, withValues }: DrawOptions): void {
  const { reply, random } = context;
  const hash = readLive(context);
  if (hash === undefined) {
    reply.array(0);
    return;
  }
  const one = ({ field, value }: HashEntry): void => {
    if (withValues && reply.protocol === 3) reply.array(2);
    reply.bulk(field);
    if (withValues) reply.bulk(value);
  };
  const drawn = count < 0 ? -count : Math.min(count, hash.length);
  reply.array(withValues && reply.protocol === 2 ? 2 * drawn : drawn);
  if (count < 0) {
    for (let left = drawn; left > 0 && !reply.overflowing; left--) one(hash.at(random.int(0, hash.length - 1)));
  } else {
    for (const index of random.indices(hash.length, drawn)) one(hash.at(index));
  }
}
