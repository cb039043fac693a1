// One run of a script or a function: what forbids it, its outcome as a reply, and what is left when it was cut off.
import type { Bytes } from "../kernel/bytes.ts";
import type { CommandContext } from "../commands/context.ts";
import { primaryDown, ReplyError } from "../resp/errors.ts";
import type { Interpreter } from "./interpreter.ts";
import { replyFromLua } from "./reply-from-lua.ts";
import type { ScriptFlags } from "./script-flags.ts";
import { everyone, type ScriptKind, type ScriptRun } from "./script-run.ts";

export interface ScriptRequest {
  readonly kind: ScriptKind;
  /** As errors name it. */
  readonly name: Bytes;
  readonly context: CommandContext;
  readonly flags: ScriptFlags;
  /** The command was one of those that only read. */
  readonly mustRead: boolean;
  /** Pushes the function and its arguments, and gives their number. */
  readonly prepare: () => number;
}

/** Runs it, and writes the reply. */
export function runScript(interpreter: Interpreter, request: ScriptRequest): void {
  const { kind, name, context, flags, mustRead, prepare } = request;
  const readOnly = mustRead || flags?.has("no-writes") === true;
  if (mustRead && flags !== undefined && !flags.has("no-writes")) {
    throw new ReplyError("ERR Can not execute a script with write flag using *_ro command.");
  }
  if (flags === undefined && interpreter.host.isStale) throw primaryDown();
  const run: ScriptRun = {
    kind,
    name,
    caller: context,
    command: context.argv,
    flags,
    readOnly,
    wrote: false,
    ranAway: false,
    protocol: 2,
    targets: everyone,
    database: context.client.database,
  };
  const { vm } = interpreter;
  const given = prepare();
  const error = interpreter.call(run, given);
  const countedError = (): void => context.errorIsCounted();
  if (error === undefined) {
    replyFromLua(vm, context.reply, { protocol: run.protocol, countedError });
  } else if ("failure" in error) {
    context.reply.error(`ERR Error running script ${name}, ${error.failure.slice(0, 100)}`);
  } else {
    if (error.counted) countedError();
    const { source, line } = error;
    const place = source !== undefined && line !== undefined ? `, on ${source}:${line}.` : "";
    context.reply.error(`${error.text} script: ${name}${place}`);
  }
  if (run.ranAway) interpreter.host.scriptRanAway(run);
}
