// Errors of scripts: tables with a text, and where in the script they happened (script_lua.c: luaPushErrorBuff,
// luaExtractErrorInformation).
import type { Bytes } from "../kernel/bytes.ts";
import { printed } from "../resp/errors.ts";
import type { LuaState } from "./lua-exports.ts";
import type { LuaFunction, LuaVm } from "./lua-vm.ts";

const RECORD_BYTES = 128;
/** Places in a lua_Debug. */
const WHAT = 12;
const SOURCE = 16;
const LINE = 20;

/** The text of an error as replies have it: a code in front, ERR where there is none. */
export function errorText(message: Bytes): Bytes {
  const text = printed(message).replace(/[\r\n]+$/, "");
  if (!text.startsWith("-")) return `ERR ${text}`;
  return text.includes(" ") ? text.slice(1) : `ERR ${text.slice(1)}`;
}

/** Pushes an error as redis.error_reply makes it. */
export function pushError(vm: LuaVm, L: LuaState, message: Bytes): void {
  vm.lua.lua_createtable(L, 0, 2);
  vm.push(L, errorText(message));
  vm.lua.lua_setfield(L, -2, vm.name("err"));
}

/** Says of the error on top that INFO has it in its statistics. */
export function markCounted(vm: LuaVm, L: LuaState): void {
  vm.lua.lua_pushboolean(L, 1);
  vm.lua.lua_setfield(L, -2, vm.name("ignore_error_stats_update"));
}

/** Raises it. */
export function raiseError(vm: LuaVm, L: LuaState, message: Bytes): never {
  pushError(vm, L, message);
  return vm.raise(L);
}

/**
 * Makes the function that puts every uncaught error into a table, with the source and the line where it happened.
 *
 * @param toText Lua's tostring, kept
 */
export function errorHandler(vm: LuaVm, toText: number): LuaFunction {
  const { lua } = vm;
  const record = lua.malloc(RECORD_BYTES);
  const look = (L: LuaState, level: number): boolean =>
    lua.lua_getstack(L, level, record) !== 0 && lua.lua_getinfo(L, vm.name("nSl"), record) !== 0;
  return (L) => {
    lua.lua_settop(L, 1);
    if (!vm.isTable(L, 1)) {
      vm.pushKept(L, toText);
      lua.lua_insert(L, 1);
      lua.lua_call(L, 1, 1);
      const text = vm.text(L, 1) ?? "";
      lua.lua_createtable(L, 0, 3);
      vm.push(L, `ERR ${text}`);
      lua.lua_setfield(L, -2, vm.name("err"));
      lua.lua_replace(L, 1);
    }
    let found = look(L, 1);
    if (found && vm.textUntilNul(vm.view.getUint32(record + WHAT, true)) === "C") found = look(L, 2);
    if (found) {
      vm.push(L, vm.textUntilNul(vm.view.getUint32(record + SOURCE, true)));
      lua.lua_setfield(L, 1, vm.name("source"));
      lua.lua_pushnumber(L, vm.view.getInt32(record + LINE, true));
      lua.lua_setfield(L, 1, vm.name("line"));
    }
    lua.lua_settop(L, 1);
    return 1;
  };
}

/** An uncaught error, as it stands on top of the main stack. */
export interface UncaughtError {
  readonly text: Bytes;
  readonly source: Bytes | undefined;
  readonly line: Bytes | undefined;
  /** A command gave it, and INFO has it in its statistics. */
  readonly counted: boolean;
}

/** Reads the table that the handler made; undefined where it is none, because there was no memory for one. */
export function readError(vm: LuaVm): UncaughtError | undefined {
  const { lua, main: L } = vm;
  if (!vm.isTable(L, -1)) return undefined;
  const field = (name: Bytes): Bytes | undefined => {
    lua.lua_getfield(L, -1, vm.name(name));
    const text = vm.text(L, -1);
    vm.pop(L);
    return text;
  };
  lua.lua_getfield(L, -1, vm.name("ignore_error_stats_update"));
  const counted = lua.lua_toboolean(L, -1) !== 0;
  vm.pop(L);
  return { text: printed(field("err") ?? ""), source: field("source"), line: field("line"), counted };
}
