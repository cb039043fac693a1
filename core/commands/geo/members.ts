// Members of a map one by one: GEOADD, GEOPOS, GEODIST, GEOHASH. A map is a sorted set whose scores are geohashes.
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import { syntaxError } from "../../resp/errors.ts";
import { distanceMeters } from "../../types/geo-shape.ts";
import { geohashBits, geohashText } from "../../types/geohash.ts";
import { SortedSet } from "../../types/sorted-set.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import { key } from "../keys.ts";
import { addTo } from "../sorted-set/add.ts";
import { readAs } from "../values.ts";
import { pointOfMember, readPoint, readUnit, replyDistance, replyPoint, unit } from "./geo-values.ts";

const facts = {
  group: "geo",
  since: "3.2.0",
  arity: -2,
  complexity: "O(1) a member",
  flags: ["readonly"],
  acl: ["geo"],
  keys: [key.at(1, "RO", "ACCESS")],
} as const satisfies Partial<CommandFacts>;

interface Conditions {
  onlyNew: boolean;
  onlyExisting: boolean;
  countsChanges: boolean;
}

/** The options before the first longitude, and how many words they are. */
function readConditions(words: readonly Bytes[]): { readonly conditions: Conditions; readonly length: number } {
  const conditions: Conditions = { onlyNew: false, onlyExisting: false, countsChanges: false };
  let length = 0;
  for (; length < words.length; length++) {
    const is = (token: Bytes): boolean => equalIgnoringCase(words[length]!, token);
    if (is("NX")) conditions.onlyNew = true;
    else if (is("XX")) conditions.onlyExisting = true;
    else if (is("CH")) conditions.countsChanges = true;
    else break;
  }
  return { conditions, length };
}

export const geoadd = defineCommand({
  ...facts,
  name: "GEOADD",
  arity: -5,
  summary: "Puts members on a map, or moves them.",
  complexity: "O(log N) a member",
  flags: ["write", "denyoom"],
  keys: [key.at(1, "RW", "UPDATE")],
  args: [
    arg.key("key"),
    arg.optional(arg.oneOf("condition", [arg.token("nx", "NX"), arg.token("xx", "XX")], { since: "6.2.0" })),
    arg.optional(arg.token("change", "CH", { since: "6.2.0" })),
    arg.multiple(
      arg.block("data", [arg.double("longitude"), arg.double("latitude"), arg.string("member")], {
        name70: "longitude_latitude_member",
      }),
    ),
  ],
  ignoresArguments: true,
  run(context) {
    const [, name = "", ...words] = context.argv;
    const { conditions, length } = readConditions(words);
    const options = words.slice(0, length);
    const places = words.slice(length);
    if (places.length % 3 !== 0 || (conditions.onlyNew && conditions.onlyExisting)) throw syntaxError();
    const entries: { readonly bits: bigint; readonly member: Bytes }[] = [];
    for (let i = 0; i < places.length; i += 3) {
      entries.push({ bits: geohashBits(readPoint(places[i]!, places[i + 1]!)), member: places[i + 2]! });
    }
    const scored = entries.map(({ bits, member }) => ({ score: Number(bits), member }));
    const outcomes = addTo(context, name, scored, conditions, (changes) => {
      // Replicas know no geohash: to them it is a ZADD.
      const pairs = entries.flatMap(({ bits, member }) => [String(bits), member]);
      context.propagate("zadd", name, ...options, ...pairs);
      context.propagate.changed(changes - 1);
    });
    const counted = outcomes.filter(({ is }) => is === "added" || (conditions.countsChanges && is === "updated"));
    context.reply.integer(counted.length);
  },
});

const members = [
  arg.key("key"),
  arg.multiple(arg.string("member", { since: "3.2.0", until: "7.2.0", sinceShown: {} })),
  arg.optional(arg.multiple(arg.string("member", { since: "7.2.0", sinceShown: {} }))),
] as const;

export const geopos = defineCommand({
  ...facts,
  name: "GEOPOS",
  summary: "Replies where members are.",
  args: members,
  ignoresArguments: true,
  run(context) {
    const { argv, reply } = context;
    const set = readAs(context, argv[1]!, SortedSet);
    reply.array(argv.length - 2);
    for (const member of argv.slice(2)) {
      const point = set && pointOfMember(set, member);
      if (point === undefined) reply.nullArray();
      else replyPoint(context, point);
    }
  },
});

export const geohash = defineCommand({
  ...facts,
  name: "GEOHASH",
  summary: "Replies the geohashes of members, as other programs write them.",
  args: members,
  ignoresArguments: true,
  run(context) {
    const { argv, reply } = context;
    const set = readAs(context, argv[1]!, SortedSet);
    reply.array(argv.length - 2);
    for (const member of argv.slice(2)) {
      const score = set?.score(member);
      reply.bulkOrNull(score === undefined ? undefined : geohashText(score));
    }
  },
});

export const geodist = defineCommand({
  ...facts,
  name: "GEODIST",
  arity: -4,
  summary: "Replies the distance between two members.",
  complexity: "O(1)",
  args: [arg.key("key"), arg.string("member1"), arg.string("member2"), arg.optional(unit)],
  ignoresArguments: true,
  run(context) {
    const { argv, reply } = context;
    const [, name = "", first = "", second = "", unitText = "m"] = argv;
    if (argv.length > 5) throw syntaxError();
    const unitMeters = readUnit(unitText);
    const set = readAs(context, name, SortedSet);
    const from = set && pointOfMember(set, first);
    const to = set && pointOfMember(set, second);
    if (from === undefined || to === undefined) reply.null();
    else replyDistance(context, distanceMeters(from, to) / unitMeters);
  },
});
