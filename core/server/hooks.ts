// Where faults look in: chunks on links, commands before they run, replies before they leave. Nothing else in the core
// knows that faults exist. The first verdict wins.
import type { Bytes } from "../kernel/bytes.ts";

/** The client at the far end of a link, as a selector may ask for it. */
export interface ClientInfo {
  readonly id: number;
  readonly name: Bytes;
  readonly address: Bytes;
}

/** Where something happens, and when. */
export interface HookEvent {
  /** The server's name in its world. */
  readonly server: string;
  readonly client: ClientInfo;
  /** The process that dialled, a replica or a Sentinel; empty for an application. */
  readonly origin: string;
  /** World time, in milliseconds. */
  readonly now: number;
}

/** Bytes on a link; `up` is towards the server. */
export interface ChunkEvent extends HookEvent {
  readonly direction: "up" | "down";
  readonly sizeBytes: number;
}

/** A request that was accepted and is about to run. */
export interface CommandEvent extends HookEvent {
  /** Upper case; subcommands after a bar: `CLIENT|KILL`. */
  readonly command: Bytes;
  readonly argv: readonly Bytes[];
  readonly keys: readonly Bytes[];
  /** As COMMAND INFO has them: `write`, `denyoom`. */
  readonly flags: ReadonlySet<string>;
}

/** The reply of a command that ran. */
export interface ReplyEvent extends CommandEvent {
  readonly reply: Bytes;
}

export type ChunkVerdict =
  | { readonly type: "delay"; readonly delayMs: number }
  | { readonly type: "drop" }
  /** Neither this chunk nor a later one arrives in its direction; the connection stays open, or closes after so long. */
  | { readonly type: "swallow"; readonly closeAfterMs?: number }
  | { readonly type: "reset" }
  /** Arrives in pieces of at most `sizeBytes`, one every `delayMs`. */
  | { readonly type: "slice"; readonly sizeBytes: number; readonly delayMs: number }
  /** The first bytes arrive, then the connection is reset. */
  | { readonly type: "cut"; readonly sizeBytes: number };

export type CommandVerdict =
  /** It does not run; the client gets this error (text without the dash). */
  | { readonly type: "refuse"; readonly error: Bytes }
  /** It does not run; the connection is reset. */
  | { readonly type: "reset" }
  /** It runs, and takes the whole server so long. */
  | { readonly type: "stall"; readonly durationMs: number };

export type ReplyVerdict =
  | { readonly type: "delay"; readonly delayMs: number }
  | { readonly type: "replace"; readonly reply: Bytes }
  /** The first bytes leave, then the connection is reset. */
  | { readonly type: "cut"; readonly sizeBytes: number }
  /** Nothing leaves any more on this link: neither this reply nor a later one. */
  | { readonly type: "silence" };

/** An application has reached a point that it named. */
export interface PointEvent {
  readonly name: string;
  /** World time, in milliseconds. */
  readonly now: number;
}

/** Something happens to a server of its own. */
export interface ServerEvent {
  /** The server's name in its world. */
  readonly server: string;
  /** World time, in milliseconds. */
  readonly now: number;
}

export interface Hooks {
  onChunk?(event: ChunkEvent): ChunkVerdict | undefined;
  onCommand?(event: CommandEvent): CommandVerdict | undefined;
  onReply?(event: ReplyEvent): ReplyVerdict | undefined;
  /** The server closes a connection; the delay in milliseconds with which the other end learns of it. */
  onClose?(event: HookEvent): number | undefined;
  /** The milliseconds for which the application stops there. */
  onPoint?(event: PointEvent): number | undefined;
  /** True where the disk takes nothing. */
  onDiskWrite?(event: ServerEvent): true | undefined;
  /** A process has ended in order. */
  onExit?(event: ServerEvent): void;
}

/** The hooks that are installed in a world, in order of installation. */
export class HookList {
  readonly #chunk: Hooks[] = [];
  readonly #command: Hooks[] = [];
  readonly #reply: Hooks[] = [];
  readonly #close: Hooks[] = [];
  readonly #point: Hooks[] = [];
  readonly #disk: Hooks[] = [];
  readonly #exit: Hooks[] = [];

  /** Installs hooks; call what it gives to remove them again. */
  install(hooks: Hooks): () => void {
    const lists = [
      hooks.onChunk && this.#chunk,
      hooks.onCommand && this.#command,
      hooks.onReply && this.#reply,
      hooks.onClose && this.#close,
      hooks.onPoint && this.#point,
      hooks.onDiskWrite && this.#disk,
      hooks.onExit && this.#exit,
    ];
    for (const list of lists) list?.push(hooks);
    return () => {
      for (const list of lists) {
        const at = list?.indexOf(hooks) ?? -1;
        if (at >= 0) list?.splice(at, 1);
      }
    };
  }

  get watchesChunks(): boolean {
    return this.#chunk.length > 0;
  }

  get watchesCommands(): boolean {
    return this.#command.length > 0 || this.#reply.length > 0;
  }

  get watchesReplies(): boolean {
    return this.#reply.length > 0;
  }

  onChunk(event: ChunkEvent): ChunkVerdict | undefined {
    return first(this.#chunk, (hooks) => hooks.onChunk!(event));
  }

  onCommand(event: CommandEvent): CommandVerdict | undefined {
    return first(this.#command, (hooks) => hooks.onCommand!(event));
  }

  onReply(event: ReplyEvent): ReplyVerdict | undefined {
    return first(this.#reply, (hooks) => hooks.onReply!(event));
  }

  onPoint(event: PointEvent): number {
    return first(this.#point, (hooks) => hooks.onPoint!(event)) ?? 0;
  }

  onExit(event: ServerEvent): void {
    for (const hooks of this.#exit.slice()) hooks.onExit!(event);
  }

  onDiskWrite(event: ServerEvent): boolean {
    return first(this.#disk, (hooks) => hooks.onDiskWrite!(event)) ?? false;
  }

  onClose(event: HookEvent): number {
    return this.#close.length === 0 ? 0 : (first(this.#close, (hooks) => hooks.onClose!(event)) ?? 0);
  }
}

function first<V>(list: readonly Hooks[], ask: (hooks: Hooks) => V | undefined): V | undefined {
  for (const hooks of list.slice()) {
    const verdict = ask(hooks);
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}
