/** When real servers that talk to each other have nothing left to do, by what they tell (servers/event-loop.c). */
import { isAtWork } from "../servers/real-process.ts";
import { turnEventLoop } from "./socket.ts";
import type { Sign } from "./turned-clock.ts";

/** A look may have ended before another server wrote: the second one cannot. */
const LOOKS = 2n;

/** Who finds something to do so often at one moment goes round in circles, as a replica that is refused and asks again at once. */
const MOST_TURNS = 300n;

/** Who has something to do for so long is held up: it loads, or it waits for one that does not answer. */
const PATIENCE_MS = 5_000;

const nothing = new Int32Array(new SharedArrayBuffer(4));

/** Returns once nobody has anything to do until the clock goes on; `signs` are those of all servers, undefined of who does not run. */
export async function untilIdle(signs: () => readonly (Sign | undefined)[]): Promise<void> {
  const patience = performance.now() + PATIENCE_MS;
  const begun = signs();
  for (let first = begun; performance.now() < patience; await aMoment()) {
    const last = signs();
    if (last.some((sign, nth) => sign && sign.turns > (begun[nth]?.turns ?? sign.turns) + MOST_TURNS)) return;
    if (last.some((sign, nth) => sign?.turns !== first[nth]?.turns)) first = last;
    else if (last.every((sign, nth) => !sign || (isIdle(sign) && sign.looks >= first[nth]!.looks + LOOKS))) return;
  }
}

function isIdle({ idle, children }: Sign): boolean {
  return idle && !children.some(isAtWork);
}

/** Shorter than a timer can be: processes take turns that are as short. What has come meanwhile reaches its listener. */
async function aMoment(): Promise<void> {
  Atomics.wait(nothing, 0, 0, 0.1);
  await turnEventLoop();
}
