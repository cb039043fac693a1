// The interceptor: while it is on, dials to registered addresses end in simulated servers, and all others go where they went.
import { allHomes, type Binding } from "../scope.ts";
import { homeFor } from "../stream/connection.ts";
import { MemorySocket } from "../stream/memory-socket.ts";
import type { Address } from "../addresses.ts";
import { callerServed, watchCallers } from "./caller.ts";
import { readDial, type Dial } from "./dial.ts";
import { graft } from "./graft.ts";
import { addRouter, type Router } from "./patch.ts";
import { makeGuard, type Guard, type StrictOptions } from "./strict.ts";

export interface InterceptOptions {
  /**
   * Whether dials to what looks like a real Redis fail: ports 6379, 6380 and 26379, sockets named after Redis. Default yes.
   */
  readonly strict?: boolean | StrictOptions;
}

export interface Interception {
  /** Ends it. When the last one ended, every patched function is the original again. */
  restore(): void;
}

/** Those that are on in this copy of the module, the newest last. */
const guards: Guard[] = [];
let stop: (() => void) | undefined;

/**
 * Turns the interceptor on, for every redouble that lives: `net.connect`, `net.createConnection`, `tls.connect`,
 * `new net.Socket().connect` and name lookups. Turning it on twice does no harm; each `restore()` takes one back.
 */
export function intercept({ strict = true }: InterceptOptions = {}): Interception {
  const guard = makeGuard(strict);
  guards.push(guard);
  stop ??= start();
  let active = true;
  return {
    restore: () => {
      if (!active) return;
      active = false;
      guards.splice(guards.indexOf(guard), 1);
      if (guards.length > 0) return;
      stop?.();
      stop = undefined;
    },
  };
}

/** Turns the interceptor on once, for as long as the process lives. */
export function keepIntercepting(): void {
  kept ??= intercept();
}
let kept: Interception | undefined;

function start(): () => void {
  const ends = [addRouter(router), watchCallers()];
  return () => {
    for (const end of ends) end();
  };
}

const router: Router = {
  connect: (args, secure) => {
    const dial = readDial(args);
    if (dial.address === undefined || !isOurs(dial.address, dial.binding)) return undefined;
    return open(dial.address, dial, secure);
  },

  connectSocket: (socket, args) => {
    if (socket instanceof MemorySocket) return undefined;
    const dial = readDial(args);
    if (dial.address === undefined) return undefined;
    if (!isOurs(dial.address, dial.binding) || "encrypted" in socket) {
      const error = guards.at(-1)?.(dial.address);
      if (error !== undefined) throw error;
      return undefined;
    }
    if (dial.callback !== undefined) socket.once("connect", dial.callback);
    graft(socket, open(dial.address, { ...dial, callback: undefined }, false));
    return socket;
  },

  knows: (host) => allHomes().some((home) => home.hosts.has(host.toLowerCase())),
};

/** A client of a test that is over is ours too: it must not reach a real server, but be refused. */
function isOurs(address: Address, binding: Binding): boolean {
  const { scope } = binding;
  return homeFor(address, binding) !== undefined || (scope?.ended === true && scope.home.route(address) !== undefined);
}

function open(address: Address, dial: Dial, secure: boolean): MemorySocket {
  const { binding, allowHalfOpen, signal, timeoutMs, callback } = dial;
  callerServed(address);
  const socket = new MemorySocket({ address, binding, secure, allowHalfOpen, ...(signal && { signal }) });
  if (timeoutMs > 0) socket.setTimeout(timeoutMs);
  if (callback !== undefined) socket.once(secure ? "secureConnect" : "connect", callback);
  return socket;
}
