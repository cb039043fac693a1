// The way out: simulated servers reach servers and Sentinels of other processes over real sockets.
import net, { type Socket } from "node:net";
import tls from "node:tls";
import type { Address, Call, Caller, CallHandler } from "../../core/index.ts";
import { currentRedouble } from "../current.ts";
import type { Home } from "../scope.ts";
import { latin1Slice } from "../text.ts";
import { dialOptions } from "./encryption.ts";

/**
 * From now on the simulated servers of a redouble may dial addresses outside of it: a real server as their primary, say. Call
 * what it gives to close those connections, and to keep them inside again. Default: the current redouble.
 */
export function dialOutside(redouble: Home = currentRedouble()): () => void {
  const { network } = redouble.world;
  const sockets = new Set<Socket>();
  const dial = (to: Address, handler: CallHandler, from: Caller): Call =>
    open(redouble, sockets, { to, handler, from });
  network.outside = dial;
  return () => {
    if (network.outside === dial) network.outside = undefined;
    for (const socket of sockets) socket.destroy();
  };
}

function open(
  { clock }: Home,
  sockets: Set<Socket>,
  { to, handler, from }: { readonly to: Address; readonly handler: CallHandler; readonly from: Caller },
): Call {
  const address = { host: to.host, port: to.port, noDelay: true };
  const { encryptsWith } = from;
  const socket =
    encryptsWith === undefined ? net.connect(address) : tls.connect({ ...address, ...dialOptions(encryptsWith) });
  let told = false;
  const tell = (act: () => void): void => {
    if (told) return;
    clock.enter();
    act();
    clock.leave();
  };
  let connected = false;
  sockets.add(socket);
  socket.on(encryptsWith === undefined ? "connect" : "secureConnect", () => {
    connected = true;
    tell(() => handler.onOpen());
  });
  socket.on("data", (chunk: Buffer) => tell(() => handler.onData(latin1Slice(chunk, 0, chunk.length))));
  socket.on("error", () => {}); // "close" follows
  socket.on("close", () => {
    sockets.delete(socket);
    tell(() => {
      told = true;
      handler.onClose(connected ? "reset" : "refused");
    });
  });
  return {
    get localAddress() {
      return `${socket.localAddress ?? ""}:${socket.localPort ?? 0}`;
    },
    write: (bytes) => void socket.write(bytes, "latin1"),
    close() {
      told = true;
      socket.destroy();
    },
  };
}
