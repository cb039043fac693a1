// `FIELDS numfields field ...`, with which the newer commands name fields.
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import { ReplyError } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { readBetween } from "../numbers.ts";

export const fieldList = arg.block("fields", [arg.lateInteger("numfields"), arg.multiple(arg.string("field"))], {
  token: "FIELDS",
});

/** What most of them say of a count that is none. */
const BAD_COUNT = "ERR Number of fields must be a positive integer";

/** The fields from a place in a request to its end. */
export function readFieldList(argv: readonly Bytes[], at: number, badCount: Bytes = BAD_COUNT): readonly Bytes[] {
  const [word, count, ...fields] = argv.slice(at);
  if (!equalIgnoringCase(word!, "FIELDS")) {
    throw new ReplyError("ERR Mandatory argument FIELDS is missing or not at the right position");
  }
  // The count is missing in `HGETEX key EX 10 FIELDS`, of which Redis 8.0 dies.
  if (readBetween(String(count), { min: 1 }, badCount) !== fields.length) {
    throw new ReplyError("ERR The `numfields` parameter must match the number of arguments");
  }
  return fields;
}
