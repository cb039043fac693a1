// Tables that scripts may read and not change. Redis's Lua knows a flag for them; here each is an empty table whose reads go to the
// real one, and the functions that would see the difference are told of it.
import { GLOBALS, LUA, type LuaState, type Pointer } from "./lua-exports.ts";
import type { LuaFunction, LuaVm } from "./lua-vm.ts";

const REFUSAL = "Attempt to modify a readonly table";

/** What stands behind a table that may only be read. */
interface Protected {
  /** The real table, kept. */
  readonly table: number;
  /** The metatable that scripts get, kept; undefined: none. */
  readonly metatable: number | undefined;
}

export class ReadOnlyTables {
  readonly #vm: LuaVm;
  readonly #protected = new Map<Pointer, Protected>();
  readonly #refuse: LuaFunction;
  #stringMetatable: number | undefined;

  constructor(vm: LuaVm) {
    this.#vm = vm;
    this.#refuse = (L) => vm.fail(L, REFUSAL);
    this.#replaceFunctions();
  }

  /** Puts a read-only table in the place of the one on top of the main stack. */
  protect({ metatable }: { readonly metatable?: number } = {}): void {
    const { lua, main } = this.#vm;
    lua.lua_createtable(main, 0, 0);
    lua.lua_createtable(main, 0, 2);
    lua.lua_pushvalue(main, -3);
    lua.lua_setfield(main, -2, this.#vm.name("__index"));
    this.#vm.setFunction(-1, "__newindex", this.#refuse);
    lua.lua_setmetatable(main, -2);
    const pointer = lua.lua_topointer(main, -1);
    lua.lua_insert(main, -2);
    this.#protected.set(pointer, { table: this.#vm.keep(main), metatable });
    // Anchored, so that no other table ever gets its address.
    lua.lua_pushvalue(main, -1);
    this.#vm.keep(main);
  }

  /** The metatable of strings, as scripts get it: takes the read-only table on top of the main stack. */
  setStringMetatable(): void {
    this.#stringMetatable = this.#vm.keep(this.#vm.main);
  }

  #find(L: LuaState, index: number): Protected | undefined {
    const { lua } = this.#vm;
    return lua.lua_type(L, index) === LUA.table ? this.#protected.get(lua.lua_topointer(L, index)) : undefined;
  }

  #replaceFunctions(): void {
    const vm = this.#vm;
    vm.lua.lua_pushvalue(vm.main, GLOBALS);
    const { lua } = vm;
    lua.lua_getfield(vm.main, -1, vm.name("next"));
    const originalNext = vm.keep(vm.main);
    const next = this.#wrap("next", (L, found) => this.#putReal(L, found));
    this.#wrap("rawget", (L, found) => this.#putReal(L, found));
    for (const name of ["rawset", "setmetatable"]) this.#wrap(name, (L) => vm.fail(L, REFUSAL, { where: false }));
    vm.setFunction(-1, "pairs", (L) => {
      lua.luaL_checktype(L, 1, LUA.table);
      if (this.#find(L, 1) === undefined) vm.pushKept(L, originalNext);
      else vm.pushFunction(L, next);
      lua.lua_pushvalue(L, 1);
      lua.lua_pushnil(L);
      return 3;
    });
    this.#replace("getmetatable", (L, original) => {
      const kept = lua.lua_type(L, 1) === LUA.string ? this.#stringMetatable : this.#find(L, 1)?.metatable;
      if (kept !== undefined) vm.pushKept(L, kept);
      else if (this.#find(L, 1) !== undefined) lua.lua_pushnil(L);
      else return original(L);
      return 1;
    });
    vm.pop(vm.main);
    vm.pushOwnGlobal("table");
    this.#wrap("insert", (L) => vm.fail(L, REFUSAL, { where: false }));
    vm.pop(vm.main);
  }

  /** Replaces a field of the table on top: for read-only tables `instead` comes first. */
  #wrap(name: string, instead: (L: LuaState, found: Protected) => void): LuaFunction {
    return this.#replace(name, (L, original) => {
      const found = this.#find(L, 1);
      if (found !== undefined) instead(L, found);
      return original(L);
    });
  }

  #replace(name: string, run: (L: LuaState, original: LuaFunction) => number): LuaFunction {
    const vm = this.#vm;
    vm.lua.lua_getfield(vm.main, -1, vm.name(name));
    const original = vm.original(-1);
    vm.pop(vm.main);
    const replacement: LuaFunction = (L) => run(L, original);
    vm.setFunction(-1, name, replacement);
    return replacement;
  }

  #putReal(L: LuaState, { table }: Protected): void {
    this.#vm.pushKept(L, table);
    this.#vm.lua.lua_replace(L, 1);
  }
}
