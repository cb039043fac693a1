// `new net.Socket().connect(...)`: the socket exists already, so the in-memory one does its work behind it.
import type { Socket } from "node:net";
import type { MemorySocket } from "../stream/memory-socket.ts";
import { realNextTick } from "../time/real-time.ts";

type Callback = (error?: Error | null) => void;

/** What the streams of Node call, and its types call protected. */
interface Workings {
  connecting: boolean;
  _read(): void;
  _write(chunk: Uint8Array | string, encoding: BufferEncoding, callback: Callback): void;
  _writev: null;
  _final(callback: Callback): void;
  _destroy(error: Error | null, callback: Callback): void;
}

/** Lets `outer` speak through `inner`, which is about to connect. */
export function graft(outer: Socket, inner: MemorySocket): void {
  const workings: Workings = {
    connecting: true,
    _read: () => {},
    _write: (chunk, encoding, callback) => void inner.write(chunk, encoding, callback),
    _writev: null,
    _final: (callback) => void inner.end(() => callback()),
    _destroy: (error, callback) => {
      Object.assign(outer, { connecting: false });
      outer.setTimeout(0);
      inner.destroy();
      callback(error);
      realNextTick(() => outer.emit("close", error !== null));
    },
  };
  Object.assign(outer, workings);
  for (const name of SHOWN) Object.defineProperty(outer, name, { configurable: true, get: () => inner[name] });
  inner.on("connect", () => {
    Object.assign(outer, { connecting: false });
    outer.emit("connect");
    outer.emit("ready");
  });
  inner.on("data", (chunk) => void outer.push(chunk));
  inner.on("end", () => void outer.push(null));
  inner.on("error", (error) => void outer.destroy(error));
  inner.on("close", () => {
    if (!outer.destroyed && !outer.readableEnded) outer.push(null);
  });
}

const SHOWN = [
  "pending",
  "remoteAddress",
  "remotePort",
  "remoteFamily",
  "localAddress",
  "localPort",
  "localFamily",
] as const;
