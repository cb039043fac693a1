// Scripts that EVAL and SCRIPT LOAD know, by their SHA-1, and how they are run (eval.c).
import { lower, type Bytes } from "../kernel/bytes.ts";
import { hexadecimal, sha1 } from "../kernel/sha1.ts";
import type { CommandContext } from "../commands/context.ts";
import type { Profile } from "../commands/profile.ts";
import { ReplyError } from "../resp/errors.ts";
import { Interpreter } from "./interpreter.ts";
import { pushScriptApi } from "./redis-library.ts";
import { admitScript, runScript } from "./run-script.ts";
import type { ScriptFlags } from "./script-flags.ts";
import type { ScriptHost, ScriptIdentity } from "./script-run.ts";
import { readEvalShebang } from "./shebang.ts";

/** Its name is its SHA-1. */
interface CachedScript extends ScriptIdentity {
  readonly body: Bytes;
  /** Its function, kept. */
  readonly compiled: number;
}

const SHA_LENGTH = 40;

export class ScriptCache {
  readonly #host: ScriptHost;
  readonly #scripts = new Map<Bytes, CachedScript>();
  /** The hash of a long text is not reckoned twice. */
  readonly #byBody = new Map<Bytes, CachedScript>();
  #interpreter: Interpreter | undefined;

  constructor(host: ScriptHost) {
    this.#host = host;
  }

  get size(): number {
    return this.#scripts.size;
  }

  /** Bytes that Lua has taken for itself and for the scripts. */
  get memoryBytes(): number {
    return this.#interpreter?.memoryBytes ?? 0;
  }

  /** Makes Lua when it is first needed. */
  get #lua(): Interpreter {
    this.#interpreter ??= new Interpreter(this.#host, {
      pushApi: pushScriptApi,
      globals: {
        __redis__err__handler: (interpreter) => interpreter.pushHandler(),
        ...(this.#host.profile.family === "valkey" && {
          __server__err__handler: (interpreter: Interpreter) => interpreter.pushHandler(),
        }),
      },
    });
    return this.#interpreter;
  }

  /** Compiles a script unless it is known; throws what EVAL replies to one that is wrong. */
  load(body: Bytes): Bytes {
    return this.#load(body).name;
  }

  #load(body: Bytes): CachedScript {
    const known = this.#byBody.get(body);
    if (known !== undefined) return known;
    const { flags, code } = readEvalShebang(body, this.#host.profile);
    const { vm } = this.#lua;
    if (!vm.load(vm.main, code, "@user_script")) {
      const problem = vm.text(vm.main, -1)!;
      vm.pop(vm.main);
      throw new ReplyError(`ERR Error compiling script (new function): ${problem}`);
    }
    const sha = hexadecimal(sha1(body));
    const script: CachedScript = { kind: "eval", name: sha, body, flags, compiled: vm.keep(vm.main) };
    this.#scripts.set(sha, script);
    this.#byBody.set(body, script);
    return script;
  }

  has(sha: Bytes): boolean {
    return this.#find(sha) !== undefined;
  }

  /** SCRIPT SHOW: the text. */
  show(sha: Bytes): Bytes {
    return this.#known(sha).body;
  }

  /** Throws NOSCRIPT for a word that cannot be a hash. */
  expectHash(word: Bytes): void {
    if (word.length !== SHA_LENGTH) this.#known(word);
  }

  #find(sha: Bytes): CachedScript | undefined {
    return sha.length === SHA_LENGTH ? this.#scripts.get(lower(sha)) : undefined;
  }

  #known(sha: Bytes): CachedScript {
    const script = this.#find(sha);
    if (script !== undefined) return script;
    const advice = this.#host.profile.family === "redis" ? " Please use EVAL." : "";
    throw new ReplyError(`NOSCRIPT No matching script.${advice}`);
  }

  /** What a script declares; undefined where it declares nothing, or is wrong or unknown. */
  flagsOf({ body, sha }: { readonly body?: Bytes; readonly sha?: Bytes }): ScriptFlags {
    if (body === undefined) return this.#find(sha!)?.flags;
    return body.startsWith("#!") ? declaredFlags(body, this.#host.profile) : undefined;
  }

  /** EVAL and EVALSHA: runs a script, and writes what it returns. */
  run(context: CommandContext, given: ScriptCall): void {
    const script = given.sha === undefined ? this.#load(given.body) : this.#known(given.sha);
    const { keys, args, mustRead } = given;
    const interpreter = this.#lua;
    admitScript(script, { client: context.client, mustRead }, this.#host);
    interpreter.setGlobal("KEYS", keys);
    interpreter.setGlobal("ARGV", args);
    interpreter.vm.pushKept(interpreter.vm.main, script.compiled);
    runScript(interpreter, script, { context, mustRead, given: 0 });
  }

  /** Forgets every script, and Lua with them. */
  flush(): void {
    this.#scripts.clear();
    this.#byBody.clear();
    this.#interpreter = undefined;
  }
}

export type ScriptCall = {
  readonly keys: readonly Bytes[];
  readonly args: readonly Bytes[];
  /** EVAL_RO, EVALSHA_RO: the script must not write. */
  readonly mustRead: boolean;
} & ({ readonly body: Bytes; readonly sha?: undefined } | { readonly sha: Bytes });

/** The flags of a script that may be wrong: then it has none. */
function declaredFlags(body: Bytes, profile: Profile): ScriptFlags {
  try {
    return readEvalShebang(body, profile).flags;
  } catch (error) {
    if (error instanceof ReplyError) return undefined;
    throw error;
  }
}
