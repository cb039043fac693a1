// Loading a library: its text runs once and registers functions (function_lua.c: luaRegisterFunction).
import type { Bytes } from "../kernel/bytes.ts";
import { ReplyError } from "../resp/errors.ts";
import type { Interpreter } from "./interpreter.ts";
import { LUA, type LuaState } from "./lua-exports.ts";
import { pushLoggingApi, tableName } from "./redis-library.ts";
import { raiseError } from "./script-error.ts";
import { findFlag, SCRIPT_FLAGS, type ScriptFlag } from "./script-flags.ts";
import { isLibraryName, wrongName, type LibraryCode } from "./shebang.ts";

export interface LibraryFunction {
  readonly name: Bytes;
  readonly description: Bytes | undefined;
  readonly flags: ReadonlySet<ScriptFlag>;
  /** Its Lua function, kept. */
  readonly callback: number;
}

/** Makes libraries; one at a time. */
export class LibraryLoader {
  /** What the library that is loaded now has registered; undefined between loads. */
  #registered: LibraryFunction[] | undefined;

  /** Pushes the table that libraries know as `redis` while they are loaded. */
  pushApi(interpreter: Interpreter): void {
    pushLoggingApi(interpreter);
    interpreter.vm.setFunction(-1, "register_function", (L) => {
      const { vm } = interpreter;
      if (this.#registered === undefined) {
        return raiseError(
          vm,
          L,
          `${tableName(interpreter)}.register_function can only be called on FUNCTION LOAD command`,
        );
      }
      const made = new Registration(interpreter, L).read();
      // Valkey judges what was registered when all of it is there.
      if (interpreter.host.profile.family === "redis") {
        const problem = problemOf(made, this.#registered, "Library");
        if (problem !== undefined) return raiseError(vm, L, problem);
      }
      this.#registered.push(made);
      return 0;
    });
  }

  /** Runs the text of a library and gives what it registered; throws what FUNCTION LOAD replies to one that is wrong. */
  load(interpreter: Interpreter, { code }: LibraryCode): readonly LibraryFunction[] {
    const { vm } = interpreter;
    if (!vm.load(vm.main, code, "@user_function")) {
      const problem = vm.text(vm.main, -1)!;
      vm.pop(vm.main);
      throw new ReplyError(`ERR Error compiling function: ${problem}`);
    }
    const registered: LibraryFunction[] = [];
    this.#registered = registered;
    const error = interpreter.withLoadGlobals(() => interpreter.call(undefined, 0));
    this.#registered = undefined;
    if (error !== undefined) {
      throw new ReplyError(`ERR Error registering functions: ${"failure" in error ? error.failure : error.text}`);
    }
    vm.pop(vm.main);
    for (const [i, made] of registered.entries()) {
      const problem = problemOf(made, registered.slice(0, i), "Function");
      if (problem !== undefined) throw new ReplyError(`ERR ${problem}`);
    }
    if (registered.length === 0) throw new ReplyError("ERR No functions registered");
    return registered;
  }
}

/** @param kind how a wrong name is called: Redis calls it a library's */
function problemOf(
  { name }: LibraryFunction,
  others: readonly LibraryFunction[],
  kind: "Library" | "Function",
): Bytes | undefined {
  if (!isLibraryName(name)) return wrongName(kind);
  return others.some((each) => each.name === name) ? "Function already exists in the library" : undefined;
}

/** The arguments of register_function: a name and a function, or one table of named arguments. */
class Registration {
  readonly #interpreter: Interpreter;
  readonly #L: LuaState;

  constructor(interpreter: Interpreter, L: LuaState) {
    this.#interpreter = interpreter;
    this.#L = L;
  }

  read(): LibraryFunction {
    const { lua } = this.#interpreter.vm;
    const given = lua.lua_gettop(this.#L);
    if (given < 1 || given > 2) this.#fail((table) => `wrong number of arguments to ${table}`);
    return given === 1 ? this.#named() : this.#positional();
  }

  #fail(word: (table: Bytes) => Bytes): never {
    const { vm } = this.#interpreter;
    return raiseError(vm, this.#L, word(`${tableName(this.#interpreter)}.register_function`));
  }

  #positional(): LibraryFunction {
    const { vm } = this.#interpreter;
    const { lua } = vm;
    const L = this.#L;
    const name = vm.text(L, 1);
    if (name === undefined) return this.#fail((table) => `first argument to ${table} must be a string`);
    if (lua.lua_type(L, 2) !== LUA.function) {
      return this.#fail((table) => `second argument to ${table} must be a function`);
    }
    return { name, description: undefined, flags: new Set(), callback: vm.keep(L) };
  }

  #named(): LibraryFunction {
    const { vm } = this.#interpreter;
    const { lua } = vm;
    const L = this.#L;
    if (!vm.isTable(L, 1)) {
      this.#fail(
        (table) =>
          `calling ${table} with a single argument is only applicable to Lua table (representing named arguments).`,
      );
    }
    let name: Bytes | undefined;
    let description: Bytes | undefined;
    let callback: number | undefined;
    let flags: ReadonlySet<ScriptFlag> = new Set();
    lua.lua_pushnil(L);
    while (lua.lua_next(L, 1) !== 0) {
      // Reading a number as text would change the key under way, and the walk would lose its place.
      lua.lua_pushvalue(L, -2);
      const key = vm.text(L, -1);
      vm.pop(L);
      if (key === undefined) return this.#fail((table) => `named argument key given to ${table} is not a string`);
      switch (key) {
        case "function_name":
          name = this.#text(key);
          break;
        case "description":
          description = this.#text(key);
          break;
        case "callback":
          if (lua.lua_type(L, -1) !== LUA.function) {
            this.#fail((table) => `callback argument given to ${table} must be a function`);
          }
          lua.lua_pushvalue(L, -1);
          callback = vm.keep(L);
          break;
        case "flags":
          flags = this.#flags();
          break;
        default:
          this.#fail((table) => `unknown argument given to ${table}`);
      }
      vm.pop(L);
    }
    if (name === undefined) return this.#fail((table) => `${table} must get a function name argument`);
    if (callback === undefined) return this.#fail((table) => `${table} must get a callback argument`);
    return { name, description, flags, callback };
  }

  #text(key: Bytes): Bytes {
    const text = this.#interpreter.vm.text(this.#L, -1);
    return text ?? this.#fail((table) => `${key} argument given to ${table} must be a string`);
  }

  #flags(): ReadonlySet<ScriptFlag> {
    const { vm } = this.#interpreter;
    const { lua } = vm;
    const L = this.#L;
    if (!vm.isTable(L, -1)) {
      this.#fail((table) => `flags argument to ${table} must be a table representing function flags`);
    }
    const flags = new Set<ScriptFlag>();
    for (let i = 1; ; i++) {
      lua.lua_rawgeti(L, -1, i);
      if (lua.lua_type(L, -1) === LUA.nil) break;
      const flag = lua.lua_type(L, -1) === LUA.string ? findFlag(vm.text(L, -1)!) : undefined;
      if (flag === undefined) return raiseError(vm, L, "unknown flag given");
      flags.add(flag);
      vm.pop(L);
    }
    vm.pop(L);
    // In the order in which FUNCTION LIST shows them.
    return new Set(SCRIPT_FLAGS.filter((flag) => flags.has(flag)));
  }
}
