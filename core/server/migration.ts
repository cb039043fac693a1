// Keys go to another server: as a real one does it, nothing else runs until they are there (cluster.c: migrateCommand).
import { toUint8Array, type Bytes } from "../kernel/bytes.ts";
import type { CommandContext } from "../commands/context.ts";
import type { MigrationRequest } from "../commands/ports.ts";
import { ReplyError } from "../resp/errors.ts";
import { ReplyDecoder, type DecodedReply } from "../resp/reply-decoder.ts";
import { encodeRequest } from "./replication/stream-writer.ts";
import type { Server } from "./server.ts";

/** A server of the same world is asked at once; one outside of it, over the host's network, while this one stands still. */
export function migrate(server: Server, context: CommandContext, request: MigrationRequest): void {
  const { network } = server.world;
  const target = network.heardAt(request, server.doors.callerBy("tls-cluster"));
  const requests = requestsFor(server, context, request);
  if (target !== undefined) {
    const reached = !network.isCut(server.name, target.name) && !network.isCut(target.name, server.name);
    if (!reached || target.stalled) {
      server.stall(request.timeoutMs);
      throw readError();
    }
    finish(context, request, askAt(server, target, requests));
  } else if (network.outside === undefined || !context.mayBlock) throw writeError();
  else askOutside(server, context, { request, requests });
}

const readError = (): ReplyError => new ReplyError("IOERR error or timeout reading to target instance");
const writeError = (): ReplyError => new ReplyError("IOERR error or timeout writing to target instance");

/** AUTH and SELECT where they are needed, then RESTORE for each key. */
function requestsFor(
  server: Server,
  { db, now }: CommandContext,
  { keys, replaces, credentials, database }: MigrationRequest,
): readonly (readonly Bytes[])[] {
  const restores = keys.map((key) => {
    const deadline = db.deadline(key);
    const ttl = deadline === undefined ? 0 : Math.max(1, Number(deadline) - now);
    const command = server.cluster === undefined ? "RESTORE" : "RESTORE-ASKING";
    return [command, key, String(ttl), server.persistence.dump(db.raw(key)!), ...(replaces ? ["REPLACE"] : [])];
  });
  return [
    ...(credentials === undefined ? [] : [["AUTH", ...credentials]]),
    ...(database === 0 ? [] : [["SELECT", String(database)]]),
    ...restores,
  ];
}

function askAt(server: Server, target: Server, requests: readonly (readonly Bytes[])[]): readonly DecodedReply[] {
  const decoder = new ReplyDecoder();
  const replies: DecodedReply[] = [];
  const link = target.connect({
    origin: server.name,
    clientAddress: `${server.address.host}:${server.address.port}`,
    peer: {
      write(bytes) {
        decoder.push(bytes);
        for (let reply = decoder.next(); reply !== undefined; reply = decoder.next()) replies.push(reply);
      },
      close() {},
    },
  });
  link.receive(toUint8Array(requests.map(encodeRequest).join("")));
  link.end();
  return replies;
}

/** What was restored there goes here; the first refusal is the reply. */
function finish(
  { db, reply, propagate, notify }: CommandContext,
  { keys, copies }: MigrationRequest,
  replies: readonly DecodedReply[],
): void {
  const before = replies.slice(0, replies.length - keys.length);
  const refused = before.find(({ type }) => type === "error");
  if (replies.length < keys.length) throw readError();
  if (refused?.type === "error") throw refusal(refused.value);
  const restored = replies.slice(before.length);
  const moved = keys.filter((_, at) => restored[at]!.type !== "error");
  if (!copies && moved.length > 0) {
    for (const key of moved) {
      db.delete(key);
      notify("generic", "del", key);
    }
    propagate("DEL", ...moved);
  }
  const error = restored.find(({ type }) => type === "error");
  if (error?.type === "error") throw refusal(error.value);
  reply.ok();
}

function refusal(text: Bytes): ReplyError {
  return new ReplyError(`ERR Target instance replied with error: ${text}`);
}

function askOutside(
  server: Server,
  context: CommandContext,
  { request, requests }: { readonly request: MigrationRequest; readonly requests: readonly (readonly Bytes[])[] },
): void {
  const { world } = server;
  const decoder = new ReplyDecoder();
  const replies: DecodedReply[] = [];
  const client = server.clients.get(context.client.id);
  const wake = server.lifecycle.standStill();
  let over = false;
  const end = (answer: () => void): void => {
    if (over) return;
    over = true;
    timer.cancel();
    call.close();
    wake();
    if (client === undefined) return;
    server.blocking.finish(client, () => {
      server.effects.begin();
      try {
        answer();
      } catch (error) {
        if (!(error instanceof ReplyError)) throw error;
        context.reply.error(error);
      } finally {
        server.effects.end();
      }
    });
    server.outbox.flushAll();
  };
  const timer = world.schedule(world.now + request.timeoutMs, () =>
    end(() => {
      throw readError();
    }),
  );
  const call = world.network.dial(server.doors.callerBy("tls-cluster"), request, {
    onOpen: () => call.write(requests.map(encodeRequest).join("")),
    onData(bytes) {
      decoder.push(bytes);
      for (let reply = decoder.next(); reply !== undefined; reply = decoder.next()) replies.push(reply);
      if (replies.length === requests.length) end(() => finish(context, request, replies));
    },
    onClose: (reason) =>
      end(() => {
        throw reason === "refused" ? writeError() : readError();
      }),
  });
  context.block({ keys: [], timeoutMs: 0, retry: () => false, timedOut: () => {} });
}
