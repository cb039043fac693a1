// Which line of the application is behind a dial. ioredis dials a tick later than it is asked to: its tracing channel tells
// when that was. (An AsyncLocalStorage would carry the line along, and make every promise of the process dearer.)
import { tracingChannel } from "node:diagnostics_channel";
import { addressKey, type Address } from "../addresses.ts";
import { realSetImmediate } from "../time/real-time.ts";

/** Stacks of those who asked in this turn of the event loop, by address, in order. */
const asked = new Map<string, string[]>();

/** Begins to note who asks clients to connect; call what it gives to stop. */
export function watchCallers(): () => void {
  const { start } = tracingChannel("ioredis:connect");
  start.subscribe(noteCaller);
  return () => {
    start.unsubscribe(noteCaller);
  };
}

function noteCaller(message: unknown): void {
  const { serverAddress, serverPort } = message as { readonly serverAddress?: string; readonly serverPort?: number };
  if (serverAddress === undefined) return;
  const key = addressKey(
    serverPort === undefined ? { path: serverAddress } : { host: serverAddress, port: serverPort },
  );
  const stacks = asked.get(key);
  if (stacks !== undefined) {
    stacks.push(stackHere());
    return;
  }
  asked.set(key, [stackHere()]);
  realSetImmediate(() => asked.delete(key));
}

/** `file:line:column` of the application's own frame; of the library's, when only that is known. */
export function callerHere(address?: Address): string | undefined {
  const stacks = [stackHere(), address === undefined ? "" : (asked.get(addressKey(address))?.[0] ?? "")];
  return stacks.map(applicationFrame).find(Boolean) ?? stacks.map(libraryFrame).find(Boolean);
}

/** A dial to this address has its answer: the next one belongs to the next who asked. */
export function callerServed(address: Address): void {
  asked.get(addressKey(address))?.shift();
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
