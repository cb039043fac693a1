/** One connection of a running case: what has arrived on it and was not yet looked at. */
import type { Destination } from "../format/case.ts";
import type { Bytes } from "../format/escapes.ts";
import { readReply, type Reply } from "../format/reply.ts";
import type { ConnectionListener, RawConnection, Target } from "../targets/target.ts";
import { withStandIns } from "./stand-ins.ts";

export class Wire {
  #buffer: Bytes = "";
  #closed = false;
  #wake: (() => void) | undefined;
  #connection: RawConnection | undefined;
  readonly #standIns: ReadonlyMap<Bytes, Bytes>;

  private constructor(standIns: ReadonlyMap<Bytes, Bytes>) {
    this.#standIns = standIns;
  }

  /**
   * Connects to a server by its name, to the one that applications dial first, or to `overIpv6` or `otherHost`; at another port or by
   * another door than the usual, if one is named. Rejects where nobody listens.
   */
  static async open(target: Target, server?: string, to: Destination = {}): Promise<Wire> {
    const { processes } = target;
    const wire = new Wire(processes?.standIns ?? new Map());
    const listener: ConnectionListener = {
      onBytes: (bytes) => {
        wire.#buffer += bytes;
        wire.#wake?.();
      },
      onClose: () => {
        wire.#closed = true;
        wire.#wake?.();
      },
    };
    wire.#connection =
      server !== undefined && processes
        ? await processes.connectTo(server, listener, to)
        : await target.connect(listener, server, to);
    return wire;
  }

  /** `ip:port` of our end and of the server's. */
  get addresses(): { readonly address: string; readonly serverAddress: string } {
    const { address, serverAddress } = this.#connection ?? { address: "", serverAddress: "" };
    return { address, serverAddress };
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Bytes that arrived and were not taken. */
  get leftover(): Bytes {
    return this.#buffer;
  }

  /** Forgets what arrived. */
  discard(): void {
    this.#buffer = "";
  }

  send(bytes: Bytes): void {
    this.#connection?.send(bytes);
  }

  close(): void {
    this.#connection?.close();
  }

  /** The next reply. Undefined when none has come within the real-time limit, or when the server closed first. */
  async next(limitMs: number): Promise<Reply | undefined> {
    const deadline = performance.now() + limitMs;
    for (;;) {
      const reply = this.take();
      if (reply || this.#closed) return reply;
      if (!(await this.wait(deadline - performance.now()))) return undefined;
    }
  }

  /** Waits for the server's close. False when it has not come within the real-time limit. */
  async ended(limitMs: number): Promise<boolean> {
    const deadline = performance.now() + limitMs;
    while (!this.#closed) if (!(await this.wait(deadline - performance.now()))) return false;
    return true;
  }

  /** Waits until what has arrived is enough, within the real-time limit. */
  async arrival(limitMs: number, enough: (bytes: Bytes) => boolean): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (!enough(this.#buffer) && !this.#closed) if (!(await this.wait(deadline - performance.now()))) return;
  }

  /** All whole replies that have arrived, or so many of them at most. */
  takeAll(most = Number.POSITIVE_INFINITY): Reply[] {
    const replies: Reply[] = [];
    while (replies.length < most) {
      const reply = this.take();
      if (!reply) break;
      replies.push(reply);
    }
    return replies;
  }

  private take(): Reply | undefined {
    const framed = readReply(this.#buffer);
    if (!framed) return undefined;
    this.#buffer = this.#buffer.slice(framed.next);
    return withStandIns(framed.reply, this.#standIns);
  }

  private wait(ms: number): Promise<boolean> {
    if (ms <= 0) return Promise.resolve(false);
    return new Promise((resolve) => {
      const timer = setTimeout(() => done(false), ms);
      const done = (woken: boolean) => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve(woken);
      };
      this.#wake = () => done(true);
    });
  }
}
