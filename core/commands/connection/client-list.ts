// Looking at and closing connections: CLIENT INFO, LIST, KILL (networking.c: clientKillCommand).
import { parseInt64, type Int64 } from "../../kernel/integers.ts";
import type { Bytes } from "../../kernel/bytes.ts";
import { ReplyError, syntaxError } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import type { ClientPort } from "../ports.ts";
import {
  chooseClients,
  joinFilters,
  readClientId,
  readMaxAge,
  readUser,
  skipMe,
  typeFilter,
  type GivenFilter,
} from "./client-filters.ts";
import { describeClient } from "./client-line.ts";

const facts = {
  group: "connection",
  complexity: "O(N) for N clients",
  flags: ["admin", "noscript", "loading", "stale"],
  acl: ["connection"],
} as const satisfies Partial<CommandFacts>;

export const clientInfo = defineCommand({
  ...facts,
  name: "INFO",
  since: "6.2.0",
  arity: 2,
  summary: "Replies the line of CLIENT LIST about this connection.",
  complexity: "O(1)",
  flags: ["noscript", "loading", "stale"],
  tips: ["nondeterministic_output"],
  run(context) {
    context.reply.verbatim("txt", `${describeClient(context.client, context)}\n`);
  },
});

const valkey81 = { since: { valkey: "8.1.0" } } as const;

export const list = defineCommand({
  ...facts,
  name: "LIST",
  since: "2.4.0",
  arity: -2,
  summary: "Replies a line of facts for every connection.",
  tips: ["nondeterministic_output"],
  args: [
    arg.optional(typeFilter("client-type", { name70: "normal_master_replica_pubsub", since: "5.0.0", slave: false })),
    arg.optional(
      arg.block("id", [arg.multiple(arg.read(arg.lateInteger("client-id"), readListedId))], {
        token: "ID",
        since: "6.2.0",
        until: "7.2.0",
      }),
    ),
    arg.optional(
      arg.multiple(
        arg.read(
          arg.lateInteger("client-id", { token: "ID", since: { redis: "7.2.0" }, sinceShown: { redis: "6.2.0" } }),
          readListedId,
        ),
      ),
    ),
    arg.optional(
      arg.multiple(
        arg.read(
          arg.lateInteger("valkey-client-id", {
            nameShown: "client-id",
            token: "ID",
            since: { valkey: "7.2.0" },
            sinceShown: { valkey: "6.2.0" },
            goesOnWith: /^-?\d{1,19}$/,
          }),
          readClientId,
        ),
      ),
    ),
    arg.optional(arg.read(arg.string("username", { token: "USER", ...valkey81 }), readUser)),
    arg.optional(arg.string("addr", { token: "ADDR", display: "ip:port", ...valkey81 })),
    arg.optional(arg.string("laddr", { token: "LADDR", display: "ip:port", ...valkey81 })),
    arg.optional(skipMe({ valkey: "8.1.0" })),
    arg.optional(arg.read(arg.lateInteger("maxage", { token: "MAXAGE", ...valkey81 }), readMaxAge)),
  ],
  run(context, given) {
    const type = given["client-type"];
    const ids = given.id?.["client-id"] ?? given["client-id"];
    if (!context.profile.can.filterClients && type !== undefined && context.argv.length !== 4) throw syntaxError();
    const valkeyIds = given["valkey-client-id"];
    if (valkeyIds !== undefined && context.argv.length === 3) throw syntaxError();
    const chosen = chooseClients(context, {
      ids: valkeyIds ?? ids,
      type: type?.is,
      user: given.username,
      address: given.addr,
      localAddress: given.laddr,
      skipMe: given.skipme?.is === "yes",
      maxAge: given.maxage,
    });
    // Redis goes by the numbers as they were given, Valkey by the connections.
    const listed = ids === undefined ? chosen : ids.flatMap((id) => chosen.filter((each) => each.id === id));
    context.reply.verbatim("txt", listed.map((each) => `${describeClient(each, context)}\n`).join(""));
  },
});

function readListedId(bytes: Bytes): Int64 {
  const id = parseInt64(bytes);
  if (id === undefined) throw new ReplyError("ERR Invalid client ID");
  return id;
}

export const kill = defineCommand({
  ...facts,
  name: "KILL",
  since: "2.4.0",
  arity: -3,
  summary: "Closes connections: the one from an address, or all that the filters let through.",
  args: [
    arg.oneOf("filter", [
      arg.string("old-format", { display: "ip:port", name70: "ip:port", deprecatedSince: "2.8.12", lastWord: true }),
      arg.multiple(
        arg.oneOf("new-format", [
          arg.optional(
            arg.read(arg.lateInteger("client-id", { token: "ID", since: { redis: "2.8.12" } }), readClientId),
          ),
          arg.optional(
            arg.multiple(
              arg.read(
                arg.lateInteger("client-id", {
                  token: "ID",
                  since: { valkey: "2.8.12" },
                  goesOnWith: /^-?\d{1,19}$/,
                }),
                readClientId,
              ),
            ),
          ),
          arg.optional(
            typeFilter("client-type", { name70: "normal_master_slave_pubsub", since: "2.8.12", slave: true }),
          ),
          arg.optional(arg.read(arg.string("username", { token: "USER" }), readUser)),
          arg.optional(arg.string("addr", { token: "ADDR", display: "ip:port", name70: "ip:port" })),
          arg.optional(arg.string("laddr", { token: "LADDR", since: "6.2.0", display: "ip:port", name70: "ip:port" })),
          arg.optional(arg.string("skipme", { token: "SKIPME", name70: "yes/no", until: "7.2.0" })),
          arg.optional({ ...skipMe(), facts: { token: "SKIPME", since: "7.2.0", sinceShown: {} } }),
          arg.optional(
            arg.read(
              arg.lateInteger("maxage", { token: "MAXAGE", since: { redis: "7.4.0", valkey: "8.0.0" } }),
              readMaxAge,
            ),
          ),
        ]),
      ),
    ]),
  ],
  run(context, { filter }) {
    const { reply } = context;
    if (filter.is === "old-format") {
      const found = [...context.server.clients.values()].find(({ address }) => address === filter.value);
      if (found === undefined) throw new ReplyError("ERR No such client");
      reply.ok();
      close(found, context);
      return;
    }
    const found = chooseClients(context, { skipMe: true, ...joinFilters(filter.value as readonly GivenFilter[]) });
    reply.integer(found.length);
    for (const each of found) close(each, context);
  },
});

/** A client that closes itself still gets the reply. */
function close(client: ClientPort, { client: me }: CommandContext): void {
  if (client === me) client.closeAfterReply();
  else client.close();
}
