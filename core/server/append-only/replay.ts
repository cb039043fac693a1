// Takes the data from the append-only file: what is in it runs as it once ran, unheard, and an end that is missing may be
// done without (aof.c: loadAppendOnlyFiles, loadSingleAppendOnlyFile).
import { lower, type Bytes } from "../../kernel/bytes.ts";
import { CommandTable, type ResolvedCommand } from "../../commands/command-table.ts";
import type { Client } from "../client.ts";
import { Link } from "../link.ts";
import type { Server } from "../server.ts";
import { CommandReader } from "./command-reader.ts";
import type { AppendOnlyFiles } from "./files.ts";
import type { ManifestFile } from "./manifest.ts";

/** A base that is a file of its own format, or begins with one, begins so. */
const RDB_MAGIC = "REDIS";

/** Takes the data of all files, and tells how long they were; undefined where one of them cannot be read. */
export function replayFiles(server: Server, files: AppendOnlyFiles): { readonly sizeBytes: number } | undefined {
  const { base, incremental } = files.manifest;
  const all = [...(base === undefined ? [] : [base]), ...incremental];
  const sizeBytes = all.reduce((sum, file) => sum + files.sizeOf(file), 0);
  const replay = new Replay(server, files);
  const whole = server.effects.unheard(() =>
    all.every((file, index) => replay.run(file, { isLast: index === all.length - 1 })),
  );
  return whole ? { sizeBytes } : undefined;
}

class Replay {
  readonly #server: Server;
  readonly #files: AppendOnlyFiles;

  constructor(server: Server, files: AppendOnlyFiles) {
    this.#server = server;
    this.#files = files;
  }

  /** False where the file cannot be read, or its end is missing and nobody wants to do without it. */
  run(file: ManifestFile, { isLast }: { readonly isLast: boolean }): boolean {
    const { disk, config } = this.#server;
    const path = this.#files.pathOf(file.name);
    const text = disk.read(path);
    if (text === undefined) return this.#refuse(`${file.name} of the append-only file is missing`);
    const end = this.#take(text);
    if (end === undefined) return this.#refuse(`what is written in ${file.name} means nothing`);
    if (end === text.length) return true;
    if (!isLast || !config.flag("aof-load-truncated")) return this.#refuse(`the end of ${file.name} is missing`);
    disk.truncate(path, end);
    return true;
  }

  #refuse(why: Bytes): false {
    this.#server.log(3, `${why}: the process does not start`);
    return false;
  }

  /** Gives up to where it could be read; undefined where something in it means nothing. */
  #take(text: Bytes): number | undefined {
    if (!text.startsWith(RDB_MAGIC)) return this.#takeCommands(text, 0);
    const base = this.#server.persistence.load(text, { flushes: false, isAofBase: true });
    return base && this.#takeCommands(text, base.sizeBytes);
  }

  #takeCommands(text: Bytes, start: number): number | undefined {
    const reader = new CommandReader(text, start);
    const run = new CommandRun(this.#server);
    let valid = start;
    while (!reader.atEnd) {
      const read = reader.next();
      if (read === "malformed") return undefined;
      if (read === "cut") return valid;
      if (read === "annotation") continue;
      if (!run.take(read.argv)) return undefined;
      if (!run.inTransaction) valid = read.end;
    }
    return run.inTransaction ? valid : text.length;
  }
}

/** The commands of one file, which begin in the first database and may come in transactions. */
class CommandRun {
  readonly #server: Server;
  readonly #client: Client;
  #queue: { readonly command: ResolvedCommand; readonly argv: readonly Bytes[] }[] | undefined;

  constructor(server: Server) {
    this.#server = server;
    this.#client = new Link(
      server.world,
      { write() {}, close() {} },
      (link) => server.connections.accept(link, undefined),
      { own: true },
    ).client;
    this.#client.kind = "primary";
    this.#client.setReplyMode("off");
  }

  /** What was begun has no effect yet. */
  get inTransaction(): boolean {
    return this.#queue !== undefined;
  }

  /** False for what is no command. Real servers crash where a word of one is missing. */
  take(argv: readonly Bytes[]): boolean {
    const command = this.#server.table.find(argv);
    if (command === undefined || !CommandTable.hasArity(command, argv)) return false;
    const word = lower(argv[0]!);
    if (word === "multi") this.#queue = [];
    else if (word === "exec") this.#runQueue();
    else if (this.#queue !== undefined) this.#queue.push({ command, argv });
    else this.#run(command, argv);
    return true;
  }

  /** Of what runs here, real servers count what was queued. */
  #runQueue(): void {
    const queue = this.#queue ?? [];
    this.#queue = undefined;
    for (const { command, argv } of queue) this.#run(command, argv);
    this.#server.stats.commandsProcessed += queue.length;
  }

  #run(command: ResolvedCommand, argv: readonly Bytes[]): void {
    this.#server.keyspace.seesExpired = true;
    this.#client.execution.replay(command, argv);
    this.#server.keyspace.seesExpired = false;
  }
}
