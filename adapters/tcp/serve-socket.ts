// One accepted socket and the link behind it.
import type { Socket } from "node:net";
import type { Link, Peer } from "../../core/index.ts";
import type { Home } from "../scope.ts";

/** Connects a socket to the deployment's server. One write leaves for each turn of the server. */
export function serveSocket(socket: Socket, home: Home): void {
  const { clock } = home;
  const peer: Peer = {
    write: (bytes) => void socket.write(bytes, "latin1"),
    close: (reason) => void (reason === "reset" ? socket.resetAndDestroy() : socket.end()),
  };
  clock.enter();
  const { remoteAddress, remotePort } = socket;
  const from = remoteAddress === undefined ? {} : { clientAddress: `${remoteAddress}:${remotePort}` };
  const link: Link = home.main.connect({ peer, ...from });
  clock.leave();
  socket.on("data", (chunk) => {
    clock.enter();
    link.receive(chunk);
    clock.leave();
  });
  socket.on("close", () => {
    clock.enter();
    link.end();
    clock.leave();
  });
  socket.on("error", () => {}); // a reset; "close" follows
}
