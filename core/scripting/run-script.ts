// One run of a script or a function: what forbids it, its outcome as a reply, and what is left when it was cut off.
import type { CommandContext } from "../commands/context.ts";
import { primaryDown, ReplyError } from "../resp/errors.ts";
import type { Interpreter } from "./interpreter.ts";
import { replyFromLua } from "./reply-from-lua.ts";
import { everyone, type ScriptHost, type ScriptIdentity, type ScriptRun } from "./script-run.ts";

/** Throws what a script is refused with before it runs. `mustRead`: the command was one of those that only read. */
export function admitScript({ flags }: ScriptIdentity, mustRead: boolean, host: ScriptHost): void {
  if (flags?.has("no-cluster") === true) {
    if (host.inCluster) throw new ReplyError("ERR Can not run script on cluster, 'no-cluster' flag is set.");
    host.incompatible();
  }
  if (mustRead && flags !== undefined && !flags.has("no-writes")) {
    throw new ReplyError("ERR Can not execute a script with write flag using *_ro command.");
  }
  if (flags === undefined && host.isStale) throw primaryDown();
}

/** Runs the function on top of the stack, below so many arguments, and writes the reply. */
export function runScript(
  interpreter: Interpreter,
  script: ScriptIdentity,
  {
    context,
    mustRead,
    given,
  }: { readonly context: CommandContext; readonly mustRead: boolean; readonly given: number },
): void {
  const { kind, name, flags } = script;
  const run: ScriptRun = {
    kind,
    name,
    caller: context,
    command: context.argv,
    flags,
    readOnly: mustRead || flags?.has("no-writes") === true,
    wrote: false,
    ranAway: false,
    protocol: 2,
    targets: everyone,
    slot: context.client.slot,
    database: context.client.database,
  };
  const { vm } = interpreter;
  const error = interpreter.call(run, given);
  if (error === undefined) {
    replyFromLua(vm, context, run.protocol);
  } else if ("failure" in error) {
    context.reply.error(`ERR Error running script ${name}, ${error.failure.slice(0, 100)}`);
  } else {
    if (error.counted) context.errorIsCounted();
    const { source, line } = error;
    const place = source !== undefined && line !== undefined ? `, on ${source}:${line}.` : "";
    context.reply.error(`${error.text} script: ${name}${place}`);
  }
  interpreter.tidy();
  if (run.ranAway) interpreter.host.scriptRanAway(run);
}
