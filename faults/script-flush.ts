// scriptFlush: servers forget every script, as after a restart or a failover: EVALSHA gets NOSCRIPT.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { order } from "./order.ts";
import { serverNamed } from "./processes.ts";

export interface ScriptFlushOptions {
  /** Default: every server. */
  readonly server?: string;
}

export function scriptFlush(options: ScriptFlushOptions = {}): Fault {
  checkOptions("scriptFlush", options);
  return {
    name: "scriptFlush",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const named = options.server === undefined ? world.servers : [serverNamed(world, options.server)];
      const servers = named.filter(({ mode, listens }) => mode !== "sentinel" && listens);
      for (const server of servers) order(server, ["SCRIPT", "FLUSH"]);
      return servers.length > 0 && undefined;
    },
  };
}
