/**
 * Requests in which VADD never meets an element that is there: Redis 8.0 does not tell its replicas of another vector for an
 * element, so primary and replica would part for good.
 */
import type { Bytes } from "../format/escapes.ts";

type Words = readonly Bytes[];

/** Counts on over every row of requests that it is given. */
export class FreshElements {
  #count = 0;
  /** What elements are called now, by the key and their own names. */
  readonly #names = new Map<string, Bytes>();

  rename(words: Words): Words {
    const [name = "", key = ""] = words;
    const at = elementAt(words);
    const element = words[at];
    if (element === undefined) return words;
    const own = `${key} ${element}`;
    if (name === "VADD") this.#names.set(own, `${element}:${++this.#count}`);
    return words.with(at, this.#names.get(own) ?? element);
  }
}

/** Where a request names an element; -1 where it names none. */
function elementAt([name = "", , second = "", ...rest]: Words): number {
  switch (name) {
    case "VADD": {
      const reduced = second === "REDUCE";
      const [format = "", count = ""] = reduced ? rest.slice(1) : [second, ...rest];
      return (reduced ? 4 : 2) + (format === "VALUES" ? 2 + Number(count) : 2);
    }
    case "VREM":
    case "VSETATTR":
      return 2;
    default:
      return -1;
  }
}
