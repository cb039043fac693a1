// CLIENT UNBLOCK: ends another client's wait (networking.c: clientCommand).
import { parseInt64 } from "../../kernel/integers.ts";
import { notAnInteger, ReplyError, unknownForm } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand } from "../command.ts";

const noReason = (): ReplyError => new ReplyError("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");

export const unblock = defineCommand({
  name: "UNBLOCK",
  group: "connection",
  since: "5.0.0",
  arity: -3,
  summary: "Ends the wait of a client as if its time were over, or by an error.",
  complexity: "O(log N) for N connections",
  flags: ["admin", "noscript", "loading", "stale"],
  acl: ["connection"],
  args: [
    arg.lateInteger("client-id"),
    arg.optional(
      arg.oneOf(
        "unblock-type",
        [arg.token("timeout", "TIMEOUT", { lastWord: true }), arg.token("error", "ERROR", { lastWord: true })],
        {
          name70: "timeout_error",
        },
      ),
    ),
    arg.optional(arg.multiple(arg.string("ignored", { since: { valkey: "7.2.0" }, undocumented: true }))),
  ],
  unknownOption: (_word, argv) => (argv.length === 4 ? noReason() : unknownForm(argv[1]!, "CLIENT")),
  run({ argv, server, reply }, { "client-id": idText, "unblock-type": type, ignored }) {
    if (argv.length === 4 && ignored !== undefined) throw noReason();
    const id = parseInt64(idText);
    if (id === undefined) throw notAnInteger();
    const client = server.clients.get(Number(id));
    const reason = (argv.length === 4 ? type?.is : undefined) ?? "timeout";
    reply.integer(client !== undefined && server.unblock(client, reason) ? 1 : 0);
  },
});
