/** Ports of 127.0.0.1 for servers to listen at, and addresses of this machine at which all ports are theirs. */
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

/** An address of 127.0.0.0/8 that nobody else is likely to have. None is the beginning of another. */
export function ownAddress(): string {
  return `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(100, 255)}`;
}
