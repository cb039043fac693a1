import { once } from "node:events";
import net from "node:net";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { latency, resetPeer } from "../../faults/index.ts";
import { createRedouble, type Redouble } from "../redouble.ts";
import { MemorySocket, type MemorySocketOptions } from "./memory-socket.ts";

let redouble: Redouble;
const sockets: MemorySocket[] = [];
beforeEach(() => {
  redouble = createRedouble();
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  redouble.stop();
});

function dial(options: Partial<MemorySocketOptions> = {}): MemorySocket {
  const address = { host: "localhost", port: 6379 };
  const socket = new MemorySocket({ address, binding: { scope: undefined }, ...options });
  sockets.push(socket);
  return socket;
}

async function connected(options?: Partial<MemorySocketOptions>): Promise<MemorySocket> {
  const socket = dial(options);
  await once(socket, "connect");
  return socket;
}

async function answer(socket: net.Socket): Promise<string> {
  const [bytes] = (await once(socket, "data")) as [Buffer];
  return bytes.toString();
}

describe("a socket in memory", () => {
  test("is a net.Socket that connects in a later turn", async () => {
    const socket = dial();
    const events: string[] = [];
    for (const event of ["connect", "ready", "secureConnect", "close"]) socket.on(event, () => events.push(event));
    expect(socket).toBeInstanceOf(net.Socket);
    expect(socket).toMatchObject({ connecting: true, pending: true });
    await once(socket, "ready");
    expect(events).toEqual(["connect", "ready"]);
    expect(socket).toMatchObject({
      connecting: false,
      pending: false,
      remoteAddress: "127.0.0.1",
      remotePort: 6379,
      remoteFamily: "IPv4",
      localAddress: "127.0.0.1",
      readyState: "open",
    });
    expect(socket.address()).toEqual({ address: "127.0.0.1", port: socket.localPort, family: "IPv4" });
    socket.destroy();
    await once(socket, "close");
    expect(events).toEqual(["connect", "ready", "close"]);
  });

  test("sends what was written before it was connected, in order", async () => {
    const socket = dial();
    socket.write("SET key ");
    socket.write(Buffer.from("val"));
    socket.write("ue\r\n", "latin1");
    socket.end("GET key\r\n");
    expect(await text(socket)).toBe("+OK\r\n$5\r\nvalue\r\n");
  });

  test("never answers before write has returned", async () => {
    const socket = await connected();
    const order: string[] = [];
    socket.on("data", () => order.push("answer"));
    socket.write("PING\r\n");
    order.push("written");
    await Promise.resolve();
    await Promise.resolve();
    expect(order).toEqual(["written", "answer"]);
  });

  test("answers ten thousand awaited commands without holding up the event loop", async () => {
    const socket = await connected();
    let turns = 0;
    let running = true;
    const turn = (): void => {
      turns++;
      if (running) setImmediate(turn);
    };
    setImmediate(turn);
    for (let i = 0; i < 10_000; i++) {
      socket.write("PING\r\n");
      await once(socket, "data");
    }
    running = false;
    expect(turns).toBeGreaterThan(75);
  });

  test("what is on its way stays as it was sent, whatever is sent meanwhile", async () => {
    redouble.faults.inject(latency({ delayMs: 5, direction: "up" }));
    const first = await connected();
    const second = await connected();
    const answers = [answer(first), answer(second)];
    first.write("ECHO one\r\n");
    second.write("ECHO two\r\n");
    await redouble.clock.advance(5);
    expect(await Promise.all(answers)).toEqual(["$3\r\none\r\n", "$3\r\ntwo\r\n"]);
  });

  test("calls back for each write, and says when it is drained", async () => {
    const socket = await connected();
    await new Promise((resolve) => socket.write("PING\r\n", resolve));
    await new Promise((resolve) => socket.write("PING\r\n", "utf8", resolve));
    expect(socket.bytesWritten).toBe(12);
    socket.resume();
    await vi.waitFor(() => expect(socket.bytesRead).toBe(14));
  });

  test("corks text and buffers into one piece", async () => {
    const socket = await connected();
    const chunks: string[] = [];
    socket.on("data", (bytes: Buffer) => chunks.push(bytes.toString()));
    socket.cork();
    socket.write("PING\r\n");
    socket.cork();
    socket.write(Buffer.from("ECHO "));
    socket.write("hé\r\n");
    socket.uncork();
    await Promise.resolve();
    expect(chunks).toEqual([]);
    socket.uncork();
    await once(socket, "data");
    expect(chunks.join("")).toBe("+PONG\r\n$3\r\nhé\r\n");
    expect(chunks).toHaveLength(1);
    socket.destroy();
  });

  test("decodes for applications that ask for text, and holds back while it is paused", async () => {
    const socket = await connected();
    socket.setEncoding("utf8");
    socket.write("ECHO hé\r\n");
    const [words] = (await once(socket, "data")) as [string];
    expect(words).toBe("$3\r\nhé\r\n");
    socket.pause();
    socket.write("PING\r\n");
    const listener = vi.fn<(...args: unknown[]) => void>();
    socket.on("data", listener);
    await new Promise((resolve) => setImmediate(resolve));
    expect(listener).not.toHaveBeenCalled();
    socket.resume();
    await once(socket, "data");
    expect(listener).toHaveBeenCalledWith("+PONG\r\n");
    socket.destroy();
  });

  test("can be piped, iterated and read", async () => {
    const piped = await connected();
    const sink = new PassThrough();
    const source = new PassThrough();
    source.end("PING\r\nQUIT\r\n");
    await pipeline(source, piped, sink);
    expect(await text(sink)).toBe("+PONG\r\n+OK\r\n");
    const iterated = await connected();
    iterated.write("PING\r\n");
    for await (const chunk of iterated) {
      expect(String(chunk)).toBe("+PONG\r\n");
      break;
    }
    expect(iterated.destroyed).toBe(true);
  });

  test("refuses what no socket takes", async () => {
    const socket = await connected();
    expect(() => socket.write(Reflect.get({ five: 5 }, "five") as never)).toThrow(TypeError);
    socket.destroy();
  });
});

describe("how it ends", () => {
  test("the server closes: end, then close, after everything that it sent", async () => {
    const socket = await connected();
    const events: string[] = [];
    socket.on("data", (bytes: Buffer) => events.push(bytes.toString()));
    socket.on("end", () => events.push("end"));
    socket.on("close", (failed) => events.push(`close ${failed}`));
    socket.write("PING\r\nQUIT\r\n");
    await once(socket, "close");
    expect(events).toEqual(["+PONG\r\n+OK\r\n", "end", "close false"]);
    expect(socket).toMatchObject({ destroyed: true, writable: false });
    expect(redouble.connections.size).toBe(0);
  });

  test("a turn may bring more than one string can hold", async () => {
    redouble.server.load({ large: "x".repeat(100_000_000) });
    const socket = await connected();
    let received = 0;
    socket.on("data", (chunk: Buffer) => (received += chunk.length));
    socket.write("GET large\r\n".repeat(6));
    await vi.waitFor(() => expect(received).toBe(6 * "$100000000\r\n\r\n".length + 600_000_000));
  });

  test("the application ends: what it sent still arrives", async () => {
    const socket = await connected();
    socket.end("SET key value\r\n");
    expect(await text(socket)).toBe("+OK\r\n");
    expect(redouble.server.dump()).toEqual({ key: "value" });
    expect(redouble.server.engine.clients.size).toBe(0);
  });

  test("the application destroys it: the server knows, and nothing more is heard", async () => {
    const socket = await connected();
    const heard = vi.fn<(...args: unknown[]) => void>();
    socket.on("data", heard);
    socket.write("PING\r\n");
    const failed = vi.fn<(...args: unknown[]) => void>();
    socket.on("error", failed);
    socket.destroy(new Error("mine"));
    await new Promise((resolve) => socket.once("close", resolve));
    expect(failed).toHaveBeenCalledExactlyOnceWith(new Error("mine"));
    expect(heard).not.toHaveBeenCalled();
    expect(redouble.server.engine.clients.size).toBe(0);
  });

  test("the connection is reset: ECONNRESET, as from the network", async () => {
    const socket = await connected();
    redouble.faults.inject(resetPeer({ command: "GET" }));
    socket.write("GET key\r\n");
    const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
    expect(error).toMatchObject({ message: "read ECONNRESET", code: "ECONNRESET", errno: -104, syscall: "read" });
    expect(socket.errored).toBe(error);
  });

  test("nobody listens: ECONNREFUSED, with the reason", async () => {
    const socket = dial({ address: { host: "localhost", port: 1234 } });
    const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
    expect(error).toMatchObject({
      code: "ECONNREFUSED",
      errno: -111,
      syscall: "connect",
      address: "localhost",
      port: 1234,
    });
    expect(error.message).toBe(
      'connect ECONNREFUSED localhost:1234 (redouble: no simulated server listens at localhost:1234; see the option "addresses")',
    );
  });

  test("it was destroyed before it was connected", async () => {
    const socket = dial();
    socket.destroy();
    await once(socket, "close");
    await new Promise((resolve) => setImmediate(resolve));
    expect(redouble.server.engine.clients.size).toBe(0);
  });

  test("it is aborted", async () => {
    const abort = new AbortController();
    const socket = await connected({ signal: abort.signal });
    abort.abort();
    const [error] = (await once(socket, "error")) as [Error];
    expect(error.name).toBe("AbortError");
  });

  test("half open: the application may go on writing after the server's end", async () => {
    const socket = await connected({ allowHalfOpen: true });
    socket.resume();
    socket.write("QUIT\r\n");
    await once(socket, "end");
    expect(socket.writable).toBe(true);
    socket.end();
    await once(socket, "close");
  });

  test("an error in a listener is uncaught, as it is on a real socket", async () => {
    const socket = await connected();
    const failure = new Error("in a listener");
    const others = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    const caught = new Promise((resolve) => process.once("uncaughtException", resolve));
    socket.once("data", () => {
      throw failure;
    });
    socket.write("PING\r\n");
    expect(await caught).toBe(failure);
    for (const other of others) process.on("uncaughtException", other);
    socket.destroy();
  });
});

describe("an idle socket", () => {
  test("says so, once for each silence, until it is told not to", async () => {
    const socket = await connected();
    const idle = vi.fn<(...args: unknown[]) => void>();
    expect(socket.setTimeout(20, idle)).toBe(socket);
    expect(socket.timeout).toBe(20);
    await once(socket, "timeout");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(idle).toHaveBeenCalledTimes(1);
    const again = once(socket, "timeout");
    socket.write("PING\r\n");
    expect(await answer(socket)).toBe("+PONG\r\n");
    await again;
    socket.setTimeout(0);
    const listener = vi.fn<(...args: unknown[]) => void>();
    socket.on("timeout", listener);
    socket.write("PING\r\n");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(listener).not.toHaveBeenCalled();
    socket.destroy();
  });
});
