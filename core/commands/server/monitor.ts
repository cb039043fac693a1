// MONITOR: shows the client every command that runs.
import { ReplyError } from "../../resp/errors.ts";
import { defineCommand } from "../command.ts";

export const monitor = defineCommand({
  name: "MONITOR",
  group: "server",
  since: "1.0.0",
  arity: 1,
  summary: "Shows every command that the server runs, until RESET or the end of the connection.",
  complexity: "O(1); every command of others costs as much as there are monitors",
  flags: ["admin", "noscript", "loading", "stale"],
  run({ client, mayBlock, reply }) {
    if (!mayBlock) throw new ReplyError("ERR MONITOR isn't allowed for DENY BLOCKING client");
    if (client.monitoring) return;
    client.monitoring = true;
    reply.ok();
  },
});
