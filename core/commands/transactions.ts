// MULTI, EXEC, DISCARD, WATCH, UNWATCH (multi.c).
import { execAborted, ReplyError } from "../resp/errors.ts";
import { arg } from "./args.ts";
import { defineCommand, type CommandFacts } from "./command.ts";
import { key } from "./keys.ts";

const facts = {
  group: "transactions",
  arity: 1,
  complexity: "O(1)",
  flags: ["noscript", "loading", "stale", "fast", "allow_busy"],
  acl: ["transaction"],
} as const satisfies Partial<CommandFacts>;

const refusedInside = {
  valkey: { flags: ["noscript", "loading", "stale", "fast", "no_multi", "allow_busy"] },
} as const;

export const multi = defineCommand({
  ...facts,
  name: "MULTI",
  since: "1.2.0",
  summary: "Begins a transaction: what follows is queued.",
  in: refusedInside,
  run({ client, reply }) {
    if (client.transaction !== undefined) throw new ReplyError("ERR MULTI calls can not be nested");
    client.transaction = { queue: [], doomed: false };
    client.transacts = true;
    reply.ok();
  },
});

export const exec = defineCommand({
  ...facts,
  name: "EXEC",
  since: "1.2.0",
  summary: "Runs what was queued, as one unit.",
  complexity: "that of the queued commands",
  flags: ["noscript", "loading", "stale", "skip_slowlog"],
  in: { valkey: { flags: ["noscript", "loading", "stale", "skip_commandlog"] } },
  run(context) {
    const { client, reply } = context;
    const { transaction } = client;
    if (transaction === undefined) throw new ReplyError("ERR EXEC without MULTI");
    const changed =
      client.touched ||
      client.watched.some(({ db, key: name, watch: { wasExpired } }) => !wasExpired && db.isPastDeadline(name));
    if (transaction.doomed || changed) {
      client.discard();
      if (transaction.doomed) throw execAborted();
      reply.nullArray();
      return;
    }
    client.unwatch();
    reply.array(transaction.queue.length);
    for (const { command, argv } of transaction.queue) {
      // Rights may have changed since it was queued.
      const refusal = context.server.users.refusesQueued(client, { command, argv });
      if (refusal === undefined) context.call(command, argv);
      else reply.error(refusal);
    }
    client.discard();
  },
});

export const discard = defineCommand({
  ...facts,
  name: "DISCARD",
  since: "2.0.0",
  summary: "Ends a transaction without running what was queued.",
  run({ client, reply }) {
    if (client.transaction === undefined) throw new ReplyError("ERR DISCARD without MULTI");
    client.discard();
    reply.ok();
  },
});

export const watch = defineCommand({
  ...facts,
  name: "WATCH",
  since: "2.2.0",
  arity: -2,
  summary: "Makes the next EXEC run only if these keys have not changed until then.",
  complexity: "O(1) a key",
  in: refusedInside,
  keys: [key.range(1, { lastKey: -1 }, "RO")],
  args: [arg.multiple(arg.key("key"))],
  run({ client, db, reply }, { key: names }) {
    if (client.transaction !== undefined) throw new ReplyError("ERR WATCH inside MULTI is not allowed");
    client.transacts = true;
    if (!client.touched) {
      for (const name of names) {
        if (client.watched.some((each) => each.db === db && each.key === name)) continue;
        client.watched.push({ db, key: name, watch: db.watch(name, client) });
      }
    }
    reply.ok();
  },
});

export const unwatch = defineCommand({
  ...facts,
  name: "UNWATCH",
  since: "2.2.0",
  summary: "Forgets every watched key.",
  run({ client, reply }) {
    client.unwatch();
    reply.ok();
  },
});
