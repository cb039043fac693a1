/** What one client was answered, in a form in which two servers' answers can be compared: hashed collections have no order. */
import type { Bytes } from "../format/escapes.ts";
import type { Reply } from "../format/reply.ts";

type Words = readonly Bytes[];

/** Commands whose elements come in any order. */
const UNORDERED = new Set([
  "SMEMBERS",
  "SUNION",
  "SINTER",
  "SDIFF",
  "HKEYS",
  "HVALS",
  "KEYS",
  "SSCAN",
  "HSCAN",
  "ZSCAN",
]);
/** Commands whose fields come in any order, each before its value. */
const PAIRS = new Set(["HGETALL", "HSCAN", "ZSCAN"]);
/** Sorting what has no order of its own. */
const UNSORTED = new Set(["SORT", "SORT_RO"]);

/** A reply, and the request that it answers; a push answers none. */
export type Answer = { readonly asked: Words | undefined; readonly text: string };

/** Follows one connection: which request a reply belongs to, and what a transaction has queued. */
export class Answers {
  readonly #waiting: Words[] = [];
  #queued: Words[] = [];
  #inTransaction = false;
  readonly #nameOf: (id: Bytes) => string | undefined;

  /** @param nameOf two servers count their clients differently: ids are told by name */
  constructor(nameOf: (id: Bytes) => string | undefined = () => undefined) {
    this.#nameOf = nameOf;
  }

  /** Requests that were sent and not answered, the oldest first. */
  get waiting(): readonly Words[] {
    return this.#waiting;
  }

  /** Whether what is sent now will be queued. */
  get inTransaction(): boolean {
    return this.#inTransaction;
  }

  asked(requests: readonly Words[]): void {
    this.#waiting.push(...requests);
  }

  /** Replies that have arrived, in the order of their coming. */
  came(replies: readonly Reply[]): Answer[] {
    return replies.map((reply) => {
      if (isPush(reply)) return { asked: undefined, text: JSON.stringify(this.#named(reply)) };
      const asked = this.#waiting.shift();
      if (asked === undefined) throw new Error(`a reply to nothing: ${JSON.stringify(reply)}`);
      const text = JSON.stringify(this.#comparable(asked, reply));
      this.#follow(asked, reply);
      return { asked, text };
    });
  }

  #comparable(asked: Words, reply: Reply): unknown {
    if (asked[0]?.toUpperCase() !== "EXEC" || reply.kind !== "aggregate" || reply.items === null)
      return this.#single(asked, reply);
    return reply.items.map((item, i) => this.#single(this.#queued[i] ?? [""], item));
  }

  #single(asked: Words, reply: Reply): unknown {
    return asked[0] === "CLIENT" ? this.#named(reply) : comparable(asked, reply);
  }

  #named(reply: Reply): Reply {
    if (reply.kind === "aggregate") return { ...reply, items: reply.items?.map((item) => this.#named(item)) ?? null };
    const name = reply.kind === "line" && reply.text.startsWith(":") ? this.#nameOf(reply.text.slice(1)) : undefined;
    return name === undefined ? reply : { kind: "line", text: `:${name}` };
  }

  #follow(asked: Words, reply: Reply): void {
    const name = asked[0]?.toUpperCase();
    const line = reply.kind === "line" ? reply.text : "";
    if (line === "+QUEUED") this.#queued.push(asked);
    else if (name === "MULTI" && line === "+OK") this.#inTransaction = true;
    else if (this.#inTransaction && /^(EXEC|DISCARD|RESET)$/.test(name ?? "") && !line.startsWith("-ERR wrong")) {
      this.#inTransaction = false;
      this.#queued = [];
    }
  }
}

/** Whether nobody asked for it. */
export function isPush(reply: Reply): boolean {
  return reply.kind === "aggregate" && reply.type === ">";
}

function comparable(words: Words, reply: Reply): unknown {
  const order = reply.kind === "aggregate" && reply.items !== null ? ordered(words, reply.items) : undefined;
  return order ?? reply;
}

function ordered(words: Words, items: readonly Reply[]): readonly unknown[] | undefined {
  const name = words[0]!.toUpperCase();
  const alone = words.some((word) => /^no(values|scores)$/i.test(word));
  if (name.endsWith("SCAN")) {
    const [cursor, page] = items;
    if (page?.kind !== "aggregate" || page.items === null) return undefined;
    return [cursor, PAIRS.has(name) && !alone ? pairs(page.items) : sorted(page.items)];
  }
  if (PAIRS.has(name)) return pairs(items);
  if (UNSORTED.has(name) || UNORDERED.has(name)) return sorted(items);
  return undefined;
}

function sorted(items: readonly Reply[]): string[] {
  return items.map((item) => JSON.stringify(item)).sort();
}

function pairs(items: readonly Reply[]): string[] {
  const rows: string[] = [];
  for (let i = 0; i < items.length; i += 2) rows.push(JSON.stringify(items.slice(i, i + 2)));
  return rows.sort();
}
