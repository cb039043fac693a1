// One Lua 5.1 interpreter with memory of its own: byte strings in and out, functions of ours among Lua's, protected calls.
import type { Bytes, Slice } from "../kernel/bytes.ts";
import {
  FIRST_UPVALUE,
  GC_COLLECT,
  GLOBALS,
  LUA,
  REGISTRY,
  type LuaExports,
  type LuaState,
  type Pointer,
} from "./lua-exports.ts";
import { luaImports } from "./lua-imports.ts";
import type { WasmFunction, WasmPort } from "./wasm-port.ts";

/** A C function: takes its arguments from the stack, pushes results and gives their number. */
export type LuaFunction = (L: LuaState) => number;

export interface LuaVmOptions {
  readonly wasm: WasmPort;
  readonly slice: Slice;
  /** Milliseconds that the process has run, for os.clock. */
  readonly clockMs: () => number;
  /** Lua finds no memory beyond so many bytes. */
  readonly memoryLimitBytes: number;
}

const SCRATCH_BYTES = 65536;
/** Strings up to so many bytes are copied byte by byte. */
const SHORT = 24;

/**
 * A module of two functions that pass on what they are called with: `f`, a C function, and `h`, a hook. Only functions of a
 * module may stand in Lua's table of functions.
 */
const TRAMPOLINES = Uint8Array.from(
  [
    [0, 97, 115, 109, 1, 0, 0, 0], // the head of every module
    [1, 11, 2, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 2, 0x7f, 0x7f, 0], // types: (i32) -> i32, (i32, i32) -> nothing
    [2, 13, 2, 1, 101, 1, 102, 0, 0, 1, 101, 1, 104, 0, 1], // imports: e.f, e.h
    [7, 9, 2, 1, 102, 0, 0, 1, 104, 0, 1], // exports: both of them
  ].flat(),
);

export class LuaVm {
  readonly lua: LuaExports;
  /** The main thread. */
  readonly main: LuaState;
  /** Called every so many instructions, where a hook is set. */
  onHook: (L: LuaState) => void = () => {};
  readonly #wasm: WasmPort;
  readonly #slice: Slice;
  readonly #scratch: Pointer;
  readonly #functions: LuaFunction[] = [];
  readonly #names = new Map<Bytes, Pointer>();
  readonly #dispatcher: number;
  readonly #hook: number;
  #bytes = new Uint8Array(0);
  #view = new DataView(new ArrayBuffer(0));

  constructor({ wasm, slice, clockMs, memoryLimitBytes }: LuaVmOptions) {
    this.#wasm = wasm;
    this.#slice = slice;
    const lua: LuaExports = wasm.lua(
      luaImports({ exports: () => lua, clockMs, memoryLimitBytes, grown: () => this.#lookAtMemory() }),
    );
    this.lua = lua;
    this.#lookAtMemory();
    lua.emscripten_stack_init();
    lua.__wasm_call_ctors();
    this.main = lua.luaL_newstate();
    lua.luaL_openlibs(this.main);
    this.#scratch = lua.malloc(SCRATCH_BYTES);
    const dispatch: WasmFunction = (L = 0) => this.#functions[lua.lua_tonumber(L, FIRST_UPVALUE)]!(L);
    const trampolines = wasm.instance(TRAMPOLINES, { e: { f: dispatch, h: (L = 0) => this.onHook(L) } });
    this.#dispatcher = this.#place(trampolines["f"]!);
    this.#hook = this.#place(trampolines["h"]!);
  }

  #place(trampoline: WasmFunction): number {
    const table = this.lua.__indirect_function_table;
    const index = table.length;
    table.grow(1);
    table.set(index, trampoline);
    return index;
  }

  /** Lua's memory as it is now: it moves when it grows. */
  get memory(): Uint8Array {
    return this.#bytes;
  }

  get view(): DataView {
    return this.#view;
  }

  #lookAtMemory(): void {
    const { buffer } = this.lua.memory;
    this.#bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
  }

  /** Pushes a byte string. */
  push(L: LuaState, bytes: Bytes): void {
    const { length } = bytes;
    const scratch = this.#scratch;
    if (length <= SHORT) {
      // The way into the host's own function costs more than this.
      const memory = this.#bytes;
      for (let i = 0; i < length; i++) memory[scratch + i] = bytes.charCodeAt(i);
      this.lua.lua_pushlstring(L, scratch, length);
      return;
    }
    const at = length <= SCRATCH_BYTES ? scratch : this.#room(L, length);
    this.#wasm.write(this.memory, at, bytes);
    this.lua.lua_pushlstring(L, at, length);
    if (at !== scratch) this.lua.free(at);
  }

  #room(L: LuaState, sizeBytes: number): Pointer {
    let at = this.lua.malloc(sizeBytes);
    if (at === 0) {
      this.lua.lua_gc(L, GC_COLLECT, 0);
      at = this.lua.malloc(sizeBytes);
    }
    if (at === 0) return this.fail(L, "not enough memory", { where: false });
    return at;
  }

  /** The string at a place, or a number as Lua prints it; undefined for any other value. */
  text(L: LuaState, index: number): Bytes | undefined {
    const at = this.lua.lua_tolstring(L, index, this.#scratch);
    return at === 0 ? undefined : this.#textAt(at);
  }

  /** The string that must stand at a place: the error of Lua's own functions where it does not. */
  checkText(L: LuaState, argument: number): Bytes {
    return this.#textAt(this.lua.luaL_checklstring(L, argument, this.#scratch));
  }

  #textAt(at: Pointer): Bytes {
    const length = this.view.getUint32(this.#scratch, true);
    return length === 0 ? "" : this.#slice(this.#bytes, at, at + length);
  }

  /** A string of C's: it ends at a NUL. */
  textUntilNul(at: Pointer): Bytes {
    const { memory } = this;
    return this.#slice(memory, at, memory.indexOf(0, at));
  }

  /** The address of a name that ends with a NUL; it is kept. */
  name(bytes: Bytes): Pointer {
    let at = this.#names.get(bytes);
    if (at === undefined) {
      at = this.lua.malloc(bytes.length + 1);
      this.#wasm.write(this.memory, at, `${bytes}\0`);
      this.#names.set(bytes, at);
    }
    return at;
  }

  /** Pushes a function of ours. */
  pushFunction(L: LuaState, run: LuaFunction): void {
    this.lua.lua_pushnumber(L, this.#functions.push(run) - 1);
    this.lua.lua_pushcclosure(L, this.#dispatcher, 1);
  }

  /** Sets a field of the table at a place to a function of ours. */
  setFunction(table: number, name: Bytes, run: LuaFunction): void {
    this.pushFunction(this.main, run);
    this.lua.lua_setfield(this.main, table < 0 && table > REGISTRY ? table - 1 : table, this.name(name));
  }

  /** Pushes a new table of functions of ours. */
  pushLibrary(functions: Readonly<Record<string, LuaFunction>>): void {
    this.lua.lua_createtable(this.main, 0, 0);
    for (const [name, run] of Object.entries(functions)) this.setFunction(-1, name, run);
  }

  /** The C function at a place, to be called with the arguments that stand on the stack. */
  original(index: number): LuaFunction {
    const table = this.lua.__indirect_function_table;
    return table.get(this.lua.lua_tocfunction(this.main, index));
  }

  /** Raises an error with the place in the script where it happened, or without. Never returns. */
  fail(L: LuaState, message: Bytes, { where = true } = {}): never {
    if (where) {
      this.lua.luaL_where(L, 1);
      this.push(L, message);
      this.lua.lua_concat(L, 2);
    } else this.push(L, message);
    return this.raise(L);
  }

  /** Raises what stands on top of the stack. */
  raise(L: LuaState): never {
    this.lua.lua_error(L);
    throw new Error("lua_error came back");
  }

  /** Raises the error of a wrong argument. */
  failArgument(L: LuaState, argument: number, message: Bytes): never {
    this.lua.luaL_argerror(L, argument, this.name(message));
    throw new Error("luaL_argerror came back");
  }

  /** Compiles a text and pushes its function, or pushes what is wrong with it and gives false. Machine code is text too. */
  load(L: LuaState, code: Bytes, name: Bytes): boolean {
    const text = code.startsWith("\x1b") ? ` ${code}` : code;
    const at = this.lua.malloc(text.length + name.length + 1);
    const nameAt = at + text.length;
    this.#wasm.write(this.memory, at, `${text}${name}\0`);
    const status = this.lua.luaL_loadbuffer(L, at, text.length, nameAt);
    this.lua.free(at);
    return status === 0;
  }

  /** Sets or clears the hook of a thread. */
  setHook(L: LuaState, mask: number, count: number): void {
    this.lua.lua_sethook(L, mask === 0 ? 0 : this.#hook, mask, count);
  }

  /** Whether a place holds a table. */
  isTable(L: LuaState, index: number): boolean {
    return this.lua.lua_type(L, index) === LUA.table;
  }

  /** Pops so many values. */
  pop(L: LuaState, count = 1): void {
    this.lua.lua_settop(L, -count - 1);
  }

  /** Pushes a global of Lua's own, which scripts do not see. */
  pushOwnGlobal(name: Bytes): void {
    this.lua.lua_getfield(this.main, GLOBALS, this.name(name));
  }

  /** Keeps what stands on top, and takes it from the stack. */
  keep(L: LuaState): number {
    return this.lua.luaL_ref(L, REGISTRY);
  }

  /** Pushes what was kept. */
  pushKept(L: LuaState, reference: number): void {
    this.lua.lua_rawgeti(L, REGISTRY, reference);
  }
}
