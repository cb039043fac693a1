// Lua as scripts find it: Redis's libraries, its sandbox, and a budget of instructions that nothing can catch.
import type { Bytes } from "../kernel/bytes.ts";
import { printed } from "../resp/errors.ts";
import { exists } from "../commands/profile.ts";
import {
  GC_COLLECT,
  GC_COUNT,
  GLOBALS,
  HOOK_COUNT,
  HOOK_LINES,
  LUA,
  TYPE_NAMES,
  type LuaState,
} from "./lua-exports.ts";
import { LuaReply } from "./lua-reply.ts";
import { LuaVm } from "./lua-vm.ts";
import { pushBit } from "./libraries/bit.ts";
import { pushCjson } from "./libraries/cjson.ts";
import { pushCmsgpack } from "./libraries/cmsgpack.ts";
import { pushStruct } from "./libraries/struct.ts";
import { ReadOnlyTables } from "./read-only-tables.ts";
import { errorHandler, raiseError, readError, type UncaughtError } from "./script-error.ts";
import type { CommandRunner, ScriptHost, ScriptRun } from "./script-run.ts";
import { widenIntegers, wrap } from "./wide-integers.ts";

/** The most memory that one interpreter gets. */
const MEMORY_LIMIT_BYTES = 256 * 1024 * 1024;
/** Instructions between two looks at the budget. */
const HOOK_INTERVAL = 100_000;
/** A library may take so much less to load than a script may to run. */
const LOADING_SHARE = 10;
/** What a command costs, in instructions. */
const CALL_COST = 100;
/** What stands at the bottom of the main stack as long as there is one: the handler of errors, the globals. */
const HANDLER_AT = 1;
const GLOBALS_AT = 2;
/** Where a lua_State says whether its hook may run: it may not inside of a handler that the hook's own error calls. */
const ALLOW_HOOK = 57;

/** Lua's own names that scripts see. */
const KEPT_GLOBALS: readonly Bytes[] = [
  "_VERSION",
  "assert",
  "collectgarbage",
  "coroutine",
  "error",
  "gcinfo",
  "getmetatable",
  "ipairs",
  "load",
  "loadstring",
  "math",
  "next",
  "pairs",
  "rawequal",
  "rawget",
  "rawset",
  "select",
  "setmetatable",
  "string",
  "table",
  "tonumber",
  "tostring",
  "type",
  "unpack",
  "xpcall",
];

export interface InterpreterOptions {
  /** Pushes the table that scripts know as `redis`. */
  readonly pushApi: (interpreter: Interpreter) => void;
  /** Further globals: each pushes its value. */
  readonly globals?: Readonly<Record<string, (interpreter: Interpreter) => void>>;
  /** Pushes the table that a library knows as `redis` while it is loaded, when it knows nothing else. */
  readonly pushLoadApi?: (interpreter: Interpreter) => void;
}

export class Interpreter {
  readonly host: ScriptHost;
  readonly vm: LuaVm;
  readonly reply: LuaReply;
  readonly runCommand: CommandRunner;
  /** What runs; undefined between scripts. */
  run: ScriptRun | undefined;
  readonly tables: ReadOnlyTables;
  /** The table of globals, which only the server may change. */
  readonly #globals: number;
  readonly #loadGlobals: number | undefined;
  #spent = 0;
  #budget = 0;
  #isCutOff = false;

  constructor(host: ScriptHost, options: InterpreterOptions) {
    this.host = host;
    this.vm = new LuaVm({
      wasm: host.wasm,
      slice: host.slice,
      clockMs: () => host.uptimeMs,
      memoryLimitBytes: MEMORY_LIMIT_BYTES,
    });
    this.reply = new LuaReply(this.vm, host.profile.can.shortestDoubles ? "shortest" : "printf17");
    this.runCommand = host.commandRunner(this.reply);
    widenIntegers(this.vm, MEMORY_LIMIT_BYTES);
    this.tables = new ReadOnlyTables(this.vm);
    const { vm } = this;
    this.#replaceToString();
    vm.pushOwnGlobal("tostring");
    vm.pushFunction(vm.main, errorHandler(vm, vm.keep(vm.main))); // at HANDLER_AT, for good
    this.#globals = this.#build(options);
    vm.pushKept(vm.main, this.#globals); // at GLOBALS_AT
    if (options.pushLoadApi !== undefined) this.#loadGlobals = this.#buildLoadGlobals(options.pushLoadApi);
    vm.onHook = (L) => this.#tick(L);
    this.#watch();
  }

  /** Makes the table of globals, and leaves it protected in the place of Lua's own. */
  #build({ pushApi, globals = {} }: InterpreterOptions): number {
    const { vm, tables } = this;
    const { lua, main: L } = vm;
    const set = (name: Bytes, isTable = vm.isTable(L, -1)): void => {
      if (isTable) tables.protect();
      lua.lua_setfield(L, -2, vm.name(name));
    };
    vm.pushOwnGlobal("math");
    this.host.random.install(vm);
    vm.pop(L);
    this.#replaceLoaders();
    lua.lua_createtable(L, 0, 64);
    for (const name of KEPT_GLOBALS) {
      vm.pushOwnGlobal(name);
      set(name);
    }
    vm.setFunction(-1, "pcall", (state) => this.#protectedCall(state));
    if (exists("7.2.0", this.host.profile)) {
      vm.pushOwnGlobal("os");
      lua.lua_getfield(L, -1, vm.name("clock"));
      lua.lua_createtable(L, 0, 1);
      lua.lua_insert(L, -2);
      lua.lua_setfield(L, -2, vm.name("clock"));
      lua.lua_remove(L, -2);
      set("os");
    }
    for (const [name, push] of [
      ["bit", pushBit],
      ["cjson", (target: LuaVm) => pushCjson(target)],
      ["cmsgpack", pushCmsgpack],
      ["struct", pushStruct],
    ] as const) {
      push(vm, this.host.profile);
      set(name);
    }
    pushApi(this);
    tables.protect();
    if (this.host.profile.family === "valkey") {
      lua.lua_pushvalue(L, -1);
      lua.lua_setfield(L, -3, vm.name("server"));
    }
    set("redis", false);
    for (const [name, push] of Object.entries(globals)) {
      push(this);
      set(name);
    }
    this.#protectStrings();
    return this.#protectGlobals();
  }

  /** What stands on top are the globals: reads of what is not there are errors. */
  #protectGlobals(): number {
    const { vm, tables } = this;
    const { lua, main: L } = vm;
    this.#refuseUnknown();
    lua.lua_getmetatable(L, -1);
    tables.protect();
    const metatable = vm.keep(L);
    lua.lua_pushvalue(L, -1);
    const real = vm.keep(L);
    lua.lua_pushvalue(L, -1);
    tables.protect({ metatable });
    lua.lua_pushvalue(L, -1);
    lua.lua_setfield(L, -3, vm.name("_G"));
    lua.lua_replace(L, GLOBALS);
    vm.pop(L);
    return real;
  }

  /** What libraries see while they are loaded; reads of anything else are errors there too. */
  #buildLoadGlobals(pushLoadApi: (interpreter: Interpreter) => void): number {
    const { vm } = this;
    const { lua, main: L } = vm;
    lua.lua_createtable(L, 0, 2);
    pushLoadApi(this);
    this.#refuseUnknown();
    this.tables.protect();
    if (this.host.profile.family === "valkey") {
      lua.lua_pushvalue(L, -1);
      lua.lua_setfield(L, -3, vm.name("server"));
    }
    lua.lua_setfield(L, -2, vm.name("redis"));
    this.#refuseUnknown();
    return vm.keep(L);
  }

  /** Reads of what the table on top does not have are errors. */
  #refuseUnknown(): void {
    const { vm } = this;
    const { lua, main: L } = vm;
    lua.lua_createtable(L, 0, 1);
    vm.setFunction(-1, "__index", (state) => {
      const name = vm.text(state, 2) ?? TYPE_NAMES[lua.lua_type(state, 2)];
      return vm.fail(state, `Script attempted to access nonexistent global variable '${printed(name ?? "")}'`);
    });
    lua.lua_setmetatable(L, -2);
  }

  /** Runs something with the globals of libraries that are loaded. */
  withLoadGlobals<T>(run: () => T): T {
    this.#useGlobals(this.#loadGlobals!);
    try {
      return run();
    } finally {
      this.#useGlobals(this.#globals);
    }
  }

  #useGlobals(kept: number): void {
    const { vm } = this;
    const { lua, main: L } = vm;
    lua.lua_pushvalue(L, GLOBALS);
    lua.lua_getmetatable(L, -1);
    vm.pushKept(L, kept);
    lua.lua_setfield(L, -2, vm.name("__index"));
    vm.pop(L, 2);
  }

  /** The metatable of strings may be looked at. */
  #protectStrings(): void {
    const { vm, tables } = this;
    const { lua, main: L } = vm;
    lua.lua_createtable(L, 0, 1);
    lua.lua_getfield(L, -2, vm.name("string"));
    lua.lua_setfield(L, -2, vm.name("__index"));
    tables.protect();
    tables.setStringMetatable();
  }

  /** C's libraries print a null pointer each in its own way. */
  #replaceToString(): void {
    const { vm } = this;
    const { lua } = vm;
    vm.lua.lua_pushvalue(vm.main, GLOBALS);
    wrap(vm, "tostring", (L) => {
      if (lua.lua_type(L, 1) !== LUA.lightuserdata || lua.lua_touserdata(L, 1) !== 0) return;
      vm.push(L, "userdata: (nil)");
      lua.lua_replace(L, 1);
    });
    vm.pop(vm.main);
  }

  /** Machine code is read as text, and so is no program. */
  #replaceLoaders(): void {
    const { vm } = this;
    const { lua } = vm;
    lua.lua_pushvalue(vm.main, GLOBALS);
    vm.setFunction(-1, "loadstring", (L) => {
      const code = vm.checkText(L, 1);
      const name = lua.lua_type(L, 2) <= LUA.nil ? code : vm.checkText(L, 2);
      return this.#loaded(L, code, name);
    });
    vm.setFunction(-1, "load", (L) => {
      lua.luaL_checktype(L, 1, LUA.function);
      const name = lua.lua_type(L, 2) <= LUA.nil ? "=(load)" : vm.checkText(L, 2);
      let code = "";
      for (;;) {
        lua.lua_pushvalue(L, 1);
        lua.lua_call(L, 0, 1);
        const type = lua.lua_type(L, -1);
        const piece = type === LUA.nil ? "" : vm.text(L, -1);
        vm.pop(L);
        if (piece === undefined) return vm.fail(L, "reader function must return a string");
        if (piece === "") break;
        code += piece;
      }
      return this.#loaded(L, code, name);
    });
    vm.pop(vm.main);
  }

  #loaded(L: LuaState, code: Bytes, name: Bytes): number {
    if (this.vm.load(L, code, name)) return 1;
    this.vm.lua.lua_pushnil(L);
    this.vm.lua.lua_insert(L, -2);
    return 2;
  }

  /** pcall, which gives the text of an error where Redis made a table of it. */
  #protectedCall(L: LuaState): number {
    const { lua } = this.vm;
    const given = lua.lua_gettop(L);
    if (given === 0) {
      lua.lua_pushboolean(L, 0);
      return 1;
    }
    lua.lua_pushboolean(L, 1);
    lua.lua_insert(L, 1);
    if (lua.lua_pcall(L, given - 1, -1, 0) === 0) return lua.lua_gettop(L);
    if (this.vm.isTable(L, -1)) {
      lua.lua_getfield(L, -1, this.vm.name("err"));
      if (lua.lua_type(L, -1) === LUA.string) lua.lua_replace(L, -2);
      else this.vm.pop(L);
    }
    lua.lua_pushboolean(L, 0);
    lua.lua_replace(L, 1);
    return lua.lua_gettop(L);
  }

  /** Bytes that Lua uses. */
  get memoryBytes(): number {
    return this.vm.lua.lua_gc(this.vm.main, GC_COUNT, 0) * 1024;
  }

  /** Sets a global to the strings of a row: KEYS, ARGV. */
  setGlobal(name: Bytes, values: readonly Bytes[]): void {
    this.pushStrings(values);
    this.vm.lua.lua_setfield(this.vm.main, GLOBALS_AT, this.vm.name(name));
  }

  /** Pushes a row of strings. */
  pushStrings(values: readonly Bytes[]): void {
    const { vm } = this;
    vm.lua.lua_createtable(vm.main, values.length, 0);
    for (let i = 0; i < values.length; i++) {
      vm.push(vm.main, values[i]!);
      vm.lua.lua_rawseti(vm.main, -2, i + 1);
    }
  }

  /** Pushes the function that makes errors tables, as a global of scripts. */
  pushHandler(): void {
    this.vm.lua.lua_pushvalue(this.vm.main, HANDLER_AT);
  }

  /**
   * Calls the function on top, below its arguments, for a script (for none while a library is loaded). What it returns is on top
   * afterwards; an error that nobody caught is given back.
   */
  call(run: ScriptRun | undefined, given: number): UncaughtError | { readonly failure: Bytes } | undefined {
    const { vm } = this;
    const { lua, main: L } = vm;
    this.run = run;
    this.#spent = 0;
    this.#budget = run === undefined ? this.host.scriptBudget / LOADING_SHARE : this.host.scriptBudget;
    const status = lua.lua_pcall(L, given, 1, HANDLER_AT);
    this.run = undefined;
    if (status === 0) return undefined;
    const error = readError(vm) ?? { failure: vm.text(L, -1) ?? "execution failure" };
    vm.pop(L);
    if (this.#isCutOff) this.#watch();
    return error;
  }

  /** A script is over. Most of what fills the memory is garbage then, and would be in the way of the next one. */
  tidy(): void {
    const { lua, main } = this.vm;
    if (lua.memory.buffer.byteLength < MEMORY_LIMIT_BYTES / 4) return;
    if (this.memoryBytes > MEMORY_LIMIT_BYTES / 4) lua.lua_gc(main, GC_COLLECT, 0);
  }

  /** Counts instructions, of coroutines too. */
  #watch(): void {
    this.#isCutOff = false;
    this.vm.setHook(this.vm.main, HOOK_COUNT, HOOK_INTERVAL);
  }

  /** A command is called: it costs more than an instruction. */
  spendOnCall(L: LuaState): void {
    this.#spent += CALL_COST;
    if (this.#spent > this.#budget) this.#cutOff(L);
  }

  #tick(L: LuaState): void {
    this.#spent += HOOK_INTERVAL;
    if (this.#spent > this.#budget) this.#cutOff(L);
  }

  /** Raises the error of a killed script at every line from now on, so that no pcall and no handler goes on with it. */
  #cutOff(L: LuaState): never {
    const { vm, run } = this;
    this.#isCutOff = true;
    for (const thread of [L, vm.main]) vm.setHook(thread, HOOK_LINES, 0);
    vm.memory[L + ALLOW_HOOK] = 1;
    if (run === undefined) return raiseError(vm, L, "FUNCTION LOAD timeout");
    run.ranAway = true;
    const isRedis = this.host.profile.family === "redis";
    // Redis says so of functions too.
    const command = run.kind === "eval" || isRedis ? "SCRIPT KILL" : "FUNCTION KILL";
    return raiseError(vm, L, `Script killed by user with ${command}${isRedis ? "..." : "."}`);
  }
}
