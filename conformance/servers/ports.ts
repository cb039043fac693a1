/** Ports of 127.0.0.1 for servers to listen at. */
import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** None is one that a connection may get by itself: those begin at 32768 on Linux. */
const [FIRST, LAST] = [10_000, 32_000];

/** A port at which nobody listens now, nor at those that lie so far above it. */
export async function freePort(others: readonly number[] = []): Promise<number> {
  const offsets = [0, ...others];
  for (;;) {
    const port = randomInt(FIRST, LAST - Math.max(...offsets));
    const free = await Promise.all(offsets.map((offset) => isFree(port + offset)));
    if (free.every(Boolean)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
