// What somebody wants to connect to, read from the arguments of `net.connect` and its relatives in all their forms.
import type { Address } from "../addresses.ts";
import type { Binding } from "../scope.ts";
import { bindHere } from "../stream/connection.ts";

/** Options carry it from a client's creation to its dials, so that a client stays bound to the test that made it. */
export const BINDING = Symbol.for("redouble.binding");

export interface Dial {
  /** Undefined when the arguments name no address that a Redis could have. */
  readonly address: Address | undefined;
  readonly binding: Binding;
  readonly allowHalfOpen: boolean;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly callback: (() => void) | undefined;
}

/** The options of `net.connect` and `tls.connect` that matter here. */
interface Options {
  readonly host?: unknown;
  readonly port?: unknown;
  readonly path?: unknown;
  readonly allowHalfOpen?: unknown;
  readonly timeout?: unknown;
  readonly signal?: unknown;
  /** TLS over a socket that exists already. */
  readonly socket?: unknown;
  readonly [BINDING]?: Binding;
}

/** Reads `(options)`, `(port, host)`, `(path)`, each with an optional callback, and what Node made of them itself. */
export function readDial(args: readonly unknown[]): Dial {
  const options = optionsOf(args);
  const address = addressOf(options);
  const callback = (Array.isArray(args[0]) ? (args[0] as unknown[])[1] : args.at(-1)) ?? undefined;
  return {
    address,
    binding: options[BINDING] ?? bindHere(address),
    allowHalfOpen: options.allowHalfOpen === true,
    timeoutMs: typeof options.timeout === "number" ? options.timeout : 0,
    signal: options.signal instanceof AbortSignal ? options.signal : undefined,
    callback: typeof callback === "function" ? (callback as () => void) : undefined,
  };
}

function optionsOf(args: readonly unknown[]): Options {
  const [first, second, third] = args;
  if (Array.isArray(first)) return (first as Options[])[0] ?? {};
  if (isOptions(first)) return first;
  const more = [second, third].find(isOptions) ?? {};
  if (typeof first === "string" && !/^\d+$/.test(first)) return { ...more, path: first };
  return { ...more, port: first, ...(typeof second === "string" && { host: second }) };
}

function addressOf({ host, port, path, socket }: Options): Address | undefined {
  if (socket !== undefined && socket !== null) return undefined;
  if (typeof path === "string" && path !== "") return { path };
  const number = typeof port === "string" && port.trim() !== "" ? Number(port) : port;
  if (typeof number !== "number" || !Number.isInteger(number) || number < 0 || number > 65_535) return undefined;
  return { host: typeof host === "string" && host !== "" ? host : "localhost", port: number };
}

function isOptions(arg: unknown): arg is Options {
  return typeof arg === "object" && arg !== null;
}
