// Which line of the application is behind a dial. ioredis and node-redis dial later than they are asked to: their tracing
// channels tell when that was.
import { AsyncLocalStorage } from "node:async_hooks";
import { tracingChannel } from "node:diagnostics_channel";

const asked = new AsyncLocalStorage<string>();
const CHANNELS = ["ioredis:connect", "node-redis:connect"];

/** Begins to note who asks clients to connect; call what it gives to stop. */
export function watchCallers(): () => void {
  const starts = CHANNELS.map((name) => tracingChannel(name).start);
  for (const start of starts) start.bindStore(asked, () => stackHere());
  return () => {
    for (const start of starts) start.unbindStore(asked);
  };
}

/** `file:line:column` of the application's own frame; of the library's, when only that is known. */
export function callerHere(): string | undefined {
  const stacks = [stackHere(), asked.getStore() ?? ""];
  return stacks.map(applicationFrame).find(Boolean) ?? stacks.map(libraryFrame).find(Boolean);
}

function stackHere(): string {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 50;
  const { stack = "" } = new Error("who calls");
  Error.stackTraceLimit = stackTraceLimit;
  return stack;
}

function applicationFrame(stack: string): string | undefined {
  return frames(stack).find((frame) => !frame.includes("/node_modules/") && !isOwn(frame));
}

function libraryFrame(stack: string): string | undefined {
  return frames(stack).find((frame) => !isOwn(frame));
}

/** The places in a stack that are files, top first. */
function frames(stack: string): string[] {
  return stack
    .split("\n")
    .map((line) => /(?:\(|at (?:async )?)((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/])[^()]*:\d+:\d+)\)?$/.exec(line)?.[1])
    .filter((place) => place !== undefined)
    .map((place) => place.replace(/^file:\/\/(?=\/)/, "").replaceAll("\\", "/"));
}

/** Whether a frame is in this package: in its sources here, or where it is installed. */
function isOwn(frame: string): boolean {
  ownFolder ??= frames(stackHere())[0]?.replace(/net\/caller\.[jt]s:.*$/, "");
  return ownFolder !== undefined && frame.startsWith(ownFolder) && !/\.(test|fixture)\.[cm]?[jt]s:/.test(frame);
}
let ownFolder: string | undefined;
