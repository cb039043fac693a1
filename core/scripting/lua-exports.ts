// What Lua's C API is called by from here: the exports of liblua5.1.wasm, and the numbers of lua.h. Pointers are numbers.

/** A lua_State: the main thread of an interpreter, or a coroutine. */
export type LuaState = number;

/** A place on the stack, from the bottom (1) or the top (-1), or one of the pseudo-indices. */
type Index = number;
/** An address in Lua's memory. */
export type Pointer = number;

export interface LuaExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly __indirect_function_table: {
    readonly length: number;
    grow(count: number): number;
    get(index: number): (...values: number[]) => number;
    set(index: number, value: unknown): void;
  };
  emscripten_stack_init(): void;
  __wasm_call_ctors(): void;
  stackSave(): Pointer;
  stackRestore(at: Pointer): void;
  setThrew(threw: number, value: number): void;
  malloc(sizeBytes: number): Pointer;
  free(at: Pointer): void;

  luaL_newstate(): LuaState;
  luaL_openlibs(L: LuaState): void;
  luaL_loadbuffer(L: LuaState, at: Pointer, sizeBytes: number, name: Pointer): number;
  luaL_ref(L: LuaState, table: Index): number;
  luaL_unref(L: LuaState, table: Index, reference: number): void;
  luaL_where(L: LuaState, level: number): void;
  luaL_argerror(L: LuaState, argument: number, message: Pointer): number;
  luaL_checkany(L: LuaState, argument: Index): void;
  luaL_checklstring(L: LuaState, argument: Index, length: Pointer): Pointer;
  luaL_checknumber(L: LuaState, argument: Index): number;
  luaL_checktype(L: LuaState, argument: Index, type: number): void;
  luaL_typerror(L: LuaState, argument: number, expected: Pointer): number;

  lua_checkstack(L: LuaState, slots: number): number;
  lua_call(L: LuaState, given: number, wanted: number): void;
  lua_concat(L: LuaState, count: number): void;
  lua_createtable(L: LuaState, elements: number, fields: number): void;
  lua_error(L: LuaState): number;
  lua_gc(L: LuaState, what: number, data: number): number;
  lua_getfield(L: LuaState, at: Index, name: Pointer): void;
  lua_getinfo(L: LuaState, what: Pointer, record: Pointer): number;
  lua_getmetatable(L: LuaState, at: Index): number;
  lua_getstack(L: LuaState, level: number, record: Pointer): number;
  lua_gettop(L: LuaState): number;
  lua_insert(L: LuaState, at: Index): void;
  lua_next(L: LuaState, at: Index): number;
  lua_objlen(L: LuaState, at: Index): number;
  lua_pcall(L: LuaState, given: number, wanted: number, handler: Index): number;
  lua_pushboolean(L: LuaState, value: number): void;
  lua_pushcclosure(L: LuaState, functionIndex: number, upvalues: number): void;
  lua_pushlightuserdata(L: LuaState, value: Pointer): void;
  lua_pushlstring(L: LuaState, at: Pointer, sizeBytes: number): void;
  lua_pushnil(L: LuaState): void;
  lua_pushnumber(L: LuaState, value: number): void;
  lua_pushvalue(L: LuaState, at: Index): void;
  lua_rawget(L: LuaState, at: Index): void;
  lua_rawgeti(L: LuaState, at: Index, element: number): void;
  lua_rawset(L: LuaState, at: Index): void;
  lua_rawseti(L: LuaState, at: Index, element: number): void;
  lua_remove(L: LuaState, at: Index): void;
  lua_replace(L: LuaState, at: Index): void;
  lua_setfield(L: LuaState, at: Index, name: Pointer): void;
  lua_sethook(L: LuaState, functionIndex: number, mask: number, count: number): number;
  lua_setmetatable(L: LuaState, at: Index): number;
  lua_settop(L: LuaState, top: number): void;
  lua_toboolean(L: LuaState, at: Index): number;
  lua_tocfunction(L: LuaState, at: Index): number;
  lua_tolstring(L: LuaState, at: Index, length: Pointer): Pointer;
  lua_tonumber(L: LuaState, at: Index): number;
  lua_topointer(L: LuaState, at: Index): Pointer;
  lua_touserdata(L: LuaState, at: Index): Pointer;
  lua_type(L: LuaState, at: Index): number;
  lua_isnumber(L: LuaState, at: Index): number;
}

export const REGISTRY = -10000;
export const GLOBALS = -10002;
/** The first value that a C function carries with it. */
export const FIRST_UPVALUE = -10003;

/** Types of values (lua.h). */
export const LUA = {
  none: -1,
  nil: 0,
  boolean: 1,
  lightuserdata: 2,
  number: 3,
  string: 4,
  table: 5,
  function: 6,
  userdata: 7,
  thread: 8,
} as const;

export const TYPE_NAMES: readonly string[] = [
  "nil",
  "boolean",
  "userdata",
  "number",
  "string",
  "table",
  "function",
  "userdata",
  "thread",
];

export const HOOK_LINES = 4;
export const HOOK_COUNT = 8;
/** lua_gc: a whole collection. */
export const GC_COLLECT = 2;
/** lua_gc: kilobytes in use. */
export const GC_COUNT = 3;
