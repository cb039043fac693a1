// Who comes in at a door: at once, or when both sides have shown their certificates.
import net from "node:net";
import tls from "node:tls";
import type { Encryption } from "./encryption.ts";
import { serveEncrypted, serveSocket, type Entrance } from "./serve-socket.ts";

/** A server that takes whoever dials; the sockets that are open are in the set. */
export function acceptPlain(entrance: Entrance, sockets: Set<net.Socket>): net.Server {
  return net.createServer({ noDelay: true, pauseOnConnect: true }, (accepted) => {
    if (isThere(entrance, accepted)) keep(sockets, serveSocket(accepted, entrance));
  });
}

/** The same with TLS: a handshake that fails ends its connection, and no other. */
export function acceptEncrypted(
  entrance: Entrance,
  sockets: Set<net.Socket>,
  encryption: () => Encryption,
): tls.Server {
  /** By their far end, until it is known who came. */
  const transports = new Map<string, net.Socket>();
  const server = tls.createServer({ ...encryption().options, noDelay: true });
  server.on("connection", (accepted: net.Socket) => {
    if (!isThere(entrance, accepted)) return;
    const end = farEndOf(accepted);
    transports.set(end, accepted);
    accepted.once("close", () => transports.delete(end));
    keep(sockets, accepted);
  });
  server.on("secureConnection", (socket) => {
    const transport = transports.get(farEndOf(socket));
    if (transport === undefined || isImpostor(socket, encryption())) socket.destroy();
    else serveEncrypted(socket, transport, entrance);
  });
  return server;
}

/** What CONFIG SET changes holds for the next to come. */
export function encryptAnew(server: tls.Server, { options }: Encryption): void {
  const { requestCert, rejectUnauthorized } = options;
  server.setSecureContext(options);
  // What Node asks for each connection, and has no function to change.
  Object.assign(server, { requestCert, rejectUnauthorized });
}

/** A server whose process is down leaves nobody in. */
function isThere({ home, serverName }: Entrance, accepted: net.Socket): boolean {
  const { listens } = home.engineNamed(serverName) ?? home.main;
  if (!listens) accepted.resetAndDestroy();
  return listens;
}

function keep(sockets: Set<net.Socket>, socket: net.Socket): void {
  sockets.add(socket);
  socket.once("close", () => sockets.delete(socket));
}

function farEndOf({ remoteAddress, remotePort }: net.Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

/** With `tls-auth-clients optional`: who shows a certificate must have a good one. */
function isImpostor(socket: tls.TLSSocket, { options }: Encryption): boolean {
  return options.requestCert === true && !socket.authorized && Object.keys(socket.getPeerCertificate()).length > 0;
}
