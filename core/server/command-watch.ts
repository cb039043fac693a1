// Looks at every command that ran: how long it took, and in Valkey how much came and went for it (server.c: call).
import type { Bytes } from "../kernel/bytes.ts";
import type { ResolvedCommand } from "../commands/command-table.ts";
import type { CommandLogs } from "../commands/ports.ts";
import type { Client } from "./client.ts";
import { inlineBytes, requestBytes } from "./cluster/slot-traffic.ts";
import { CommandLog } from "./command-log.ts";
import { LatencyMonitor } from "./latency-monitor.ts";
import type { Server } from "./server.ts";

/** A command that ran. */
export interface RanCommand {
  readonly command: ResolvedCommand;
  readonly argv: readonly Bytes[];
}

/** Where a command began: for how long the server had been busy by then, and what its client had got before its request. */
export interface Beginning {
  readonly busyMs: number;
  readonly writtenBytes: number;
  /** When that was, where time has passed since. */
  readonly at?: number;
}

export class CommandWatch implements CommandLogs {
  readonly slow = new CommandLog();
  readonly "large-request" = new CommandLog();
  readonly "large-reply" = new CommandLog();
  readonly latency = new LatencyMonitor();
  readonly #server: Server;
  /** Whether more than a command's duration matters, or every duration does. */
  looksClosely = false;
  /** `latency-tracking` */
  #tracks = true;
  /** Whether sizes are looked at. */
  readonly #measures: boolean;
  /** Whether what is not kept has an id too. */
  readonly #countsUnkept: boolean;

  constructor(server: Server) {
    this.#server = server;
    this.#measures = server.config.knows("commandlog-request-larger-than");
    this.#countsUnkept = !server.profile.can.leavesEmptyLogAlone;
  }

  readConfig(): void {
    const { config } = this.#server;
    this.#tracks = config.flag("latency-tracking");
    this.latency.threshold = config.number("latency-monitor-threshold");
    const slow = this.#measures
      ? ["commandlog-execution-slower-than", "commandlog-slow-execution-max-len"]
      : ["slowlog-log-slower-than", "slowlog-max-len"];
    this.#configure(this.slow, slow);
    this.looksClosely = this.#measures || this.slow.threshold === 0;
    if (!this.#measures) return;
    this.#configure(this["large-request"], ["commandlog-request-larger-than", "commandlog-large-request-max-len"]);
    this.#configure(this["large-reply"], ["commandlog-reply-larger-than", "commandlog-large-reply-max-len"]);
  }

  #configure(log: CommandLog, [threshold, maxLength]: readonly string[]): void {
    const { config } = this.#server;
    log.maxLength = config.number(maxLength!);
    log.threshold = log.maxLength > 0 || this.#countsUnkept ? config.number(threshold!) : -1;
  }

  /** The process is another one: nothing is known, and ids begin anew. */
  forget(): void {
    for (const log of [this.slow, this["large-request"], this["large-reply"]]) log.forget();
    this.latency.reset([]);
  }

  /** A command ran and took no time. */
  ranAtOnce({ fullName }: ResolvedCommand): void {
    if (this.#tracks) this.#server.stats.command(fullName).latencies.record(0);
  }

  /** A command ran, or has waited long enough: whatever is remarkable of it is remembered. */
  ran(client: Client, ran: RanCommand, begun: Beginning): void {
    const durationMs = this.#server.lifecycle.busyMs - begun.busyMs;
    const endedAt = (begun.at ?? this.#server.now) + durationMs;
    const durationUs = Math.round(durationMs * 1000);
    const statistics = this.#server.stats.command(ran.command.fullName);
    statistics.usec += durationUs;
    if (this.#tracks) statistics.latencies.record(durationUs);
    if (durationUs > 0) {
      const event = ran.command.flags.has("fast") ? "fast-command" : "command";
      this.latency.add(event, Math.floor(durationUs / 1000), Math.floor(endedAt / 1000));
    }
    if (this.slow.takes(durationUs)) this.#log(this.slow, { client, ran, endedAt, value: durationUs });
    if (!this.#measures) return;
    const requests = this["large-request"];
    const replies = this["large-reply"];
    const replyBytes = client.writtenBytes - begun.writtenBytes;
    if (requests.threshold >= 0) {
      const value = this.#requestBytes(client, ran.argv);
      if (requests.takes(value)) this.#log(requests, { client, ran, endedAt, value });
    }
    if (replies.takes(replyBytes)) this.#log(replies, { client, ran, endedAt, value: replyBytes });
  }

  /** What runs in a script or a transaction came with the request of its client. */
  #requestBytes(client: Client, argv: readonly Bytes[]): number {
    const asking = client.kind === "script" ? this.#server.executing : client;
    const sent = asking?.execution.request ?? argv;
    return asking?.sentInline(sent) ? inlineBytes(sent) : requestBytes(sent);
  }

  #log(
    log: CommandLog,
    { client, ran, endedAt, value }: { client: Client; ran: RanCommand; endedAt: number; value: number },
  ): void {
    const { command, argv } = ran;
    if (command.flags.has("skip_slowlog") || command.flags.has("skip_commandlog")) return;
    if (client.link.own && client.kind === "normal") return;
    const hidden = new Set(command.command.secrets?.(argv, this.#server.profile));
    const { address, name } = this.#shown(client);
    log.add({
      at: endedAt,
      value,
      words: argv.map((word, index) => (hidden.has(index) ? "(redacted)" : word)),
      address,
      clientName: name,
    });
  }

  /** A script's command is its caller's in Valkey, and nobody's in Redis. */
  #shown(client: Client): { readonly address: Bytes; readonly name: Bytes } {
    if (client.kind !== "script") return client;
    const { executing, profile } = this.#server;
    if (profile.can.logsCallersOfScripts && executing !== undefined) return executing;
    return { address: profile.can.hidesClientsOfScripts ? "" : "?:0", name: "" };
  }
}
