// Whether addresses can be listened at, asked of a thread: Node says so only later, and CONFIG SET answers at once.
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";

/** Where to listen, with what is not shared with version 4. */
export interface TriedAddress {
  readonly host: string;
  readonly port: number;
  readonly ipv6Only: boolean;
}

/** What came of it: the numeric address, or why it cannot be. */
export type Tried = { readonly address: string } | { readonly code: string };

const PATIENCE_MS = 10_000;

/** Listens at all of them, at one after the other, and stops again. A name counts by its address of version 4. */
export function tryAddresses(addresses: readonly TriedAddress[]): readonly Tried[] {
  const { port1, port2 } = new MessageChannel();
  const done = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(THREAD, {
    eval: true,
    workerData: { addresses, port: port2, done },
    transferList: [port2],
    execArgv: [],
    env: {},
  });
  worker.unref();
  Atomics.wait(done, 0, 0, PATIENCE_MS);
  const answer = receiveMessageOnPort(port1)?.message as readonly Tried[] | undefined;
  port1.close();
  void worker.terminate();
  return answer ?? addresses.map(() => ({ code: "ETIMEDOUT" }));
}

const THREAD = `
const net = require("node:net");
const dns = require("node:dns/promises");
const { workerData: { addresses, port, done } } = require("node:worker_threads");
(async () => {
  const servers = [];
  const tried = [];
  for (const { host, port, ipv6Only } of addresses) {
    try {
      if (host === "") throw { code: "ENOTFOUND" }; // for Node it is every address
      const { address } = net.isIP(host) ? { address: host } : await dns.lookup(host, { family: 4 });
      const server = net.createServer();
      await new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen({ host: address, port, ipv6Only }, resolve);
      });
      servers.push(server);
      tried.push({ address });
    } catch ({ code }) {
      tried.push({ code: String(code) });
    }
  }
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  port.postMessage(tried);
  Atomics.store(done, 0, 1);
  Atomics.notify(done, 0);
})();
`;
