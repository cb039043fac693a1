// outputOverrun: a server cuts off whoever has too much coming, as a subscriber that reads too slowly (client-output-buffer-limit).
import type { Server } from "../core/index.ts";
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { Overlay } from "./overlay.ts";
import { serverNamed } from "./processes.ts";

type OutputClass = "pubsub" | "replica" | "normal";

export interface OutputOverrunOptions {
  /** Default: the first server. */
  readonly server?: string;
  /** Whom it meets: subscribers (the default), replicas, or everybody else. */
  readonly of?: OutputClass;
  /** So many bytes may wait to be sent, beside the 16 KB that every client has. Default 1. */
  readonly limitBytes?: number;
}

const limits: Readonly<Record<OutputClass, Overlay<string>>> = {
  pubsub: new Overlay(),
  replica: new Overlay(),
  normal: new Overlay(),
};

/** What waited is lost, and nothing tells the client why. Taken out, the old limits hold again. */
export function outputOverrun(options: OutputOverrunOptions = {}): Fault {
  checkOptions("outputOverrun", options);
  const { of = "pubsub", limitBytes = 1 } = options;
  if (!(Number.isInteger(limitBytes) && limitBytes >= 1))
    throw new TypeError("outputOverrun: limitBytes is a whole number from 1 on");
  return {
    name: "outputOverrun",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const server = serverNamed(world, options.server);
      return limits[of].lay(server, `${of} ${limitBytes} 0 0`, {
        before: limitsOf(server, of),
        set: (value) => server.config.set([["client-output-buffer-limit", value]]),
      });
    },
  };
}

/** A class with its three numbers, as they stand in the configuration. */
function limitsOf({ config }: Server, of: OutputClass): string {
  const words = config.text("client-output-buffer-limit").split(" ");
  const at = words.indexOf(of === "replica" ? "slave" : of);
  return words.slice(at, at + 4).join(" ");
}
