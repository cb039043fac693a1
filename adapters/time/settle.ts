// Waiting until the application has nothing more to say: its promises have run and no bytes move any more.
import { realSetImmediate } from "./real-time.ts";

/** What a world shows of its traffic. */
export interface Traffic {
  readonly bytesMoved: number;
}

/** Turns without traffic after which an application counts as settled: node-redis writes one turn after it was asked to. */
const QUIET_TURNS = 2;

/** An application that talks without end is given up on after so many turns. */
const MOST_TURNS = 1000;

/** Resolves once no bytes moved in two turns of the event loop, or after a thousand turns. */
export async function settle(traffic: Traffic): Promise<void> {
  let seen = traffic.bytesMoved;
  for (let turns = 0, quiet = 0; quiet < QUIET_TURNS && turns < MOST_TURNS; turns++) {
    await macrotask();
    quiet = traffic.bytesMoved === seen ? quiet + 1 : 0;
    seen = traffic.bytesMoved;
  }
}

/** One turn of the real event loop, fake timers or not. */
export function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    realSetImmediate(resolve);
  });
}
