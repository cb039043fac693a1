// What a process leaves behind when it ends: its files, by their paths. Nothing of it reaches the disk of the host.
import type { Bytes } from "../kernel/bytes.ts";
import type { Server } from "./server.ts";

/** What was appended is put together when it is as long. */
const PIECE_BYTES = 65_536;

/** In pieces: a file may be longer than one string. */
interface File {
  readonly pieces: Bytes[];
  /** What was appended last. */
  tail: Bytes[];
  tailBytes: number;
  sizeBytes: number;
  /** So much of it is there after a loss of power. */
  syncedBytes: number;
}

const EMPTY = { tailBytes: 0, sizeBytes: 0, syncedBytes: 0 } as const;

export class Disk {
  readonly #server: Server;
  readonly #files = new Map<string, File>();

  constructor(server: Server) {
    this.#server = server;
  }

  /** Where a name leads, from the directory of the server's data. */
  pathOf(name: string): string {
    return name.startsWith("/") ? name : `${this.#server.config.text("dir")}/${name}`;
  }

  /** A whole file takes the place of what was there, at once and for good; false where it cannot, and nothing has changed. */
  write(path: string, pieces: readonly Bytes[]): boolean {
    if (!this.#takes(path)) return false;
    const sizeBytes = pieces.reduce((sum, { length }) => sum + length, 0);
    this.#files.set(path, { ...EMPTY, pieces: [...pieces], tail: [], sizeBytes, syncedBytes: sizeBytes });
    return true;
  }

  /** A file begins, with nothing in it. */
  create(path: string): void {
    this.#files.set(path, { ...EMPTY, pieces: [], tail: [] });
  }

  has(path: string): boolean {
    return this.#files.has(path);
  }

  /** More of a file that is there, until a loss of power unless it is synced; false where nothing of it can be written. */
  append(path: string, bytes: Bytes): boolean {
    const file = this.#files.get(path);
    if (file === undefined || !this.#takes(path)) return false;
    file.sizeBytes += bytes.length;
    file.tailBytes += bytes.length;
    file.tail.push(bytes);
    if (file.tailBytes >= PIECE_BYTES) {
      file.pieces.push(file.tail.join(""));
      file.tail = [];
      file.tailBytes = 0;
    }
    return true;
  }

  /** What was appended stays, whatever happens. */
  sync(path: string): void {
    const file = this.#files.get(path);
    if (file !== undefined) file.syncedBytes = file.sizeBytes;
  }

  /** What lies behind so many bytes goes. */
  truncate(path: string, sizeBytes: number): void {
    const file = this.#files.get(path);
    if (file === undefined || file.sizeBytes <= sizeBytes) return;
    const pieces = [contentOf(file).slice(0, sizeBytes)];
    const syncedBytes = Math.min(file.syncedBytes, sizeBytes);
    this.#files.set(path, { ...EMPTY, pieces, tail: [], sizeBytes, syncedBytes });
  }

  rename(from: string, to: string): void {
    const file = this.#files.get(from);
    if (file === undefined) return;
    this.#files.delete(from);
    this.#files.set(to, file);
  }

  read(path: string): Bytes | undefined {
    const file = this.#files.get(path);
    return file && contentOf(file);
  }

  sizeOf(path: string): number {
    return this.#files.get(path)?.sizeBytes ?? 0;
  }

  remove(path: string): void {
    this.#files.delete(path);
  }

  /** The names in a directory, in their order. */
  list(directory: string): readonly string[] {
    const start = `${directory}/`;
    const paths = [...this.#files.keys()].filter((path) => path.startsWith(start));
    return [...new Set(paths.map((path) => path.slice(start.length).split("/")[0]!))].sort();
  }

  /** The machine goes dark: of each file what was synced is there when it comes back. */
  losePower(): void {
    for (const [path, { syncedBytes }] of this.#files) this.truncate(path, syncedBytes);
  }

  /** False where nothing can be written, or no file can have that name. */
  #takes(path: string): boolean {
    const { world, name } = this.#server;
    return !/\/\.{0,2}$/.test(path) && !world.hooks.onDiskWrite({ server: name, now: world.now });
  }
}

function contentOf({ pieces, tail }: File): Bytes {
  return pieces.join("") + tail.join("");
}
