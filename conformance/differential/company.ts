/** Several clients of one target: sends what they do, one act after the other, and collects what each of them gets. */
import type { Bytes } from "../format/escapes.ts";
import type { Protocol } from "../profiles.ts";
import { Wire } from "../runner/wire.ts";
import { encodeCommand } from "../targets/own-connection.ts";
import type { Target } from "../targets/target.ts";
import { Answers, isPush, type Answer } from "./answers.ts";
import { clientNames, endsByItself, type Act, type ClientName } from "./interleaving.ts";
import { repliesIn } from "./wire.ts";

type Words = readonly Bytes[];

/** An act as it was done, and what it made the clients get, in the order of their names; last what the listener heard. */
export type Happening = {
  readonly act: Act;
  readonly got: readonly (readonly [ClientName | typeof listenerName, readonly Answer[]])[];
};

/** Beside the clients somebody listens to all that is published, the events of keys among it. */
export const listenerName = "ear";

/** Key misses are left out: SORT looks for keys in the order of what is hashed. */
export const listenerRequests: readonly Words[] = [
  ["HELLO", "3"],
  ["CONFIG", "SET", "notify-keyspace-events", "AEn"],
  ["PSUBSCRIBE", "*"],
];

type Member = { readonly wire: Wire; readonly answers: Answers; readonly id: Bytes };

/** Redis 8.0 frees what this drops in another thread before it answers, and reads on only then. */
const FREES_ELSEWHERE = "FLUSHDB";

export class Company {
  readonly #target: Target;
  readonly #protocols: Readonly<Record<ClientName, Protocol>>;
  readonly #members = new Map<ClientName, Member>();
  #listener: Wire | undefined;
  /** Whose each id is, or was. */
  readonly #names = new Map<Bytes, ClientName>();

  constructor(target: Target, protocols: Readonly<Record<ClientName, Protocol>>) {
    this.#target = target;
    this.#protocols = protocols;
  }

  /** Begins to listen. */
  async listen(): Promise<void> {
    this.#listener = await Wire.open(this.#target);
    for (const words of listenerRequests) {
      this.#listener.send(encodeCommand(words));
      await this.#listener.next(this.#target.patienceMs);
    }
  }

  /** Does what an act says, as far as two servers must do the same; undefined where nothing of it is left. */
  async do(act: Act): Promise<Happening | undefined> {
    if ("advanceMs" in act) {
      await this.#target.advance(act.advanceMs);
      return this.#happening(act);
    }
    if ("leaves" in act) {
      const member = this.#members.get(act.by);
      if (!member) return undefined;
      member.wire.close();
      this.#members.delete(act.by);
      await this.#target.settle();
      return this.#happening(act);
    }
    const { wire, answers } = await this.#member(act.by);
    const requests = this.#alike(act.requests, answers);
    if (requests.length === 0) return undefined;
    const words: Words[] = [];
    for (const each of requests) words.push(await Promise.all(each.map((word) => this.#meant(word))));
    answers.asked(requests);
    wire.send(words.map(encodeCommand).join(""));
    await this.#target.settle();
    if (requests.some(([name]) => name === FREES_ELSEWHERE)) {
      await wire.arrival(this.#target.patienceMs, (bytes) => repliesIn(bytes).some((reply) => !isPush(reply)));
    }
    return this.#happening({ by: act.by, requests });
  }

  close(): void {
    this.#listener?.close();
    for (const { wire } of this.#members.values()) wire.close();
  }

  /**
   * The requests that two servers treat alike. A real server's time jumps, so what stands behind a wait that ends by itself
   * would run at another instant; and keys that SWAPDB brings are served in the order of a hash table.
   */
  #alike(requests: readonly Words[], { waiting, inTransaction }: Answers): readonly Words[] {
    if (waiting.some(endsByItself)) return [];
    if (requests.some(([name]) => name === FREES_ELSEWHERE) && (requests.length > 1 || waiting.length > 0)) return [];
    const anybodyWaits = [...this.#members.values()].some(({ answers }) => answers.waiting.length > 0);
    const swaps = requests.length === 1 && !anybodyWaits && !inTransaction;
    const kept = requests.filter(([name]) => name !== "SWAPDB" || swaps);
    const end = kept.findIndex(endsByItself);
    return end < 0 ? kept : kept.slice(0, end + 1);
  }

  async #member(name: ClientName): Promise<Member> {
    const known = this.#members.get(name);
    if (known) return known;
    const wire = await Wire.open(this.#target);
    if (this.#protocols[name] === "resp3") {
      wire.send(encodeCommand(["HELLO", "3"]));
      await wire.next(this.#target.patienceMs);
    }
    wire.send(encodeCommand(["CLIENT", "ID"]));
    const reply = await wire.next(this.#target.patienceMs);
    const id = reply?.kind === "line" ? reply.text.slice(1) : "";
    const member = { wire, answers: new Answers((each) => this.#names.get(each)), id };
    this.#members.set(name, member);
    this.#names.set(id, name);
    return member;
  }

  async #meant(word: Bytes): Promise<Bytes> {
    const name = clientNames.find((each) => word === `$${each}`);
    return name === undefined ? word : (await this.#member(name)).id;
  }

  #happening(act: Act): Happening {
    const got = clientNames.flatMap((name) => {
      const member = this.#members.get(name);
      const answers = member?.answers.came(member.wire.takeAll()) ?? [];
      return answers.length === 0 ? [] : [[name, answers] as const];
    });
    const heard = new Answers().came(this.#listener?.takeAll() ?? []);
    return { act, got: heard.length === 0 ? got : [...got, [listenerName, heard]] };
  }
}
