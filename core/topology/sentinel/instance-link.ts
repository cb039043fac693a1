// A Sentinel's connections to one instance: one for commands, one that listens to hellos (sentinel.c: instanceLink).
import type { Bytes } from "../../kernel/bytes.ts";
import { ReplyDecoder, type DecodedReply } from "../../resp/reply-decoder.ts";
import type { Address, Call, Caller, Network } from "../../server/network.ts";
import { encodeRequest } from "../../server/replication/stream-writer.ts";

/** What becomes of a reply. */
export type ReplyHandler = (reply: DecodedReply) => void;

export interface LinkOptions {
  readonly network: Network;
  readonly caller: Caller;
  /** The server's time, milliseconds. */
  readonly now: () => number;
  /** What came has been heeded, all of it. */
  readonly onHandled: () => void;
}

/** One connection that asks and is answered in turn, or that listens. */
class Wire {
  readonly #call: Call;
  readonly #decoder = new ReplyDecoder();
  readonly #handlers: (ReplyHandler | undefined)[] = [];
  readonly #onMessage: ReplyHandler | undefined;
  open = true;
  readonly connectedAt: number;
  readonly #onHandled: () => void;

  constructor(
    { network, caller, now, onHandled }: LinkOptions,
    address: Address,
    { onMessage, onClose }: { readonly onMessage?: ReplyHandler; readonly onClose: () => void },
  ) {
    this.connectedAt = now();
    this.#onMessage = onMessage;
    this.#onHandled = onHandled;
    this.#call = network.dial(caller, address, {
      onOpen() {},
      onData: (bytes) => this.#receive(bytes),
      onClose: () => {
        this.open = false;
        onClose();
      },
    });
  }

  get pending(): number {
    return this.#handlers.length;
  }

  send(words: readonly Bytes[], handler?: ReplyHandler): void {
    if (!this.open) return;
    this.#handlers.push(handler);
    this.#call.write(encodeRequest(words));
  }

  close(): void {
    this.open = false;
    this.#call.close();
  }

  #receive(bytes: Bytes): void {
    this.#decoder.push(bytes);
    for (let reply = this.#decoder.next(); reply !== undefined; reply = this.#decoder.next()) {
      const handler = this.#handlers.shift();
      if (handler !== undefined) handler(reply);
      else if (this.#onMessage !== undefined) this.#onMessage(reply);
    }
    this.#onHandled();
  }
}

export class InstanceLink {
  readonly #options: LinkOptions;
  #commands: Wire | undefined;
  #hellos: Wire | undefined;
  /** A connection that there should be is not there. */
  disconnected = true;
  /** When a ping was sent that is not answered yet, or when a connection was first wanted; 0: nothing is owed. */
  pingOwedSince: number;
  pingSentAt = 0;
  /** When a ping was last answered as a healthy server answers it. */
  availableAt: number;
  /** When a ping was last answered, whatever the answer. */
  pongAt: number;
  triedAt = 0;
  publishedAt: number;
  heardAt = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
    const now = options.now();
    this.pingOwedSince = now;
    this.availableAt = now;
    this.pongAt = now;
    this.publishedAt = now;
  }

  get pending(): number {
    return this.#commands?.pending ?? 0;
  }

  get connectedAt(): number {
    return this.#commands?.connectedAt ?? 0;
  }

  get hellosConnectedAt(): number {
    return this.#hellos?.connectedAt ?? 0;
  }

  get hasCommands(): boolean {
    return this.#commands !== undefined;
  }

  get hasHellos(): boolean {
    return this.#hellos !== undefined;
  }

  openCommands(address: Address): void {
    const wire = new Wire(this.#options, address, {
      onClose: () => {
        if (this.#commands === wire) this.closeCommands();
      },
    });
    this.#commands = wire;
  }

  openHellos(address: Address, onMessage: ReplyHandler): void {
    const wire: Wire = new Wire(this.#options, address, {
      onMessage,
      onClose: () => {
        if (this.#hellos === wire) this.closeHellos();
      },
    });
    this.#hellos = wire;
    this.heardAt = this.#options.now();
  }

  /** Sends a command; without a handler nobody heeds the reply. */
  send(words: readonly Bytes[], handler: ReplyHandler = () => {}): void {
    this.#commands?.send(words, handler);
  }

  /** Sends a command on the connection that listens. */
  sendAmongHellos(words: readonly Bytes[], handler: ReplyHandler = () => {}): void {
    this.#hellos?.send(words, handler);
  }

  closeCommands(): void {
    this.#commands?.close();
    this.#commands = undefined;
    this.disconnected = true;
  }

  closeHellos(): void {
    this.#hellos?.close();
    this.#hellos = undefined;
    this.disconnected = true;
  }

  close(): void {
    this.closeCommands();
    this.closeHellos();
  }
}
