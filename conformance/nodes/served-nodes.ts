/** Nodes of ours behind real sockets, for programs that know nothing of us. */
import { randomInt } from "node:crypto";
import { clusterNodes, createRedouble, type ProfileName, type Redouble } from "../../adapters/index.ts";
import { dialOutside, listen, type Listener } from "../../adapters/tcp/index.ts";

export type ServedNodes = {
  readonly redouble: Redouble;
  readonly ports: readonly number[];
  close(): Promise<void>;
};

export type NodesOptions = {
  readonly profile: ProfileName;
  readonly nodes: number;
  readonly config?: Readonly<Record<string, string>>;
};

const ATTEMPTS = 20;
/** No port is the number of a slot. */
const [FIRST_PORT, LAST_PORT] = [16_400, 22_000];

/** Empty nodes that know no other, at ports one behind the other, on the real clock. */
export async function serveNodes({ profile, nodes, config = {} }: NodesOptions): Promise<ServedNodes> {
  for (let attempt = 1; ; attempt++) {
    const first = randomInt(FIRST_PORT, LAST_PORT);
    const redouble = createRedouble({
      profile,
      topology: clusterNodes({ nodes }),
      clock: "wall",
      addresses: [`127.0.0.1:${first}`],
      asDefault: false,
      keepCommands: 0,
      config,
    });
    const listeners: Listener[] = [];
    const close = async (): Promise<void> => {
      redouble.stop();
      await Promise.all(listeners.map((listener) => listener.close()));
    };
    dialOutside(redouble);
    try {
      for (const [server, { engine }] of redouble.servers) {
        listeners.push(await listen({ redouble, server, port: engine.address.port }));
      }
    } catch (error) {
      await close();
      if (attempt === ATTEMPTS) throw error;
      continue;
    }
    return { redouble, ports: listeners.map(({ port }) => port!), close };
  }
}
