/** A TCP connection as cases use it: latin1 both ways, every send a packet of its own. */
import { createConnection, type Socket } from "node:net";
import { connect as connectEncrypted } from "node:tls";
import { showAddress } from "../../adapters/addresses.ts";
import type { ConnectionListener, RawConnection } from "./target.ts";

export type Address = { readonly host: string; readonly port: number };

/** Connects, or rejects as the socket does. */
export function connectSocket(address: Address, listener: ConnectionListener): Promise<RawConnection> {
  return opened(createConnection({ ...address, noDelay: true }), "connect", listener);
}

/** The same by TLS, whoever it is. */
export function connectByTls(address: Address, listener: ConnectionListener): Promise<RawConnection> {
  return opened(connectEncrypted({ ...address, rejectUnauthorized: false }), "secureConnect", listener);
}

/** The same by a file. */
export function connectByPath(path: string, listener: ConnectionListener): Promise<RawConnection> {
  return opened(createConnection(path), "connect", listener);
}

function opened(
  socket: Socket,
  event: "connect" | "secureConnect",
  listener: ConnectionListener,
): Promise<RawConnection> {
  return new Promise((resolve, reject) => {
    socket.setEncoding("latin1");
    socket.once("error", reject);
    socket.once(event, () => {
      socket.off("error", reject);
      socket.on("error", () => {}); // a reset is seen as a close
      resolve({
        address: showAddress({ host: socket.localAddress ?? "", port: socket.localPort ?? 0 }),
        serverAddress: showAddress({ host: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 }),
        send: (bytes) => void socket.write(bytes, "latin1"),
        close: () => void socket.destroy(),
      });
    });
    socket.on("data", (chunk: string) => listener.onBytes(chunk));
    socket.once("close", () => listener.onClose());
  });
}

/** Lets every socket event that the kernel holds already reach its listener. */
export function turnEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
