// The `cmsgpack` library: MessagePack as lua-cmsgpack writes and reads it.
import type { Bytes } from "../../kernel/bytes.ts";
import type { Profile } from "../../commands/profile.ts";
import type { LuaState } from "../lua-exports.ts";
import type { LuaVm } from "../lua-vm.ts";
import { checkInt, optionalInt } from "../wide-integers.ts";
import { packValue } from "./cmsgpack-pack.ts";
import { Unpacker } from "./cmsgpack-unpack.ts";

const FACTS: Readonly<Record<string, Bytes>> = {
  _NAME: "cmsgpack",
  _VERSION: "lua-cmsgpack 0.4.0",
  _DESCRIPTION: "MessagePack C implementation for Lua",
};

/** Pushes the library. */
export function pushCmsgpack(vm: LuaVm, { family }: Profile): void {
  const { lua } = vm;
  vm.pushLibrary({
    pack(L) {
      const given = lua.lua_gettop(L);
      if (given === 0) return vm.failArgument(L, 0, "MessagePack pack needs input.");
      let packed = "";
      for (let i = 1; i <= given; i++) {
        lua.lua_pushvalue(L, i);
        packed += packValue(vm, L, 0);
        vm.pop(L);
      }
      vm.push(L, packed);
      return 1;
    },
    unpack: (L) => unpack(vm, L, undefined),
    unpack_one: (L) => unpack(vm, L, { limit: 1, offset: optionalInt(vm, L, 2, 0) }),
    unpack_limit(L) {
      const limit = checkInt(vm, L, 2);
      return unpack(vm, L, { limit, offset: optionalInt(vm, L, 3, 0) });
    },
  });
  for (const [name, text] of Object.entries({
    ...FACTS,
    _COPYRIGHT: `Copyright (C) 2012, ${family === "redis" ? "Salvatore Sanfilippo" : "Redis Ltd."}`,
  })) {
    vm.push(vm.main, text);
    lua.lua_setfield(vm.main, -2, vm.name(name));
  }
}

/** All values, or some of them behind the offset of what follows. */
function unpack(vm: LuaVm, L: LuaState, part: { readonly limit: number; readonly offset: number } | undefined): number {
  const { lua } = vm;
  lua.lua_settop(L, 1);
  const text = vm.checkText(L, 1);
  const { limit, offset } = part ?? { limit: 0, offset: 0 };
  if (offset < 0 || limit < 0) {
    return vm.fail(L, `Invalid request to unpack with offset of ${offset} and limit of ${text.length}.`);
  }
  if (offset > text.length) {
    return vm.fail(L, `Start offset ${offset} greater than input length ${text.length}.`);
  }
  const all = part === undefined || limit === 0;
  const unpacker = new Unpacker(vm, L, { text, at: offset });
  let count = 0;
  while (!unpacker.atEnd && (all || count < limit)) {
    if (lua.lua_checkstack(L, 1) === 0) return vm.fail(L, "stack overflow (in function mp_unpack)");
    unpacker.value();
    count++;
  }
  if (all) return count;
  lua.lua_pushnumber(L, unpacker.atEnd ? -1 : unpacker.at);
  lua.lua_insert(L, 2);
  return count + 1;
}
