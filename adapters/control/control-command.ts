// The command REDOUBLE: what a test turns in process, turned over the wire. Only servers that were told to have it.
import {
  type Client,
  type Command,
  type CommandContext,
  ReplyError,
  arg,
  defineCommand,
  defineContainer,
  durationMs,
} from "../../core/index.ts";
import {
  faultFrom,
  faultNames,
  parseFault,
  printFault,
  type Fault,
  type FaultGuard,
  type Injector,
} from "../../faults/index.ts";
import type { Home } from "../scope.ts";
import { realSetImmediate } from "../time/real-time.ts";

/** What the command may turn. */
export interface Controls extends Home {
  readonly faults: Injector;
  reset(): void;
}

/** The deployment is made after its commands: it comes into this place then. */
export interface ControlsPlace {
  current?: Controls;
}

const facts = {
  group: "server",
  since: "1.0.0",
  complexity: "O(1)",
  flags: ["admin", "noscript", "loading", "stale", "no_multi"],
  acl: ["admin", "dangerous"],
} as const;

/**
 * `REDOUBLE NOW`, `REDOUBLE ADVANCE 1h30m`, `REDOUBLE RESET`, `REDOUBLE FAULT INJECT latency delayMs 5`,
 * `REDOUBLE FAULT LIST`, `REDOUBLE FAULT CLEAR [id]`.
 */
export function controlCommand(place: ControlsPlace): Command {
  const controls = (): Controls => {
    if (place.current === undefined) throw new ReplyError("ERR the server is not ready");
    return place.current;
  };
  return defineContainer({
    ...facts,
    name: "REDOUBLE",
    arity: -2,
    summary: "Turns the clock and injects faults. Redouble has it, Redis does not.",
    subcommands: [
      defineCommand({
        ...facts,
        name: "NOW",
        arity: 2,
        summary: "Replies the time in milliseconds.",
        run: ({ now, reply }) => reply.integer(now),
      }),
      defineCommand({
        ...facts,
        name: "ADVANCE",
        arity: 3,
        summary: "Moves the time forward, and replies when everything on the way has happened.",
        args: [arg.string("duration")],
        run: (context, { duration }) => {
          const milliseconds = understood(() => durationMs(/^\d+$/.test(duration) ? Number(duration) : duration));
          replyAfter(context, controls(), () => controls().clock.advance(milliseconds));
        },
      }),
      defineCommand({
        ...facts,
        name: "RESET",
        arity: 2,
        summary: "Puts a fresh server in the place of this one. Quiet connections stay.",
        run: (context) => {
          replyAfter(context, controls(), () => Promise.resolve());
          realSetImmediate(() => controls().reset());
        },
      }),
      defineCommand({
        ...facts,
        name: "FAULT",
        arity: -3,
        summary: "Injects, lists and clears faults.",
        args: [arg.multiple(arg.string("word"))],
        run: ({ reply }, { word: [action = "", ...words] }) => {
          const { faults } = controls();
          switch (action.toUpperCase()) {
            case "INJECT":
              reply.integer(faults.inject(readFault(words)).id);
              return;
            case "LIST":
              reply.bulks(faults.all.filter(({ active }) => active).map(show));
              return;
            case "CLEAR":
              clear(faults, words);
              reply.ok();
              return;
            default:
              throw new ReplyError("ERR REDOUBLE FAULT is followed by INJECT, LIST or CLEAR");
          }
        },
      }),
    ],
  });
}

/** The client waits until `work` is done, then learns that it is. */
function replyAfter(
  { client, reply, block }: CommandContext,
  { main: server }: Controls,
  work: () => Promise<unknown>,
): void {
  block({ keys: [], timeoutMs: 0, retry: () => false, timedOut: () => {} });
  const done = (answer: () => void): void => {
    server.blocking.finish(client as Client, answer);
    server.outbox.flushAll();
  };
  realSetImmediate(() => {
    work().then(
      () => done(() => reply.ok()),
      (error: unknown) => done(() => reply.error(new ReplyError(`ERR ${messageOf(error)}`))),
    );
  });
}

/** `latency delayMs 5 command GET`, `latency {"delayMs":5}` or `latency({"delayMs":5})`. */
function readFault(words: readonly string[]): Fault {
  return understood(() => {
    const [name = "", ...rest] = words;
    if (name === "") throw new TypeError(`there are the faults ${faultNames.join(", ")}`);
    if (name.includes("(")) return parseFault(words.join(" "));
    if (rest[0]?.startsWith("{") === true) return parseFault(`${name}(${rest.join(" ")})`);
    const options: Record<string, unknown> = {};
    for (let i = 0; i < rest.length; i += 2) options[rest[i]!] = readOption(rest[i + 1]);
    return faultFrom(name, options);
  });
}

function show({ id, fault, fired }: FaultGuard): string {
  return `${id} ${printFault(fault)} fired ${fired}`;
}

/** Numbers and truth values mean themselves; everything else is text. */
function readOption(word: string | undefined): unknown {
  if (word === undefined) throw new TypeError("every option has a value");
  if (word === "true" || word === "false") return word === "true";
  return /^-?\d+(\.\d+)?$/.test(word) ? Number(word) : word;
}

function clear(faults: Injector, [id]: readonly string[]): void {
  if (id === undefined) {
    faults.clear();
    return;
  }
  const guard = faults.all.find((each) => String(each.id) === id);
  if (guard === undefined) throw new ReplyError(`ERR there is no fault ${id}; see REDOUBLE FAULT LIST`);
  guard.uninstall();
}

/** Errors of our own readers, as replies. */
function understood<V>(read: () => V): V {
  try {
    return read();
  } catch (error) {
    throw new ReplyError(`ERR ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
