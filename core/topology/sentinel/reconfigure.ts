// Turning a server towards another primary, in one transaction so that no client sees half of it (sentinel.c: sentinelSendSlaveOf).
import type { Address } from "../../server/network.ts";
import type { Instance } from "./instance.ts";

/** SLAVEOF, or SLAVEOF NO ONE without an address; clients are cut off so that they look again. False without a connection. */
export function sendSlaveOf({ link }: Instance, to: Address | undefined): boolean {
  if (!link.hasCommands) return false;
  const where = to === undefined ? ["NO", "ONE"] : [to.host, String(to.port)];
  link.send(["MULTI"]);
  link.send(["SLAVEOF", ...where]);
  link.send(["CONFIG", "REWRITE"]);
  link.send(["CLIENT", "KILL", "TYPE", "normal"]);
  link.send(["CLIENT", "KILL", "TYPE", "pubsub"]);
  link.send(["EXEC"]);
  return true;
}
