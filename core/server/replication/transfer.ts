// A full transfer: everything that a primary has, as it is now, in the RDB format; the stream follows once it is loaded
// (replication.c: startBgsaveForReplication).
import type { Client } from "../client.ts";
import type { Server } from "../server.ts";
import type { Replica } from "./replica.ts";

export function transfer(server: Server, replica: Replica): void {
  const { client } = replica;
  const { history, replicas, storedFacts } = server.replication;
  history.forgetDatabase();
  replica.state = "transferring";
  if (!client.replicaFacts.speaksSync) client.sendOutOfTurn(`+FULLRESYNC ${history.id} ${history.offset}\r\n`);
  const withoutDisk = sendsWithoutDisk(server, client);
  const pieces = [...server.persistence.save(storedFacts)];
  if (!server.snapshots.transferred(withoutDisk ? undefined : pieces)) {
    client.close();
    return;
  }
  if (withoutDisk) {
    const mark = server.random.hex(40);
    client.sendOutOfTurn(`$EOF:${mark}\r\n`);
    for (const piece of pieces) client.sendOutOfTurn(piece);
    client.sendOutOfTurn(mark);
  } else {
    client.sendOutOfTurn(`$${pieces.reduce((sum, { length }) => sum + length, 0)}\r\n`);
    for (const piece of pieces) client.sendOutOfTurn(piece);
    replicas.goOnline(replica);
  }
}

/** Straight from memory, where both sides know how. */
export function sendsWithoutDisk({ config }: Server, { replicaFacts }: Client): boolean {
  return config.flag("repl-diskless-sync") && replicaFacts.capabilities.has("eof");
}
