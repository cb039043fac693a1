// ACL LOG: who was refused what (acl.c: aclCommand).
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";

import { unknownForm } from "../../resp/errors.ts";
import type { Reply } from "../../resp/reply.ts";
import type { LogEntry } from "../../server/access/access-log.ts";
import { arg } from "../args.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { readInt64 } from "../numbers.ts";
import { exists } from "../profile.ts";
import { adminFacts } from "./facts.ts";

const USUAL_COUNT = 10;

export const log = defineCommand({
  ...adminFacts,
  name: "LOG",
  arity: -2,
  summary: "Replies what was refused lately, or forgets it.",
  complexity: "O(N) for N entries that are shown",
  args: [arg.optional(arg.oneOf("operation", [arg.lateInteger("count"), arg.token("reset", "RESET")]))],
  ignoresArguments: true,
  run(context) {
    const { argv, reply, server } = context;
    const { log: kept } = server.users;
    const [, , word, more] = argv;
    if (more !== undefined) throw unknownForm(argv[1]!, "ACL");
    if (word !== undefined && equalIgnoringCase(word, "RESET")) {
      kept.reset();
      reply.ok();
      return;
    }
    const count = word === undefined ? USUAL_COUNT : Math.max(0, Number(readInt64(word)));
    const shown = kept.entries.slice(0, count);
    reply.array(shown.length);
    for (const entry of shown) replyEntry(context, entry);
  },
});

function replyEntry({ reply, now, profile }: CommandContext, entry: LogEntry): void {
  const numbered = exists("7.2.0", profile);
  reply.map(numbered ? 10 : 7);
  replyNumber(reply, "count", entry.count);
  replyText(reply, "reason", entry.reason);
  replyText(reply, "context", entry.context);
  replyText(reply, "object", entry.object);
  replyText(reply, "username", entry.username);
  reply.bulk("age-seconds");
  reply.double((now - entry.updatedAt) / 1000);
  replyText(reply, "client-info", entry.clientInfo);
  if (!numbered) return;
  replyNumber(reply, "entry-id", entry.id);
  replyNumber(reply, "timestamp-created", entry.createdAt);
  replyNumber(reply, "timestamp-last-updated", entry.updatedAt);
}

function replyText(reply: Reply, name: Bytes, text: Bytes): void {
  reply.bulk(name);
  reply.bulk(text);
}

function replyNumber(reply: Reply, name: Bytes, number: number): void {
  reply.bulk(name);
  reply.integer(number);
}
