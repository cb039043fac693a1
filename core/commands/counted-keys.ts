// Keys behind their number, as LMPOP, ZUNION and their kin take them, and the COUNT of what pops from them.
import type { Bytes } from "../kernel/bytes.ts";
import { ReplyError } from "../resp/errors.ts";
import { arg } from "./args.ts";
import { readBetween } from "./numbers.ts";

/** How many keys follow. */
export const keyCount = arg.read(arg.lateInteger("numkeys"), (bytes: Bytes) =>
  readBetween(bytes, { min: 1 }, "ERR numkeys should be greater than 0"),
);

/** So many keys, and no fewer. */
export const countedKeys = arg.multiple(
  arg.key("key", {
    countedBy: "numkeys",
    tooFew: () => new ReplyError("ERR Number of keys can't be greater than number of args"),
  }),
);

/** So many keys; fewer are a syntax error, because words must follow them. */
export const countedKeysBeforeWords = arg.multiple(arg.key("key", { countedBy: "numkeys" }));

/** How many elements to take. */
export const popCount = arg.optional(
  arg.read(arg.lateInteger("count", { token: "COUNT", onlyOnce: true }), (bytes: Bytes) =>
    readBetween(bytes, { min: 1 }, "ERR count should be greater than 0"),
  ),
);
