// Who keeps the doors of a server: a host's listeners, which learn of it when CONFIG SET changes where they are and what they encrypt
// with.
import type { Bytes } from "../kernel/bytes.ts";

/** Parameters by their names. */
export interface EncryptionParameters {
  text(name: string): string;
}

/** The ports that a server has: `port`, `tls-port`. */
export type PortKind = "tcp" | "tls";

/** Where a server wants to be heard. What is not said is as it was when its host opened the door. */
export interface Place {
  /** 0: nowhere. */
  readonly port?: number;
  /** The words of `bind`. */
  readonly words?: readonly Bytes[];
}

export interface Doorkeeper {
  /** The port that its door stands for. */
  readonly kind: PortKind;
  /** Whether certificates and ciphers would do. */
  canEncryptWith(parameters: EncryptionParameters): boolean;
  /** From now on it does. */
  encryptWith(parameters: EncryptionParameters): void;
  /**
   * Closes its door, and opens it there. Connections stay. What it opened, in the words of `bind`; undefined where the machine does not
   * let it: then the door is closed.
   */
  listen(place: Place): readonly Bytes[] | undefined;
  /** Opens a door of another kind, and sees that it is kept. */
  openBeside(kind: PortKind, place: Place, parameters: EncryptionParameters): readonly Bytes[] | undefined;
}

/** Those of a world's servers, by name: a server that takes the place of another has its doors too. */
export class Doorkeepers {
  readonly #byServer = new Map<string, Set<Doorkeeper>>();

  /** Call what it gives when the door is closed for good. */
  add(serverName: string, keeper: Doorkeeper): () => void {
    const keepers = this.#byServer.get(serverName) ?? new Set();
    this.#byServer.set(serverName, keepers);
    keepers.add(keeper);
    return () => void keepers.delete(keeper);
  }

  of(serverName: string): readonly Doorkeeper[] {
    return [...(this.#byServer.get(serverName) ?? [])];
  }
}
