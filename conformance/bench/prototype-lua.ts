/** The peer of scripts: Lua with a host as bare as it can be: it reads requests, and has a Map in the place of a server. */
import { latin1Slice } from "../../adapters/text.ts";
import { nodeWasm } from "../../adapters/scripting/node-wasm.ts";
import { GLOBALS } from "../../core/scripting/lua-exports.ts";
import { RequestDecoder } from "../../core/resp/request-decoder.ts";
import { LuaVm } from "../../core/scripting/lua-vm.ts";

const MEMORY_BYTES = 256 * 1024 * 1024;

export class PrototypeLua {
  readonly #vm = new LuaVm({
    wasm: nodeWasm,
    slice: latin1Slice,
    clockMs: () => 0,
    memoryLimitBytes: MEMORY_BYTES,
  });
  readonly #compiled = new Map<string, number>();
  readonly #decoder = new RequestDecoder(latin1Slice, {
    maxBulkBytes: 1e6,
    maxArguments: 1e6,
    authenticated: true,
    nulEndsLineSearch: true,
  });
  readonly #store = new Map<string, number>();

  constructor() {
    this.#vm.pushLibrary({ call: (L) => this.#call(L) });
    this.#vm.lua.lua_setfield(this.#vm.main, GLOBALS, this.#vm.name("redis"));
  }

  /** Counters are all that it knows. */
  #call(L: number): number {
    const { lua } = this.#vm;
    const words: string[] = [];
    for (let i = 1; i <= lua.lua_gettop(L); i++) words.push(this.#vm.text(L, i)!);
    const [command = "", key = ""] = words;
    if (command === "INCR") {
      const value = (this.#store.get(key) ?? 0) + 1;
      this.#store.set(key, value);
      lua.lua_pushnumber(L, value);
    } else if (command === "GET") this.#vm.push(L, String(this.#store.get(key) ?? 0));
    else lua.lua_pushnumber(L, 1);
    return 1;
  }

  /** Reads requests, and gives their replies. */
  receive(bytes: Uint8Array): string {
    this.#decoder.push(bytes);
    let replies = "";
    for (;;) {
      const request = this.#decoder.next();
      if (!Array.isArray(request)) return replies;
      const [, script = "", count, ...rest] = request;
      const result = this.run(script, rest.slice(0, Number(count)), rest.slice(Number(count)));
      replies += result === undefined ? "$-1\r\n" : `$${result.length}\r\n${result}\r\n`;
    }
  }

  /** Runs a script and gives what it returns, as text. */
  private run(script: string, keys: readonly string[], args: readonly string[]): string | undefined {
    const { lua, main: L } = this.#vm;
    let compiled = this.#compiled.get(script);
    if (compiled === undefined) {
      this.#vm.load(L, script, "@script");
      compiled = this.#vm.keep(L);
      this.#compiled.set(script, compiled);
    }
    this.#vm.pushKept(L, compiled);
    this.#setGlobal("KEYS", keys);
    this.#setGlobal("ARGV", args);
    if (lua.lua_pcall(L, 0, 1, 0) !== 0) throw new Error(this.#vm.text(L, -1));
    const result = this.#vm.text(L, -1);
    this.#vm.pop(L);
    return result;
  }

  #setGlobal(name: string, values: readonly string[]): void {
    const { lua, main: L } = this.#vm;
    lua.lua_createtable(L, values.length, 0);
    for (const [i, value] of values.entries()) {
      this.#vm.push(L, value);
      lua.lua_rawseti(L, -2, i + 1);
    }
    lua.lua_setfield(L, GLOBALS, this.#vm.name(name));
  }
}
