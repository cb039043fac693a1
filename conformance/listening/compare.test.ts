/** The same words of bind on Redouble, in its world and at real ports, and on the real servers that lie here. */
import { networkInterfaces } from "node:os";
import { expect, test } from "vitest";
import { createRedouble } from "../../adapters/redouble.ts";
import { listen } from "../../adapters/tcp/index.ts";
import { World } from "../../core/index.ts";
import type { Bytes } from "../format/escapes.ts";
import type { ProfileName } from "../profiles.ts";
import { freePort } from "../servers/ports.ts";
import { probe } from "../servers/real-process.ts";
import { HOST, startRealServer } from "../servers/real-server.ts";
import { findServers } from "../servers/servers.ts";
import { encodeCommand } from "../targets/own-connection.ts";
import { connectSocket, turnEventLoop } from "../targets/socket.ts";
import { bindings, type Asked } from "./compare.ts";

const { programs } = findServers({ lay: false });
const hasIpv6 = Object.values(networkInterfaces()).some((own) => own?.some(({ address }) => address === "::1"));

/** Whoever listens at a port of this machine. */
async function atPort(port: number): Promise<Asked> {
  let answer: (bytes: Bytes) => void = () => {};
  let text = "";
  const connection = await connectSocket(
    { host: HOST, port },
    {
      onBytes(bytes) {
        text += bytes;
        if (isWhole(text)) answer(text);
      },
      onClose() {},
    },
  );
  return {
    ask: (...words) =>
      new Promise((resolve) => {
        text = "";
        answer = resolve;
        connection.send(encodeCommand(words));
      }),
    isHeardAt: (host) =>
      probe({ host, port }).then(
        () => true,
        () => false,
      ),
  };
}

/** A line, a bulk string, or an array of two. */
function isWhole(text: Bytes): boolean {
  if (/^[+-].*\r\n$/.test(text)) return true;
  const pieces = [...text.matchAll(/\$(\d+)\r\n/g)];
  const wanted = text.startsWith("*2\r\n") ? 2 : 1;
  const last = pieces[wanted - 1];
  return last !== undefined && text.length >= last.index + last[0].length + Number(last[1]) + 2;
}

/** A server of a world, and who dials within it. */
function inWorld(profile: ProfileName): Asked {
  const world = new World({ seed: 1 });
  const server = world.createServer({ profile, address: { host: HOST, port: 6379 } });
  let text = "";
  const link = server.connect({ peer: { write: (bytes) => (text += bytes), close() {} }, own: true });
  return {
    async ask(...words) {
      text = "";
      link.receive(Buffer.from(encodeCommand(words), "latin1"));
      world.advanceTo(world.now);
      return text;
    },
    isHeardAt: (host) => Promise.resolve(world.network.serverAt({ host, port: 6379 }) === server),
  };
}

test.skipIf(programs.size > 0 && hasIpv6)("no real server lies here, or its machine knows no version 6", () => {
  expect(programs.size === 0 || !hasIpv6).toBe(true);
});

if (hasIpv6) {
  test.each([...programs])("%s binds the same words", { timeout: 60_000 }, async (profile, program) => {
    const real = await startRealServer(program);
    const recorded = await bindings(await atPort(real.port)).finally(() => real.stop());
    expect(recorded.filter((row) => row.includes(": +OK"))).toHaveLength(29);
    const simulated = await bindings(inWorld(profile));
    expect(simulated).toEqual(recorded);

    const redouble = createRedouble({ clock: "wall", profile, addresses: [`${HOST}:6379`], asDefault: false });
    const listener = await listen({ redouble, port: await freePort() });
    const rows = await bindings(await atPort(listener.port!));
    await listener.close();
    redouble.stop();
    await turnEventLoop();
    expect(rows).toEqual(recorded);
  });
}
