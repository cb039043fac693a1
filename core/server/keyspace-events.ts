// Keyspace events: what happens to keys, published to channels as `notify-keyspace-events` asks for it (notify.c).
import type { Bytes } from "../kernel/bytes.ts";
import type { EventClass } from "../keyspace/keyspace-host.ts";
import type { PubSub } from "./pubsub.ts";

/** Classes by their letters, in the order in which CONFIG GET prints them. No event here is a module's own. */
const CLASSES: Readonly<Record<string, EventClass | undefined>> = {
  g: "generic",
  $: "string",
  l: "list",
  s: "set",
  h: "hash",
  z: "zset",
  x: "expired",
  e: "evicted",
  t: "stream",
  d: undefined,
  n: "new",
  m: "keymiss",
};

/** What `A` stands for. */
const ALL = "g$lshzxetd";
/** The order of the letters; K and E say which channels there are. */
const LETTERS = `${ALL}nKEm`;

/** The letters of `notify-keyspace-events`, each once and in order; undefined when one means nothing. */
export function readEventLetters(given: string): string | undefined {
  if (/[^Ag$lshzxetdnKEm]/.test(given)) return undefined;
  const chosen = new Set(given.replaceAll("A", ALL));
  return Array.from(LETTERS)
    .filter((letter) => chosen.has(letter))
    .join("");
}

/** The letters as CONFIG GET shows them: behind `A` nothing is said of new keys. */
export function showEventLetters(letters: string): string {
  return letters.startsWith(ALL) ? `A${letters.slice(ALL.length).replace("n", "")}` : letters;
}

export class KeyspaceEvents {
  readonly #pubsub: PubSub;
  #selected: ReadonlySet<EventClass> = new Set();
  #keyspace = false;
  #keyevent = false;

  constructor(pubsub: PubSub) {
    this.#pubsub = pubsub;
  }

  /** @param letters as `readEventLetters` gives them; without K or E nothing is published */
  configure(letters: string): void {
    this.#keyspace = letters.includes("K");
    this.#keyevent = letters.includes("E");
    const classes = Array.from(letters)
      .map((letter) => CLASSES[letter])
      .filter((each) => each !== undefined);
    this.#selected = new Set(this.#keyspace || this.#keyevent ? classes : []);
  }

  selects(event: EventClass): boolean {
    return this.#selected.has(event);
  }

  /** Publishes an event that is selected: to the channel of the key, then to that of the event. */
  publish(name: Bytes, key: Bytes, db: number): void {
    if (this.#keyspace) this.#pubsub.publish(`__keyspace@${db}__:${key}`, name);
    if (this.#keyevent) this.#pubsub.publish(`__keyevent@${db}__:${name}`, key);
  }
}
