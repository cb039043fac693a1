// What a process leaves behind when it ends: its files, by their paths. Nothing of it reaches the disk of the host.
import type { Bytes } from "../kernel/bytes.ts";
import type { Server } from "./server.ts";

export class Disk {
  readonly #server: Server;
  /** In pieces: a file may be longer than one string. */
  readonly #files = new Map<string, readonly Bytes[]>();

  constructor(server: Server) {
    this.#server = server;
  }

  /** False where nothing can be written, or no file can have that name; what was there before stays. */
  write(path: string, pieces: readonly Bytes[]): boolean {
    const { world, name } = this.#server;
    if (/\/\.{0,2}$/.test(path) || world.hooks.onDiskWrite({ server: name, now: world.now })) return false;
    this.#files.set(path, pieces);
    return true;
  }

  read(path: string): Bytes | undefined {
    return this.#files.get(path)?.join("");
  }

  remove(path: string): void {
    this.#files.delete(path);
  }
}
