// The line about a connection that CLIENT LIST and ACL LOG show (networking.c: catClientInfoString).
import type { Bytes } from "../../kernel/bytes.ts";
import type { ClientKind, ClientPort } from "../ports.ts";
import type { Door } from "../../server/doors.ts";
import { exists, type Profile, type Since } from "../profile.ts";

/** One line of CLIENT LIST, without its end. Sizes of buffers that exist only in a real server are 0. */
export function describeClient(
  client: ClientPort,
  { profile, now }: { readonly profile: Profile; readonly now: number },
): Bytes {
  const seconds = (since: number): number => Math.floor((now - since) / 1000);
  const fields: readonly Field[] = [
    ["id", client.id],
    ["addr", client.address],
    ["laddr", client.localAddress],
    ["fd", client.id + 7],
    ["name", client.name],
    ["age", seconds(client.createdAt)],
    ["idle", seconds(client.lastInteractionAt)],
    ["flags", flagsOf(client)],
    ...since(profile, { valkey: "8.0.0" }, ["capa", client.canRedirect ? "r" : ""]),
    ["db", client.database],
    ["sub", client.subscriptions.channels.size],
    ["psub", client.subscriptions.patterns.size],
    ["ssub", client.subscriptions.shardChannels.size],
    ["multi", client.transaction?.queue.length ?? (profile.can.remembersTransactions && client.transacts ? 0 : -1)],
    ...since(profile, { redis: "7.4.0", valkey: "8.0.0" }, ["watch", client.watched.length]),
    ["qbuf", client.queryBufferBytes],
    ["qbuf-free", 0],
    ["argv-mem", 0],
    ["multi-mem", 0],
    ["rbs", 16384],
    ["rbp", 0],
    ["obl", 0],
    ["oll", 0],
    ["omem", client.outputBytes],
    ["tot-mem", 0],
    ["events", "r"],
    ["cmd", client.lastCommand],
    ["user", client.user],
    ["redir", client.tracking?.redirect ?? -1],
    ["resp", client.protocol],
    ...since(profile, "7.2.0", ["lib-name", client.libraryName], ["lib-ver", client.libraryVersion]),
    ...since(profile, { redis: "8.0.0" }, ["io-thread", 0]),
    ...since(
      profile,
      { valkey: "8.1.0" },
      ["tot-net-in", client.netInputBytes],
      ["tot-net-out", client.netOutputBytes],
      ["tot-cmds", client.commandsProcessed],
    ),
  ];
  return fields.map(([name, value]) => `${name}=${value}`).join(" ");
}

type Field = readonly [name: Bytes, value: Bytes | number];

function since(profile: Profile, release: Since, ...fields: readonly Field[]): readonly Field[] {
  return exists(release, profile) ? fields : [];
}

function flagsOf(client: ClientPort): Bytes {
  const flags = [
    client.monitoring && "O",
    flagOfKind[client.kind],
    client.subscribed && "P",
    client.transaction !== undefined && "x",
    client.suspended && "b",
    client.tracking && "t",
    client.tracking?.broken && "R",
    client.tracking?.broadcast && "B",
    client.touched && "d",
    flagOfDoor[client.door.kind],
    client.readsFromReplica && "r",
    client.noEvict && "e",
    client.noTouch && "T",
    client.importSource && "I",
  ].filter((flag) => typeof flag === "string");
  return flags.join("") || "N";
}

const flagOfDoor: Readonly<Record<Door["kind"], Bytes>> = { tcp: "", tls: "", unix: "U" };
const flagOfKind: Readonly<Record<ClientKind, Bytes>> = { normal: "", script: "", replica: "S", primary: "M" };
