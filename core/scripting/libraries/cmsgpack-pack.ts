// cmsgpack.pack: one Lua value as MessagePack.
import type { Bytes } from "../../kernel/bytes.ts";
import { LUA, type LuaState } from "../lua-exports.ts";
import type { LuaVm } from "../lua-vm.ts";

/** A table below so many others is packed as nil. */
const MAX_NESTING = 16;
const NIL = "\xc0";

const view = new DataView(new ArrayBuffer(8));

/** The value on top, which stays there. */
export function packValue(vm: LuaVm, L: LuaState, level: number): Bytes {
  const { lua } = vm;
  switch (lua.lua_type(L, -1)) {
    case LUA.string:
      return packString(vm.text(L, -1)!);
    case LUA.boolean:
      return lua.lua_toboolean(L, -1) === 0 ? "\xc2" : "\xc3";
    case LUA.number:
      return packNumber(lua.lua_tonumber(L, -1));
    case LUA.table:
      return level === MAX_NESTING ? NIL : packTable(vm, L, level + 1);
    default:
      return NIL;
  }
}

/** A type byte and a number behind it, in so many bytes, the highest first. */
function head(type: number, value: number | bigint, width: 1 | 2 | 4 | 8): Bytes {
  view.setBigInt64(0, BigInt.asIntN(64, BigInt(value)));
  let bytes = String.fromCharCode(type);
  for (let i = 8 - width; i < 8; i++) bytes += String.fromCharCode(view.getUint8(i));
  return bytes;
}

function packString(text: Bytes): Bytes {
  const { length } = text;
  if (length < 32) return String.fromCharCode(0xa0 | length) + text;
  if (length <= 0xff) return head(0xd9, length, 1) + text;
  return (length <= 0xffff ? head(0xda, length, 2) : head(0xdb, length, 4)) + text;
}

function packNumber(value: number): Bytes {
  if (Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63) return packInteger(value);
  const single = Math.fround(value) === value;
  if (single) view.setFloat32(0, value);
  else view.setFloat64(0, value);
  // What is no number is a negative one, as the processor makes it.
  if (Number.isNaN(value)) view.setUint8(0, 0xff);
  let bytes = single ? "\xca" : "\xcb";
  for (let i = 0; i < (single ? 4 : 8); i++) bytes += String.fromCharCode(view.getUint8(i));
  return bytes;
}

function packInteger(value: number): Bytes {
  if (value >= 0) {
    if (value <= 0x7f) return String.fromCharCode(value);
    if (value <= 0xff) return head(0xcc, value, 1);
    if (value <= 0xffff) return head(0xcd, value, 2);
    return value <= 0xffffffff ? head(0xce, value, 4) : head(0xcf, value, 8);
  }
  if (value >= -32) return String.fromCharCode(value & 0xff);
  if (value >= -0x80) return head(0xd0, value, 1);
  if (value >= -0x8000) return head(0xd1, value, 2);
  return value >= -0x80000000 ? head(0xd2, value, 4) : head(0xd3, value, 8);
}

function packTable(vm: LuaVm, L: LuaState, level: number): Bytes {
  const { lua } = vm;
  lua.lua_checkstack(L, 4);
  const { isArray, length } = survey(vm, L);
  const [small, medium, large] = isArray ? ([0x90, 0xdc, 0xdd] as const) : ([0x80, 0xde, 0xdf] as const);
  let packed: Bytes;
  if (length <= 15) packed = String.fromCharCode(small | length);
  else packed = length <= 0xffff ? head(medium, length, 2) : head(large, length, 4);
  if (isArray) {
    for (let i = 1; i <= length; i++) {
      lua.lua_rawgeti(L, -1, i);
      packed += packValue(vm, L, level);
      vm.pop(L);
    }
    return packed;
  }
  lua.lua_pushnil(L);
  while (lua.lua_next(L, -2) !== 0) {
    lua.lua_pushvalue(L, -2);
    packed += packValue(vm, L, level);
    vm.pop(L);
    packed += packValue(vm, L, level);
    vm.pop(L);
  }
  return packed;
}

/** A table whose keys are 1 to its length is an array; an empty one too. */
function survey(vm: LuaVm, L: LuaState): { readonly isArray: boolean; readonly length: number } {
  const { lua } = vm;
  let greatest = 0;
  let length = 0;
  let indicesOnly = true;
  lua.lua_pushnil(L);
  for (; lua.lua_next(L, -2) !== 0; length++) {
    const index = lua.lua_type(L, -2) === LUA.number ? lua.lua_tonumber(L, -2) : 0;
    indicesOnly &&= index > 0 && Number.isInteger(index);
    greatest = Math.max(greatest, index);
    vm.pop(L);
  }
  return { isArray: indicesOnly && greatest === length, length };
}
