// The files of the append-only file on the disk: where they lie, which of them count, and when the others go (aof.c).
import type { Bytes } from "../../kernel/bytes.ts";
import type { Server } from "../server.ts";
import { Manifest, type ManifestFile } from "./manifest.ts";

export class AppendOnlyFiles {
  readonly #server: Server;
  manifest = new Manifest();

  constructor(server: Server) {
    this.#server = server;
  }

  /** What the names of all of them begin with. */
  get filename(): Bytes {
    return this.#server.config.text("appendfilename");
  }

  /** What comes before the base to which it belongs is on the disk. */
  get temporaryPath(): string {
    return this.pathOf(`temp-${this.filename}.incr`);
  }

  pathOf(name: Bytes): string {
    const { config, disk } = this.#server;
    return disk.pathOf(`${config.text("appenddirname")}/${name}`);
  }

  sizeOf(file: ManifestFile | undefined): number {
    return file === undefined ? 0 : this.#server.disk.sizeOf(this.pathOf(file.name));
  }

  /** The stream's offset behind the last of them, as far as it is noted. */
  get endOffset(): number | undefined {
    const { last } = this.manifest;
    if (last?.startOffset === undefined) return undefined;
    return last.endOffset ?? last.startOffset + this.sizeOf(last);
  }

  /** Takes the manifest that lies there; false where it cannot be read. */
  read(): boolean {
    const text = this.#server.disk.read(this.#manifestPath);
    const manifest = text === undefined ? new Manifest() : Manifest.read(text);
    if (manifest === undefined) {
      this.#server.log(3, "the manifest of the append-only file cannot be read");
      return false;
    }
    this.manifest = manifest;
    return true;
  }

  /**
   * The single file of a release before 7.0 lies beside the directory: it goes there and is the base, also where that was begun and not
   * finished (aofUpgradePrepare). False where it cannot go: another file has its name there, or nothing can be written.
   */
  upgrade(): boolean {
    const { disk } = this.#server;
    const { filename, manifest } = this;
    const [from, to] = [disk.pathOf(filename), this.pathOf(filename)];
    if (!disk.has(from) || !(manifest.isEmpty || this.#isHalfUpgraded)) return true;
    if (disk.has(to)) {
      this.#server.log(3, `${filename} is there twice, beside the directory and in it`);
      return false;
    }
    if (manifest.isEmpty) manifest.begin(filename);
    if (!this.persist()) return false;
    disk.rename(from, to);
    return true;
  }

  get #isHalfUpgraded(): boolean {
    const { base, incremental, history } = this.manifest;
    const isAlone = incremental.length === 0 && history.length === 0;
    return isAlone && base?.name === this.filename && !this.#server.disk.has(this.pathOf(this.filename));
  }

  /** Writes the manifest as it is now; false where that cannot be. */
  persist(): boolean {
    return this.#server.disk.write(this.#manifestPath, [this.manifest.print()]);
  }

  get #manifestPath(): string {
    return this.pathOf(`${this.filename}.manifest`);
  }

  /** What is history goes, unless `aof-disable-auto-gc` keeps it. */
  collect(): void {
    const { config, disk } = this.#server;
    if (this.manifest.history.length === 0 || config.flag("aof-disable-auto-gc")) return;
    for (const { name } of this.manifest.forgetHistory()) disk.remove(this.pathOf(name));
    this.persist();
  }
}
