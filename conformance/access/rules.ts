/** Random rules of users, and random requests that they may permit or not. */
import fc from "fast-check";
import type { Bytes } from "../format/escapes.ts";

type Words = readonly Bytes[];

/** Patterns of keys and channels, and names that some of them fit. */
const patterns = ["*", "k", "k*", "a", "[ak]", "k?", "", "b"] as const;

/** Words of requests: keys, channels, counts, options that keys stand behind. */
const words = ["k", "kk", "a", "b", "0", "1", "2", "STORE", "STREAMS", "BY", "GET", "KEYS", "k*", "LEFT", "", "10"];

/** The commands that both servers have, and the least number of words that each takes. */
export type Known = { readonly name: Bytes; readonly least: number };

/** A rule: most are right, some are not. */
function rule(known: readonly Known[], categories: Words): fc.Arbitrary<Bytes> {
  const name = fc.constantFrom(...known.map((each) => each.name));
  const pattern = fc.constantFrom(...patterns);
  const sign = fc.constantFrom("+", "-");
  return fc.oneof(
    { weight: 6, arbitrary: fc.tuple(sign, name).map((parts) => parts.join("")) },
    { weight: 6, arbitrary: fc.tuple(sign, fc.constantFrom(...categories)).map((parts) => parts.join("@")) },
    { weight: 2, arbitrary: fc.tuple(name, fc.constantFrom("k", "1", "A", "a")).map((parts) => `+${parts.join("|")}`) },
    {
      weight: 3,
      arbitrary: fc.tuple(fc.constantFrom("~", "%R~", "%W~", "%RW~", "%~"), pattern).map((parts) => parts.join("")),
    },
    { weight: 2, arbitrary: pattern.map((each) => `&${each}`) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        "+@all",
        "-@all",
        "resetkeys",
        "resetchannels",
        "allkeys",
        "allchannels",
        "nocommands",
      ),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom("on", "off", "nopass", "resetpass", ">pw", "<pw", "reset", "clearselectors"),
    },
    { weight: 1, arbitrary: fc.constantFrom("+nosuch", "~x y", "@read", "#12", ")", "(") },
  );
}

/** The words behind ACL SETUSER and a name: rules, selectors among them. */
export function rules(known: readonly Known[], categories: Words): fc.Arbitrary<Words> {
  const plain = rule(known, categories);
  const selector = fc.array(plain, { maxLength: 5 }).map((each) => `(${each.join(" ")})`);
  return fc.array(fc.oneof({ weight: 6, arbitrary: plain }, { weight: 1, arbitrary: selector }), {
    minLength: 1,
    maxLength: 8,
  });
}

/** A request of one of the commands, long enough for it. */
export function request(known: readonly Known[]): fc.Arbitrary<Words> {
  const word = fc.constantFrom(...words);
  return fc.constantFrom(...known).chain(({ name, least }) => {
    const own = name.split("|");
    const needed = Math.max(0, least - own.length);
    return fc.array(word, { minLength: needed, maxLength: needed + 5 }).map((rest) => [...own, ...rest]);
  });
}
