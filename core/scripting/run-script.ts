// One run of a script or a function: what forbids it, its outcome as a reply, and what is left when it was cut off.
import type { CommandContext } from "../commands/context.ts";
import type { ClientPort } from "../commands/ports.ts";
import { primaryDown, ReplyError, tooFewReplicas } from "../resp/errors.ts";
import type { Interpreter } from "./interpreter.ts";
import { replyFromLua } from "./reply-from-lua.ts";
import { everyone, type ScriptHost, type ScriptIdentity, type ScriptRun } from "./script-run.ts";

/**
 * Throws what a script is refused with before it runs (script.c: scriptPrepareForRun). `mustRead`: the command was one of those
 * that only read. A script in a transaction may be refused here, where before it was queued it was not.
 */
export function admitScript(
  { flags }: ScriptIdentity,
  { client, mustRead }: { readonly client: ClientPort; readonly mustRead: boolean },
  host: ScriptHost,
): void {
  if (flags === undefined) {
    if (host.isStale) throw primaryDown();
    return;
  }
  if (flags.has("no-cluster")) {
    if (host.inCluster) throw new ReplyError("ERR Can not run script on cluster, 'no-cluster' flag is set.");
    host.incompatible();
  }
  if (host.isStale && !flags.has("allow-stale")) {
    throw new ReplyError(
      "MASTERDOWN Link with MASTER is down, replica-serve-stale-data is set to 'no' and 'allow-stale' flag is not set on the script.",
    );
  }
  if (flags.has("no-writes")) return;
  if (mustRead) throw new ReplyError("ERR Can not execute a script with write flag using *_ro command.");
  if (host.isReadOnlyReplica && client.kind !== "primary")
    throw new ReplyError("READONLY Can not run script with write flag on readonly replica");
  if (host.lacksReplicas) throw tooFewReplicas();
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
