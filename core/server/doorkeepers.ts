// Who encrypts at the doors of a server: a host's listeners, which learn of it when CONFIG SET changes what they encrypt with.

/** Parameters by their names. */
export interface EncryptionParameters {
  text(name: string): string;
}

export interface Doorkeeper {
  /** Whether certificates and ciphers would do. */
  canEncryptWith(parameters: EncryptionParameters): boolean;
  /** From now on it does. */
  encryptWith(parameters: EncryptionParameters): void;
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
