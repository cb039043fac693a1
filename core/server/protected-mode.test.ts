// Protected mode: cases come from this machine, so who comes from elsewhere is tried here; the words were seen of real servers.
import { expect, test } from "vitest";
import { toUint8Array } from "../kernel/bytes.ts";
import type { ProfileName } from "../commands/profile.ts";
import type { Server } from "./server.ts";
import { World } from "./world.ts";

const STRANGER = "192.0.2.2:50000";

function open(config: Readonly<Record<string, string>> = {}, profile: ProfileName = "redis-8.0"): Server {
  return new World({ seed: 1 }).createServer({ profile, config });
}

/** What somebody at an address is answered to PING, and whether the connection stands. */
function ping(server: Server, clientAddress: string): { readonly reply: string; readonly stands: boolean } {
  const seen = { reply: "", stands: true };
  const peer = { write: (bytes: string) => void (seen.reply += bytes), close: () => void (seen.stands = false) };
  const link = server.connect({ peer, clientAddress });
  server.world.advanceTo(server.world.now);
  link.receive(toUint8Array("PING\r\n"));
  return seen;
}

test("a stranger is told why, and counted as rejected", () => {
  const server = open();
  const { reply, stands } = ping(server, STRANGER);
  expect(reply).toMatch(/^-DENIED Redis is running in protected mode because .* from the outside\.\r\n$/);
  expect(stands).toBe(false);
  expect(server.stats).toMatchObject({ rejectedConnections: 1, connectionsReceived: 0, errorReplies: 0 });
});

test.each(["127.0.0.1:50000", "127.9.9.9:50000", "[::1]:50000", "/tmp/redis.sock:0"])("%s gets in", (address) => {
  expect(ping(open(), address)).toEqual({ reply: "+PONG\r\n", stands: true });
});

test("a password is enough, and so is turning it off", () => {
  expect(ping(open({ requirepass: "secret" }), STRANGER).reply).toBe("-NOAUTH Authentication required.\r\n");
  expect(ping(open({ "protected-mode": "no" }), STRANGER).reply).toBe("+PONG\r\n");
});

test("each family has its words", () => {
  expect(ping(open({}, "valkey-8.1"), STRANGER).reply).toContain("-DENIED Running in protected mode because");
  expect(ping(open({}, "redis-7.0"), STRANGER).reply).toContain("4) Setup a an authentication password");
});
