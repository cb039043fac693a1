/** PUBLISH to a thousand subscribers over real sockets: the server's CPU time a delivery, beside redis-server's. */
import net from "node:net";
import { startRealServer } from "../servers/real-server.ts";
import { interleaved, type Row } from "./row.ts";
import { serve } from "./sockets.ts";
import { cpuMs } from "./usage.ts";

const SUBSCRIBERS = 1_000;
const MESSAGES = 100;
const TEXT = "x".repeat(100);

export async function messageRows(program: string): Promise<Row[]> {
  const real = await startRealServer(program);
  const ours = await serve();
  try {
    const result = await interleaved(
      3,
      () => cpuOfDelivery(ours),
      () => cpuOfDelivery(real),
    );
    return [
      {
        name: `CPU a delivery, PUBLISH to ${SUBSCRIBERS} subscribers`,
        compared: "redouble serve / redis-server",
        ratio: result.ratio,
        bound: { atMost: 2 },
        detail: `${result.ours.toFixed(2)} us / ${result.theirs.toFixed(2)} us`,
      },
    ];
  } finally {
    ours.stop();
    real.stop();
  }
}

/** Microseconds of the server for each message to each subscriber; the next message is sent when everybody has the last. */
async function cpuOfDelivery({ port, pid }: { readonly port: number; readonly pid: number }): Promise<number> {
  const audience = new Audience();
  await audience.join(port);
  const publisher = net.connect(port, "127.0.0.1");
  publisher.resume();
  const before = cpuMs(pid);
  for (let i = 0; i < MESSAGES; i++) {
    const heard = audience.hear();
    publisher.write(`*3\r\n$7\r\nPUBLISH\r\n$4\r\nnews\r\n$${TEXT.length}\r\n${TEXT}\r\n`);
    await heard;
  }
  const used = cpuMs(pid) - before;
  publisher.destroy();
  audience.leave();
  return (used * 1e3) / (SUBSCRIBERS * MESSAGES);
}

/** Subscribers that only count bytes. */
class Audience {
  readonly #sockets: net.Socket[] = [];
  #missingBytes = 0;
  #complete: () => void = () => {};

  async join(port: number): Promise<void> {
    const confirmation = "*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n";
    const joined = this.#expect(confirmation.length);
    for (let i = 0; i < SUBSCRIBERS; i++) {
      const socket = net.connect(port, "127.0.0.1");
      socket.on("data", (chunk: Buffer) => this.#got(chunk.length));
      socket.write("SUBSCRIBE news\r\n");
      this.#sockets.push(socket);
    }
    await joined;
  }

  /** Resolves when everybody has got the next message. */
  hear(): Promise<void> {
    return this.#expect(`*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$${TEXT.length}\r\n${TEXT}\r\n`.length);
  }

  leave(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #expect(sizeBytes: number): Promise<void> {
    this.#missingBytes = SUBSCRIBERS * sizeBytes;
    return new Promise((resolve) => {
      this.#complete = resolve;
    });
  }

  #got(sizeBytes: number): void {
    this.#missingBytes -= sizeBytes;
    if (this.#missingBytes === 0) this.#complete();
  }
}
