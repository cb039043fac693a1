// The patch of Node's own functions: one for the whole process, whoever asks, and gone without a trace when nobody does.
import dns from "node:dns";
import dnsPromises from "node:dns/promises";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import tls from "node:tls";
import { realNextTick } from "../time/real-time.ts";

/** Somebody who may answer instead of the network. */
export interface Router {
  /** The answer to `net.connect` or `tls.connect`; undefined lets the network have it. */
  connect(args: readonly unknown[], secure: boolean): net.Socket | undefined;
  /** The answer to `socket.connect`. It throws where a dial is forbidden. */
  connectSocket(socket: net.Socket, args: readonly unknown[]): net.Socket | undefined;
  /** Whether a host name exists here only. */
  knows(host: string): boolean;
}

interface Patch {
  /** The newest last. Copies of this package, and the module registries of a runner, each add their own. */
  readonly routers: Router[];
  undo(): void;
}

/** On `net.Socket` itself: unlike `globalThis`, it is one for all the sandboxes that a process may hold. */
const KEY = Symbol.for("redouble.patch");
const shared = net.Socket as { [KEY]?: Patch };

/** Adds a router, and patches Node when it is the first; call what it gives to remove it again. */
export function addRouter(router: Router): () => void {
  const patch = (shared[KEY] ??= install());
  patch.routers.push(router);
  return () => {
    const at = patch.routers.indexOf(router);
    if (at < 0) return;
    patch.routers.splice(at, 1);
    if (patch.routers.length > 0) return;
    patch.undo();
    delete shared[KEY];
  };
}

type Function = (this: unknown, ...args: unknown[]) => unknown;

function install(): Patch {
  const routers: Router[] = [];
  const newestFirst = (): Router[] => routers.toReversed();
  const connect = (secure: boolean) => (args: unknown[]) =>
    first(newestFirst(), (router) => router.connect(args, secure));
  const knows = (host: unknown): boolean =>
    typeof host === "string" && isName(host) && newestFirst().some((router) => router.knows(host));

  const undos = [
    replace(net, "connect", connect(false)),
    replace(net, "createConnection", connect(false)),
    replace(tls, "connect", connect(true)),
    replace(net.Socket.prototype, "connect", (args, socket) =>
      first(newestFirst(), (router) => router.connectSocket(socket as net.Socket, args)),
    ),
    replace(dns, "lookup", (args) => (knows(args[0]) ? lookUp(args) : undefined)),
    replace(dnsPromises, "lookup", (args) => (knows(args[0]) ? Promise.resolve(found(args[1])) : undefined)),
  ];
  syncBuiltinESMExports();
  return {
    routers,
    undo: () => {
      for (const undo of undos) undo();
      syncBuiltinESMExports();
    },
  };
}

/** Puts `answer` before a function: what it gives counts, undefined goes on to the original. */
function replace(holder: object, name: string, answer: (args: unknown[], self: unknown) => unknown): () => void {
  const descriptor = Object.getOwnPropertyDescriptor(holder, name)!;
  const original = descriptor.value as Function;
  const patched: Function = function (...args) {
    return answer(args, this) ?? original.apply(this, args);
  };
  Object.defineProperties(patched, Object.getOwnPropertyDescriptors(original));
  Object.defineProperty(holder, name, { ...descriptor, value: patched });
  return () => {
    if (Object.getOwnPropertyDescriptor(holder, name)?.value === patched)
      Object.defineProperty(holder, name, descriptor);
  };
}

function first<V>(routers: readonly Router[], ask: (router: Router) => V | undefined): V | undefined {
  for (const router of routers) {
    const answer = ask(router);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/** Neither an address nor the name that every machine has for itself. */
function isName(host: string): boolean {
  return net.isIP(host) === 0 && host.toLowerCase() !== "localhost";
}

const HERE = { address: "127.0.0.1", family: 4 } as const;

type LookupCallback = (error: null, address: string | readonly (typeof HERE)[], family?: number) => void;

/** `dns.lookup(host[, options], callback)` of a name that exists here only. */
function lookUp(args: readonly unknown[]): object {
  const callback = args.at(-1) as LookupCallback;
  const result = found(args[1]);
  realNextTick(() => {
    if (Array.isArray(result)) callback(null, result);
    else callback(null, HERE.address, HERE.family);
  });
  return {};
}

function found(options: unknown): typeof HERE | readonly (typeof HERE)[] {
  const all = typeof options === "object" && options !== null && (options as { readonly all?: unknown }).all === true;
  return all ? [HERE] : HERE;
}
