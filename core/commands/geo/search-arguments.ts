// The arguments of a search on a map, as COMMAND DOCS shows them.
import { arg } from "../args.ts";
import { unit } from "./geo-values.ts";

export const order = arg.optional(arg.oneOf("order", [arg.token("asc", "ASC"), arg.token("desc", "DESC")]));

/** COUNT, with an ANY that may have come later than COUNT itself. */
const countBlock = (since?: string) =>
  arg.optional(
    arg.block(
      "count-block",
      [
        arg.lateInteger("count", { token: "COUNT" }),
        arg.optional(arg.token("any", "ANY", since === undefined ? {} : { since })),
      ],
      { name70: "count" },
    ),
  );

export const count = countBlock();
export const radiusCount = countBlock("6.2.0");

/** What a reply tells of each member. */
export const replyOptions = [
  arg.optional(arg.token("withcoord", "WITHCOORD")),
  arg.optional(arg.token("withdist", "WITHDIST")),
  arg.optional(arg.token("withhash", "WITHHASH")),
] as const;

const from = arg.oneOf("from", [
  arg.string("member", { token: "FROMMEMBER" }),
  arg.block("fromlonlat", [arg.double("longitude"), arg.double("latitude")], {
    token: "FROMLONLAT",
    name70: "longitude_latitude",
  }),
]);

const by = arg.oneOf("by", [
  arg.block("circle", [arg.double("radius", { token: "BYRADIUS" }), unit]),
  arg.block("box", [arg.double("width", { token: "BYBOX" }), arg.double("height"), unit]),
]);

/** Where to search, and how much of it. */
export const searchArguments = [from, by, order, count] as const;

/** STORE and STOREDIST of the older forms: one choice since 7.2, two options before. */
export const storeOptions = [
  arg.optional(arg.key("key", { token: "STORE", keySpec: 1, since: "3.2.0", until: "7.2.0", sinceShown: {} })),
  arg.optional(
    arg.key("distkey", {
      token: "STOREDIST",
      keySpec: 2,
      since: "3.2.0",
      until: "7.2.0",
      sinceShown: {},
      name70: "key",
    }),
  ),
  arg.optional(
    arg.oneOf(
      "store",
      [
        arg.key("storekey", { token: "STORE", display: "key", keySpec: 1 }),
        arg.key("storedistkey", { token: "STOREDIST", display: "key", keySpec: 2 }),
      ],
      { since: "7.2.0", sinceShown: {} },
    ),
  ),
] as const;
