// A consumer of a group stands still with an entry in its hands: nobody else gets it, or two carry it out.
import { standalone } from "../core/index.ts";
import { at, processPause, timeline } from "../faults/index.ts";
import { defineScenario, type ScenarioClient, type Stage } from "./scenario.ts";

/** One round of a consumer of the group `mailers` on the stream `mails`. */
type Round = (stage: Stage, client: ScenarioClient, consumer: string, send: Send) => Promise<void>;

/** Sends the mail; whoever stands still does so before it. */
type Send = (mail: string, unless?: () => Promise<boolean>) => Promise<void>;

type Entry = readonly [id: string, fields: readonly string[]];
type Stream = readonly [name: string, entries: readonly Entry[]];

async function read(client: ScenarioClient, consumer: string): Promise<readonly Entry[]> {
  const words = ["GROUP", "mailers", consumer, "COUNT", 1, "STREAMS", "mails", ">"];
  const streams = (await client.call("XREADGROUP", ...words)) as Stream | [Stream] | null;
  // RESP3 has a map: names and entries in turn. RESP2 has a pair for each.
  const stream = streams?.length === 1 ? streams[0] : streams;
  return stream?.[1] ?? [];
}

/** What is acknowledged first cannot be carried out twice. Nor by anybody else. */
const acknowledgeFirst: Round = async (_stage, client, consumer, send) => {
  for (const [id, [, mail]] of await read(client, consumer)) {
    await client.call("XACK", "mails", "mailers", id);
    await send(mail!);
  }
};

/** What lies for five seconds goes to somebody else; and the effect has a name, so that it comes about once. */
const claimAndRemember: Round = async (_stage, client, consumer, send) => {
  const claimed = (await client.call("XAUTOCLAIM", "mails", "mailers", consumer, 5_000, "0", "COUNT", 1)) as [
    string,
    Entry[],
  ];
  for (const [id, [, mail]] of [...claimed[1], ...(await read(client, consumer))]) {
    await send(mail!, async () => (await client.call("SET", `sent:${mail}`, consumer, "NX", "EX", 86_400)) === null);
    await client.call("XACK", "mails", "mailers", id);
  }
};

const MAILS = 10;
const DEADLINE_MS = 20_000;

interface Result {
  /** When each was sent. */
  readonly sent: ReadonlyMap<string, readonly number[]>;
  readonly startedAt: number;
}

async function workload(stage: Stage, round: Round): Promise<Result> {
  const client = await stage.connect();
  await client.call("XGROUP", "CREATE", "mails", "mailers", "0", "MKSTREAM");
  for (let nth = 1; nth <= MAILS; nth++) await client.call("XADD", "mails", "*", "mail", `mail:${nth}`);
  const sent = new Map<string, number[]>();
  const startedAt = stage.now();
  const consume = async (consumer: string): Promise<void> => {
    const own = await stage.connect();
    const send: Send = async (mail, unless) => {
      await stage.point("before sending");
      if (await unless?.()) return stage.note(`${consumer} finds that ${mail} was sent`);
      const earlier = sent.get(mail) ?? [];
      sent.set(mail, [...earlier, stage.now()]);
      if (stage.now() - startedAt > 3_000 || earlier.length > 0) stage.note(`${consumer} sends ${mail}`);
    };
    while (stage.now() - startedAt < 40_000) {
      await round(stage, own, consumer, send);
      await stage.sleep(200 + Math.floor(stage.random() * 100));
    }
  };
  await Promise.all([consume("mailer-1"), consume("mailer-2")]);
  return { sent, startedAt };
}

export const stuckEntry = defineScenario({
  name: "stuck-entry",
  title: "A consumer of a group stands still for half a minute with an entry in its hands.",
  takes: {
    type: "(stage, client, consumer, send) => Promise<void>",
    meaning:
      "One round of a consumer of the group `mailers` on the stream `mails`: it takes an entry or two and calls `send(mail, unless)`; " +
      "`unless`, which may be left out, is asked right before the mail leaves.",
  },
  topology: standalone(),
  timeline: () => timeline([at(0, processPause({ point: "before sending", forMs: 30_000, nth: 3 }))]),
  workload,
  oracle: ({ sent, startedAt }) =>
    Array.from({ length: MAILS }, (_, at) => `mail:${at + 1}`).flatMap((mail) => {
      const [first, ...again] = sent.get(mail) ?? [];
      return [
        ...(first === undefined || first - startedAt > DEADLINE_MS ? [`${mail} was not sent in time`] : []),
        ...(again.length > 0 ? [`${mail} was sent ${again.length + 1} times`] : []),
      ];
    }),
  naive: acknowledgeFirst,
  right: claimAndRemember,
  moral:
    "XACK says that an entry is done, not that it was seen: until then it is in the group's list of pending entries, from where " +
    "XAUTOCLAIM gives it to somebody who is alive. Its first consumer may still wake up, so the effect needs a name of its own.",
});
