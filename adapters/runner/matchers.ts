// Assertions on a server, for both runners: toHaveKey, toHaveTTL, toHaveReceived.
import { types } from "node:util";
import { ServerHandle } from "../server-handle.ts";
import { durationMs, type Duration } from "../../core/index.ts";
import { isPlainObject, readValue } from "../values.ts";
import { showCommand } from "./report.ts";
import { showArgument, showDuration } from "./show.ts";

export interface TTLOptions {
  /** How far the time to live may be from the expected one. Default: not at all. */
  readonly within?: Duration;
}

/** The assertions, as `expect(redouble.server)` offers them. */
export interface ServerMatchers<R = void> {
  /**
   * The key exists; with a value, in the shapes of `server.dump()`, it holds it. Numbers are compared as the text that Redis
   * holds; asymmetric matchers such as `expect.stringMatching` will do, at any depth. Times to live are not looked at.
   */
  toHaveKey(key: string, value?: unknown): R;
  /** The key expires; with a duration, after that long: `toHaveTTL("session", "30m", { within: "1s" })`. */
  toHaveTTL(key: string, expected?: Duration, options?: TTLOptions): R;
  /** An application sent this command; with arguments, exactly these: `toHaveReceived("SET", "key", expect.any(String))`. */
  toHaveReceived(command: string, ...args: readonly unknown[]): R;
}

/** How a runner compares what it knows better than by its fields. */
type Tester = (this: never, a: unknown, b: unknown, ...rest: never) => boolean | undefined;

/** What both runners give to a matcher as `this`. */
interface MatcherContext {
  readonly isNot?: boolean;
  equals(a: unknown, b: unknown, testers?: readonly Tester[]): boolean;
  readonly customTesters?: readonly Tester[];
  readonly utils: {
    readonly iterableEquality: Tester;
    readonly matcherHint: (
      this: void,
      name: string,
      received?: string,
      expected?: string,
      options?: { isNot?: boolean; secondArgument?: string },
    ) => string;
  } & Printers;
}

interface Printers {
  readonly printExpected: (this: void, value: unknown) => string;
  readonly printReceived: (this: void, value: unknown) => string;
}

interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
}

/** For `expect.extend`. */
export const serverMatchers = {
  toHaveKey(this: MatcherContext, received: unknown, key: string, ...rest: readonly [value?: unknown]): Verdict {
    const server = serverOf(received, "toHaveKey");
    const { printExpected, printReceived } = shortened(this.utils);
    const exists = server.call("EXISTS", key) === 1;
    const value = exists && rest.length > 0 ? valueOf(server, key) : undefined;
    const pass = exists && (rest.length === 0 || holds(this, value, comparable(rest[0])));
    return verdict(this, pass, "toHaveKey", rest.length > 0 ? "key, value" : "key", () => [
      `Expected key: ${this.isNot ? "not " : ""}${printExpected(key)}`,
      ...(rest.length > 0 ? [`Expected value: ${this.isNot ? "not " : ""}${printExpected(comparable(rest[0]))}`] : []),
      ...(exists ? [] : [`The server holds ${keysOf(server)}`]),
      ...(exists && rest.length > 0 ? [`Received value: ${printReceived(value)}`] : []),
      ...(exists && rest.length === 0 ? [`The server holds it: ${printReceived(valueOf(server, key))}`] : []),
      ...lastTouching(server, key),
    ]);
  },

  toHaveTTL(
    this: MatcherContext,
    received: unknown,
    key: string,
    expected?: Duration,
    options: TTLOptions = {},
  ): Verdict {
    const server = serverOf(received, "toHaveTTL");
    const exists = server.call("EXISTS", key) === 1;
    const ttl = exists ? server.ttl(key) : null;
    const expectedMs = expected === undefined ? undefined : durationMs(expected);
    const withinMs = options.within === undefined ? 0 : durationMs(options.within);
    const pass = ttl !== null && (expectedMs === undefined || Math.abs(ttl - expectedMs) <= withinMs);
    const { printExpected, printReceived } = this.utils;
    return verdict(this, pass, "toHaveTTL", expected === undefined ? "key" : "key, duration", () => [
      `Key: ${printExpected(key)}`,
      ...(expectedMs === undefined
        ? [`Expected: ${this.isNot ? "no " : "a "}time to live`]
        : [
            `Expected: ${this.isNot ? "not " : ""}${printExpected(showDuration(expectedMs))}` +
              (withinMs > 0 ? `, within ${showDuration(withinMs)}` : ""),
          ]),
      exists
        ? `Received: ${ttl === null ? printReceived("no time to live: it lives for ever") : printReceived(showDuration(ttl))}`
        : `There is no such key. The server holds ${keysOf(server)}`,
      ...lastTouching(server, key),
    ]);
  },

  toHaveReceived(this: MatcherContext, received: unknown, command: string, ...args: readonly unknown[]): Verdict {
    const server = serverOf(received, "toHaveReceived");
    const name = command.toUpperCase();
    const wanted = args.map(comparable);
    const named = server.commands.filter((each) => each.name === name);
    const pass = named.some((each) => args.length === 0 || this.equals(each.args, wanted));
    return verdict(this, pass, "toHaveReceived", "command, ...args", () => {
      const shown = named.length > 0 ? named : server.commands;
      return [
        `Expected: ${this.isNot ? "not " : ""}${[name, ...wanted.map((arg) => showWanted(this, arg))].join(" ")}`,
        shown.length === 0
          ? "The server received no commands."
          : `The server received ${named.length > 0 ? `${name} ${named.length === 1 ? "once" : `${named.length} times`}` : `no ${name}, but`}:`,
        ...shown.slice(-MOST_SHOWN).map((each) => `  ${showCommand(each)}`),
      ];
    });
  },
};

const MOST_SHOWN = 10;
const MOST_CHARS = 4000;

/** Values may be large, and a message is to be read. */
function shortened({ printExpected, printReceived }: Printers): Printers {
  return {
    printExpected: (value) => shortenedText(printExpected(value)),
    printReceived: (value) => shortenedText(printReceived(value)),
  };
}

function shortenedText(text: string): string {
  if (text.length <= MOST_CHARS) return text;
  const [endOfColour = ""] = /(?:\u001b\[\d+m)?$/.exec(text) ?? [];
  return `${text.slice(0, MOST_CHARS)}... (and ${text.length - MOST_CHARS - endOfColour.length} more characters)${endOfColour}`;
}

function verdict(
  context: MatcherContext,
  pass: boolean,
  name: string,
  args: string,
  lines: () => readonly string[],
): Verdict {
  const [first, second] = args.split(/, (.*)/s);
  const message = (): string =>
    [
      context.utils.matcherHint(name, "server", first, {
        isNot: context.isNot ?? false,
        ...(second !== undefined && { secondArgument: second }),
      }),
      "",
      ...lines(),
    ].join("\n");
  return { pass, message };
}

/** `expect(redouble.server)`, and `expect(redouble)` as well. */
function serverOf(received: unknown, matcher: string): ServerHandle {
  if (isServer(received)) return received;
  const inner =
    typeof received === "object" && received !== null ? (received as { server?: unknown }).server : undefined;
  if (isServer(inner)) return inner;
  throw new TypeError(
    `${matcher} looks at a server: expect(redouble.server).${matcher}(...), or expect(redouble.named("replica-1")) where there ` +
      `are several. This is ${received === undefined ? "undefined, as redouble.servers.get(...) is for a name that there is not" : `of type ${typeof received}`}.`,
  );
}

/** Another copy of the class is as good. */
function isServer(value: unknown): value is ServerHandle {
  return (
    value instanceof ServerHandle ||
    (typeof value === "object" && value !== null && "dump" in value && "commands" in value)
  );
}

/** Without this tester, all Sets are equal. */
function holds(context: MatcherContext, value: unknown, wanted: unknown): boolean {
  return context.equals(value, wanted, [...(context.customTesters ?? []), context.utils.iterableEquality]);
}

/** Redis holds text: numbers are compared as they arrive there, all but scores. */
function comparable(value: unknown): unknown {
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return value.map(comparableRow);
  if (types.isSet(value)) return new Set(Array.from(value, comparable));
  if (types.isMap(value)) return new Map(Array.from(value, ([name, each]) => [comparable(name), comparable(each)]));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, comparable(each)]));
}

function comparableRow(row: unknown): unknown {
  if (!Array.isArray(row)) return comparable(row);
  return row.map((each: unknown, i) => (i === 1 && typeof each === "number" ? each : comparable(each)));
}

function valueOf(server: ServerHandle, key: string): unknown {
  return readValue(server, key, { fieldTTLs: false });
}

function keysOf(server: ServerHandle): string {
  const keys = server.keys();
  if (keys.length === 0) return "no keys.";
  const shown = keys.slice(0, MOST_SHOWN).map(showArgument).join(", ");
  return `${keys.length === 1 ? "one key" : `${keys.length} keys`}: ${shown}${keys.length > MOST_SHOWN ? ", ..." : ""}`;
}

/** What applications did to a key last, if they did anything. */
function lastTouching(server: ServerHandle, key: string): string[] {
  const last = server.commands.findLast(({ args }) => args.includes(key));
  return last === undefined ? [] : [`Last command with this key: ${showCommand(last)}`];
}

function showWanted(context: MatcherContext, wanted: unknown): string {
  return typeof wanted === "string" || Buffer.isBuffer(wanted)
    ? showArgument(wanted)
    : context.utils.printExpected(wanted);
}
