// Serving a client at once, or when one of its keys has come to hold what it wants: what every blocking pop does.
import type { Bytes } from "../kernel/bytes.ts";
import type { BlockRequest, CommandContext } from "./context.ts";

export interface Wait extends Required<Pick<BlockRequest, "keys" | "type" | "timeoutMs">> {
  /** Replies from the first of the keys that has something; false where none has. `late` says that the client has waited. */
  readonly serve: (keys: readonly Bytes[], late: boolean) => boolean;
  /** Replies where nothing may wait. */
  readonly nothing: () => void;
}

/** Serves at once where that is possible; otherwise waits, or says that there is nothing inside of MULTI and scripts. */
export function serveOrWait(context: CommandContext, { keys, type, timeoutMs, serve, nothing }: Wait): void {
  const { reply, mayBlock, profile, block } = context;
  if (serve(keys, false)) return;
  if (!mayBlock) {
    nothing();
    return;
  }
  block({
    keys,
    type,
    timeoutMs,
    retry: (key) => serve(profile.can.servesWrittenKeyAlone ? [key] : keys, true),
    timedOut: () => reply.nullArray(),
  });
}
