// Commands and replies while faults look on: the slow path of execution, on which hooks may stop, change or lose them.
import { upper, type Bytes } from "../kernel/bytes.ts";
import { findKeys } from "../commands/keys.ts";
import type { WaitingCommand } from "./blocking.ts";
import type { Client } from "./client.ts";
import type { CommandEvent, ReplyVerdict } from "./hooks.ts";
import type { Server } from "./server.ts";

/** A command with its arguments. */
export type RunningCommand = Pick<WaitingCommand, "command" | "argv">;

interface Stage {
  readonly client: Client;
  readonly server: Server;
}

/** Lets faults judge a command before it runs by `run`, and then its reply. */
export function judgeCommand(stage: Stage, running: RunningCommand, run: () => void): void {
  const { client, server } = stage;
  const verdict = server.world.hooks.onCommand(eventOf(client, running));
  if (verdict?.type === "reset") {
    client.link.close("reset");
    return;
  }
  if (verdict?.type === "refuse") {
    client.reply.error(verdict.error);
    server.countError(verdict.error);
    return;
  }
  if (verdict?.type === "stall") server.stall(verdict.durationMs);
  judgeReply(stage, running, run);
}

/** Lets faults judge the reply that `write` writes, if any look on; a command that waits has none yet. */
export function judgeReply({ client, server }: Stage, running: RunningCommand, write: () => void): void {
  const { hooks } = server.world;
  const { reply } = client;
  if (!hooks.watchesReplies || client.link.own) {
    write();
    return;
  }
  const earlier = reply.take();
  write();
  const own = reply.take().join("");
  for (const bytes of earlier) reply.raw(bytes);
  if (!client.suspended) apply(client, hooks.onReply({ ...eventOf(client, running), reply: own }), own);
}

function eventOf(client: Client, { command, argv }: RunningCommand): CommandEvent {
  return {
    ...client.link.event(),
    command: upper(command.fullName),
    argv,
    keys: (findKeys(command.keys, argv) ?? []).map(({ index }) => argv[index]!),
    flags: command.flags,
  };
}

function apply(client: Client, verdict: ReplyVerdict | undefined, own: Bytes): void {
  const { reply, link } = client;
  if (verdict === undefined) {
    reply.raw(own);
    return;
  }
  switch (verdict.type) {
    case "replace":
      reply.raw(verdict.reply);
      return;
    case "delay":
      client.flush();
      link.send(own, verdict.delayMs);
      return;
    case "silence":
      client.flush();
      link.silence();
      return;
    case "cut":
      reply.raw(own.slice(0, verdict.sizeBytes));
      client.flush();
      link.close("reset");
  }
}
