// What a primary says itself: all that changes in it, and what it asks its replicas (replication.c: replicationFeedSlaves).
import type { Bytes } from "../../kernel/bytes.ts";
import type { Server } from "../server.ts";
import type { Replication } from "./replication.ts";
import { encodeRequest } from "./stream-writer.ts";

export class OwnStream {
  readonly #server: Server;
  readonly #replication: Pick<Replication, "history" | "replicas" | "isReplica">;
  #stopFeeding: (() => void) | undefined;
  #stopCounting: (() => void) | undefined;
  /** Somebody waits for replicas that have not been asked since. */
  #wantsAcknowledgement = false;

  constructor(server: Server, replication: Pick<Replication, "history" | "replicas" | "isReplica">) {
    this.#server = server;
    this.#replication = replication;
  }

  /** More of the stream. */
  feed(bytes: Bytes): void {
    const { history, replicas } = this.#replication;
    if (history.backlog === undefined) return;
    history.append(bytes);
    replicas.send(bytes);
  }

  /** A request that nothing here has done. */
  say(request: readonly Bytes[]): void {
    const { history, isReplica } = this.#replication;
    if (isReplica) return;
    if (history.backlog !== undefined) this.feed(encodeRequest(request));
    else if (this.#server.profile.can.acknowledgesAof) history.offset++;
  }

  /** Whoever waits has replicas asked how far they have got, at the end of the turn in which nothing is held back. */
  requestAcknowledgement(): void {
    this.#wantsAcknowledgement = true;
  }

  /** The end of a turn (beforeSleep). */
  turnEnded(): void {
    if (!this.#wantsAcknowledgement || this.#server.pausing.mode !== undefined) return;
    this.#wantsAcknowledgement = false;
    this.say(["REPLCONF", "GETACK", "*"]);
  }

  /** The server's process is gone. */
  stop(): void {
    this.#wantsAcknowledgement = false;
  }

  /** What this server changes by itself is the stream, while it is a primary: it has become one, or is none any more. */
  update(): void {
    const { history, isReplica } = this.#replication;
    const feeds = history.backlog !== undefined && !isReplica;
    this.#updateCounting(feeds);
    if (!feeds) {
      this.#stopFeeding?.();
      this.#stopFeeding = undefined;
    } else {
      this.#stopFeeding ??= this.#server.effects.observe({
        audience: "replicas",
        onPropagate: (commands, inTransaction) => {
          this.feed(history.write(commands, inTransaction));
          const { traffic, executing, blocking } = this.#server;
          if (traffic !== undefined && executing !== undefined && !blocking.serving) {
            traffic.replicated(executing, commands, this.#replication.replicas.size);
          }
        },
      });
    }
  }

  /** Where the stream is nobody's, and yet WAITAOF is to know what is safe, each command counts for one. */
  #updateCounting(feeds: boolean): void {
    const { profile, appendOnly, effects } = this.#server;
    const { history, isReplica } = this.#replication;
    const counts = !feeds && !isReplica && appendOnly.state !== "off" && profile.can.acknowledgesAof;
    if (!counts) {
      this.#stopCounting?.();
      this.#stopCounting = undefined;
      return;
    }
    this.#stopCounting ??= effects.observe({
      onPropagate: (commands, inTransaction) => {
        const both = commands.filter(({ keptFrom }) => keptFrom === undefined).length;
        history.offset += both + (inTransaction ? 2 : 0);
      },
    });
  }
}
