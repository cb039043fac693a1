// Waiting for elements of lists: BLPOP, BRPOP, BLMPOP, BLMOVE, BRPOPLPUSH (t_list.c: blockingPopGenericCommand).
import type { Bytes } from "../../kernel/bytes.ts";
import { List, type ListEnd } from "../../types/list.ts";
import { arg } from "../args.ts";
import { defineCommand, type Command, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { countedKeysBeforeWords, keyCount, popCount } from "../counted-keys.ts";
import { key } from "../keys.ts";
import { readTimeoutSeconds } from "../timeout.ts";
import { writeAs, type ChangeTold } from "../values.ts";
import { serveOrWait } from "../wait-for-keys.ts";
import { end, listEnd, popFrom, type Taking } from "./ends.ts";
import { moveElement, moveFacts, popAt, popFirst, type Move } from "./pop.ts";

function definePop(own: Pick<CommandFacts, "name" | "summary">, at: ListEnd): Command {
  return defineCommand({
    ...own,
    group: "list",
    since: "2.0.0",
    arity: -3,
    complexity: "O(N) for N keys",
    flags: ["write", "blocking"],
    // Scripts were not allowed to call what may wait.
    in: { "redis-7.0": { flags: ["write", "noscript", "blocking"] } },
    acl: ["list", "blocking"],
    keys: [key.range(1, { lastKey: -2 }, "RW", "ACCESS", "DELETE")],
    args: [arg.multiple(arg.key("key")), arg.double("timeout")],
    run(context, { key: names, timeout }) {
      serveOrWait(context, {
        keys: names,
        type: "list",
        timeoutMs: readTimeoutSeconds(timeout, context),
        serve: (keys, late) => popOne(context, keys, { end: at, count: 1, told: told(context, late) }),
        nothing: () => context.reply.nullArray(),
      });
    },
  });
}

/** Redis 7.0 tells nobody who caches a list that a waiting client has taken from it, unless by BLMPOP. */
function told({ profile }: CommandContext, late: boolean): ChangeTold | undefined {
  return late && profile.can.servesWrittenKeyAlone ? "never" : undefined;
}

function popOne(context: CommandContext, names: readonly Bytes[], taking: Taking): boolean {
  const { reply, propagate } = context;
  for (const name of names) {
    const list = writeAs(context, name, List);
    if (list === undefined) continue;
    const [element] = popFrom(context, name, list, taking);
    propagate(popAt(taking.end), name);
    reply.bulks([name, element!]);
    return true;
  }
  return false;
}

export const blpop = definePop(
  { name: "BLPOP", summary: "Takes an element from the head of a list, or waits for one." },
  "head",
);
export const brpop = definePop(
  { name: "BRPOP", summary: "Takes an element from the tail of a list, or waits for one." },
  "tail",
);

export const blmpop = defineCommand({
  name: "BLMPOP",
  group: "list",
  since: "7.0.0",
  arity: -5,
  summary: "Takes elements from the first of several lists that has any, or waits for them.",
  complexity: "O(N+M) for N keys and M elements taken",
  flags: ["write", "blocking", "movablekeys"],
  acl: ["list", "blocking"],
  keys: [key.counted(2, "RW", "ACCESS", "DELETE")],
  args: [arg.double("timeout"), keyCount, countedKeysBeforeWords, end("where"), popCount],
  run(context, { timeout, key: names, where, count = 1 }) {
    serveOrWait(context, {
      keys: names,
      type: "list",
      timeoutMs: readTimeoutSeconds(timeout, context),
      serve: (keys) => popFirst(context, keys, { end: listEnd(where), count }),
      nothing: () => context.reply.nullArray(),
    });
  },
});

const blockingMoveFacts = {
  ...moveFacts,
  flags: ["write", "denyoom", "blocking"],
  in: { "redis-7.0": { flags: ["write", "denyoom", "noscript", "blocking"] } },
  acl: [...moveFacts.acl, "blocking"],
} as const satisfies Partial<CommandFacts>;

/** Moves an element or waits for one; `tell` informs replicas, as of a move that does not wait. */
function moveOrWait(context: CommandContext, timeout: Bytes, given: Move, tell: (late: boolean) => void): void {
  serveOrWait(context, {
    keys: [given.source],
    type: "list",
    timeoutMs: readTimeoutSeconds(timeout, context),
    serve(_keys, late) {
      const moved = moveElement(context, { ...given, told: told(context, late) });
      if (moved) tell(late);
      return moved;
    },
    nothing: () => context.reply.null(),
  });
}

export const blmove = defineCommand({
  ...blockingMoveFacts,
  name: "BLMOVE",
  since: "6.2.0",
  arity: 6,
  summary: "Moves an element from an end of a list to an end of another, or waits for one.",
  args: [
    arg.key("source"),
    arg.key("destination", { keySpec: 1 }),
    end("wherefrom"),
    end("whereto"),
    arg.double("timeout"),
  ],
  run(context, { source, destination, wherefrom, whereto, timeout }) {
    const { argv, profile, propagate } = context;
    const given = { source, destination, from: listEnd(wherefrom), to: listEnd(whereto) };
    moveOrWait(context, timeout, given, (late) => {
      const ends = late && profile.can.servesWrittenKeyAlone ? [wherefrom.is, whereto.is] : argv.slice(3, 5);
      propagate("LMOVE", source, destination, ...ends);
    });
  },
});

export const brpoplpush = defineCommand({
  ...blockingMoveFacts,
  name: "BRPOPLPUSH",
  since: "2.2.0",
  arity: 4,
  summary: "Moves the last element of a list to the head of another, or waits for one.",
  deprecated: { since: "6.2.0", replacedBy: "`BLMOVE` with the `RIGHT` and `LEFT` arguments" },
  args: [arg.key("source"), arg.key("destination", { keySpec: 1 }), arg.double("timeout")],
  run(context, { source, destination, timeout }) {
    const given = { source, destination, from: "tail", to: "head" } as const;
    moveOrWait(context, timeout, given, () => context.propagate("RPOPLPUSH", source, destination));
  },
});
