/** The same deeds on a deployment of ours and on one of real servers: every client must get the same, turn by turn. */
import { setTimeout as delay } from "node:timers/promises";
import type { Company, Words } from "./company.ts";

export type Deed = {
  readonly client: number;
  readonly words: Words;
};

/** What was compared: how many commands, and how many answers of each kind there were. */
export type Agreement = {
  readonly commands: number;
  /** By the first word of an answer: MOVED, ASK, TRYAGAIN; what is no error counts as `answered`. */
  readonly kinds: ReadonlyMap<string, number>;
};

export type Story<D extends Deed> = {
  readonly simulated: Company;
  readonly real: Company;
  readonly commands: number;
  /** Clients that may wait at a time: somebody must be left to act. */
  readonly mostWaiting: number;
  /** The next deed, of a client that does not wait. */
  readonly next: (waiting: ReadonlySet<number>) => D;
  /** Resolves when a deed may be done. */
  readonly before?: (deed: D) => Promise<void>;
  /** Resolves when all that a deed leads to has come about. */
  readonly after: (deed: D, company: Company) => Promise<void>;
  /** What the nodes of a deployment hold, as both must hold it. */
  readonly state?: (company: Company) => Promise<readonly string[]>;
};

/** What is not the same after so long is not. */
const PATIENCE_MS = 1_500;
const SHOWN_TURNS = 60;

/** Throws the turns that led to the first difference. */
export async function takeTurns<D extends Deed>(story: Story<D>): Promise<Agreement> {
  const { simulated, real, commands } = story;
  const kinds = new Map<string, number>();
  const waiting = new Set<number>();
  const history: string[] = [];
  for (let turn = 0; turn < commands; turn++) {
    const deed = story.next(waiting);
    const { left, right } = await both(story, deed);
    history.push(`${deed.client}> ${deed.words.join(" ")}`);
    const part = (what: string, ours: string | undefined, theirs: string | undefined): Error => {
      const last = history.slice(-SHOWN_TURNS).join("\n");
      return new Error(`Turn ${turn}, ${what}: they part.\n${last}\nRedouble: ${ours}\nreal:     ${theirs}`);
    };
    const at = right.findIndex((text, client) => text !== left[client]);
    if (at >= 0) throw part(`client ${at}`, left[at], right[at]);
    const [ours, theirs] = await states(story);
    const node = theirs.findIndex((state, nth) => state !== ours[nth]);
    if (node >= 0) throw part(`node ${node}`, ours[node], theirs[node]);
    if (right[deed.client] === "") waiting.add(deed.client);
    for (const [client, text] of right.entries()) if (text !== "") waiting.delete(client);
    for (const text of right) {
      if (text === "") continue;
      const kind = text.startsWith("-") ? text.slice(1).split(" ")[0]! : "answered";
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    if (waiting.size > story.mostWaiting) await release([simulated, real], waiting);
    await Promise.all([simulated.replaceClosed(), real.replaceClosed()]);
  }
  return { commands, kinds };
}

async function both<D extends Deed>({ simulated, real, before, after }: Story<D>, deed: D) {
  const companies = [simulated, real];
  await before?.(deed);
  for (const company of companies) company.send(deed.client, deed.words);
  await Promise.all(companies.map((company) => company.settle()));
  await Promise.all(companies.map((company) => after(deed, company)));
  let [left, right] = [simulated.take(), real.take()];
  const patience = performance.now() + PATIENCE_MS;
  while (left.some((text, client) => text !== right[client]) && performance.now() < patience) {
    await delay(20);
    const join = (sooner: readonly string[], later: readonly string[]): string[] =>
      sooner.map((text, client) => [text, later[client]!].filter((part) => part !== "").join(" "));
    [left, right] = [join(left, simulated.take()), join(right, real.take())];
  }
  return { left, right };
}

/** A replica that may be written takes its own keys away when it comes to it. */
async function states<D extends Deed>({
  simulated,
  real,
  state,
}: Story<D>): Promise<[readonly string[], readonly string[]]> {
  if (state === undefined) return [[], []];
  const patience = performance.now() + PATIENCE_MS;
  for (;;) {
    const [ours, theirs] = await Promise.all([state(simulated), state(real)]);
    if (ours.join() === theirs.join() || performance.now() > patience) return [ours, theirs];
    await delay(20);
  }
}

/** Of all data of each node. */
export function digests({ fences }: Company): Promise<string[]> {
  return Promise.all(
    fences.map(async (fence) => {
      const reply = await fence.ask("DEBUG", "DIGEST");
      return reply.kind === "line" ? reply.text : "";
    }),
  );
}

/** Clients that wait too long are let go, by cutting them off. */
async function release(companies: readonly Company[], waiting: Set<number>): Promise<void> {
  for (const company of companies) for (const client of waiting) await company.replace(client);
  waiting.clear();
}
