// The libraries of functions that FUNCTION LOAD makes and FCALL calls (functions.c).
import { lower, type Bytes } from "../kernel/bytes.ts";
import type { CommandContext } from "../commands/context.ts";
import { ReplyError } from "../resp/errors.ts";
import { Interpreter } from "./interpreter.ts";
import { LibraryLoader, type LibraryFunction } from "./library-loader.ts";
import { pushFunctionApi } from "./redis-library.ts";
import { admitScript, runScript } from "./run-script.ts";
import type { ScriptHost, ScriptIdentity } from "./script-run.ts";
import type { ScriptFlags } from "./script-flags.ts";
import { readLibraryShebang } from "./shebang.ts";

export interface Library {
  readonly name: Bytes;
  /** The whole text, its first line too. */
  readonly code: Bytes;
  readonly functions: readonly LibraryFunction[];
}

/** What FUNCTION RESTORE does with libraries that are there. */
export type RestorePolicy = "flush" | "append" | "replace";

export interface FunctionCall {
  readonly name: Bytes;
  readonly keys: readonly Bytes[];
  readonly args: readonly Bytes[];
  /** FCALL_RO: the function must not write. */
  readonly mustRead: boolean;
}

export class FunctionLibraries {
  readonly #host: ScriptHost;
  readonly #loader = new LibraryLoader();
  #libraries = new Map<Bytes, Library>();
  /** Functions by their name in lower case. */
  #functions = new Map<Bytes, LibraryFunction>();
  #interpreter: Interpreter | undefined;

  constructor(host: ScriptHost) {
    this.#host = host;
  }

  /** The libraries, in the order of their coming. */
  get all(): readonly Library[] {
    return [...this.#libraries.values()];
  }

  get functionCount(): number {
    return this.#functions.size;
  }

  /** Bytes that Lua has taken for itself and for the libraries. */
  get memoryBytes(): number {
    return this.#interpreter?.memoryBytes ?? 0;
  }

  get #lua(): Interpreter {
    this.#interpreter ??= new Interpreter(this.#host, {
      pushApi: pushFunctionApi,
      pushLoadApi: (interpreter) => this.#loader.pushApi(interpreter),
    });
    return this.#interpreter;
  }

  /** FUNCTION LOAD: gives the library's name; throws the reply to one that cannot be loaded. */
  load(text: Bytes, { replace }: { readonly replace: boolean }): Bytes {
    const metadata = readLibraryShebang(text);
    const { name } = metadata;
    const old = this.#libraries.get(name);
    if (old !== undefined && !replace) throw new ReplyError(`ERR Library '${name}' already exists`);
    const functions = this.#loader.load(this.#lua, metadata);
    for (const each of functions) {
      const found = this.#functions.get(lower(each.name));
      if (found !== undefined && old?.functions.includes(found) !== true) {
        throw new ReplyError(`ERR Function ${each.name} already exists`);
      }
    }
    if (old !== undefined) this.#remove(old);
    this.#add({ name, code: text, functions });
    return name;
  }

  #add(library: Library): void {
    this.#libraries.set(library.name, library);
    for (const each of library.functions) this.#functions.set(lower(each.name), each);
  }

  #remove({ name, functions }: Library): void {
    this.#libraries.delete(name);
    for (const each of functions) this.#functions.delete(lower(each.name));
  }

  /** FUNCTION DELETE. */
  delete(name: Bytes): void {
    const library = this.#libraries.get(name);
    if (library === undefined) throw new ReplyError("ERR Library not found");
    this.#remove(library);
  }

  /** Forgets every library, and Lua with them. */
  flush(): void {
    this.#libraries = new Map();
    this.#functions = new Map();
    this.#interpreter = undefined;
  }

  /** Takes libraries over from a payload, all or none; throws the reply to what collides. */
  restore(texts: readonly Bytes[], policy: RestorePolicy): void {
    const taken = new FunctionLibraries(this.#host);
    for (const text of texts) taken.load(text, { replace: false });
    const kept = policy === "flush" ? [] : this.all.filter(({ name }) => !this.#yields(taken, name, policy));
    for (const { functions } of kept) {
      const twice = functions.find(({ name }) => taken.#functions.has(lower(name)));
      if (twice !== undefined) throw new ReplyError(`ERR Function ${twice.name} already exists`);
    }
    // What stays keeps what it remembers; what comes is loaded here.
    if (policy === "flush") this.flush();
    else for (const library of this.all) if (taken.#libraries.has(library.name)) this.#remove(library);
    for (const text of texts) this.load(text, { replace: true });
  }

  /** Whether a library makes room for one of the same name. */
  #yields(taken: FunctionLibraries, name: Bytes, policy: RestorePolicy): boolean {
    if (!taken.#libraries.has(name)) return false;
    if (policy === "append") throw new ReplyError(`ERR Library ${name} already exists`);
    return true;
  }

  #find(name: Bytes): LibraryFunction | undefined {
    return this.#functions.get(lower(name));
  }

  has(name: Bytes): boolean {
    return this.#find(name) !== undefined;
  }

  /** What a function declares; undefined where there is none. */
  flagsOf(name: Bytes): ScriptFlags {
    return this.#find(name)?.flags;
  }

  /** FCALL: runs a function that is there, and writes what it returns. */
  run(context: CommandContext, { name, keys, args, mustRead }: FunctionCall): void {
    const interpreter = this.#lua;
    const { callback, flags, name: ownName } = this.#find(name)!;
    const identity: ScriptIdentity = { kind: "function", name: ownName, flags };
    admitScript(identity, { client: context.client, mustRead }, this.#host);
    interpreter.vm.pushKept(interpreter.vm.main, callback);
    interpreter.pushStrings(keys);
    interpreter.pushStrings(args);
    runScript(interpreter, identity, { context, mustRead, given: 2 });
  }
}
