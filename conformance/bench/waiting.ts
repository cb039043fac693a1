/** What ten thousand clients cost that wait for keys: a GET beside them, and events while nothing happens. */
import { World, type Link } from "../../core/index.ts";
import { latin1Slice } from "../../adapters/text.ts";
import { cpuMicroseconds } from "./usage.ts";
import { request } from "./request.ts";
import { interleaved, type Row } from "./row.ts";

const WAITING = 10_000;
const GETS = 200_000;

export async function waitingRows(): Promise<Row[]> {
  const [beside, alone] = [start(WAITING), start(0)];
  const get = request("GET", "k");
  const cost = ({ link }: Bench): number =>
    cpuMicroseconds(() => {
      for (let i = 0; i < GETS; i++) link.receive(get);
    }) / GETS;
  const eventsBefore = beside.world.eventsRun;
  const { ours, theirs, ratio } = await interleaved(
    15,
    () => cost(beside),
    () => cost(alone),
  );
  beside.world.advanceTo(beside.world.now + 86_400_000);
  const events = beside.world.eventsRun - eventsBefore;
  if (events > 0) throw new Error(`clients that wait for ever made ${events} events`);
  return [
    {
      name: "a GET beside 10,000 clients that wait",
      compared: "beside them / alone",
      ratio,
      bound: { atMost: 1.05 },
      detail: `${ours.toFixed(3)} us / ${theirs.toFixed(3)} us, ${events} events in a day`,
    },
  ];
}

type Bench = { readonly world: World; readonly link: Link };

function start(waiting: number): Bench {
  const world = new World({ slice: latin1Slice });
  const server = world.createServer({ config: { maxclients: String(WAITING + 100) } });
  const connect = (): Link => server.connect({ peer: { write() {}, close() {} } });
  const link = connect();
  link.receive(request("SET", "k", "v"));
  for (let i = 0; i < waiting; i++) connect().receive(request("BLPOP", `queue:${i % 100}`, `own:${i}`, "0"));
  return { world, link };
}
