// cjson.encode: Lua values as JSON.
import type { Bytes } from "../../kernel/bytes.ts";
import { printG } from "../../kernel/decimals.ts";
import { LUA, TYPE_NAMES, type LuaState } from "../lua-exports.ts";
import type { LuaFunction, LuaVm } from "../lua-vm.ts";
import type { CjsonSettings } from "./cjson.ts";

const INT_MAX = 2147483647;

const ESCAPES: Readonly<Record<Bytes, Bytes>> = {
  '"': '\\"',
  "\\": "\\\\",
  "/": "\\/",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
};

/** Makes the function. */
export function cjsonEncoder(vm: LuaVm, settings: CjsonSettings): LuaFunction {
  return (L) => {
    if (vm.lua.lua_gettop(L) !== 1) return vm.failArgument(L, 1, "expected 1 argument");
    vm.push(L, new Encoder(vm, settings, L).value(0));
    return 1;
  };
}

class Encoder {
  readonly #vm: LuaVm;
  readonly #settings: CjsonSettings;
  readonly #L: LuaState;

  constructor(vm: LuaVm, settings: CjsonSettings, L: LuaState) {
    this.#vm = vm;
    this.#settings = settings;
    this.#L = L;
  }

  /** The value on top, which stays there. */
  value(depth: number): Bytes {
    const { lua } = this.#vm;
    const L = this.#L;
    const type = lua.lua_type(L, -1);
    switch (type) {
      case LUA.string:
        return quote(this.#vm.text(L, -1)!);
      case LUA.number:
        return this.#number(lua.lua_tonumber(L, -1));
      case LUA.boolean:
        return lua.lua_toboolean(L, -1) === 0 ? "false" : "true";
      case LUA.nil:
        return "null";
      case LUA.table:
        return this.#table(depth + 1);
      case LUA.lightuserdata:
        if (lua.lua_touserdata(L, -1) === 0) return "null";
    }
    return this.#refuse(type, "type not supported");
  }

  #refuse(type: number, reason: Bytes): never {
    return this.#vm.fail(this.#L, `Cannot serialise ${TYPE_NAMES[type]}: ${reason}`);
  }

  #number(value: number): Bytes {
    const { encodeInvalidNumbers, precision } = this.#settings;
    if (Number.isFinite(value)) return printG(value, precision);
    if (encodeInvalidNumbers === "null") return "null";
    if (encodeInvalidNumbers === "off") return this.#refuse(LUA.number, "must not be NaN or Inf");
    if (Number.isNaN(value)) return "nan";
    return value > 0 ? "inf" : "-inf";
  }

  #table(depth: number): Bytes {
    const L = this.#L;
    const { lua } = this.#vm;
    if (depth > this.#settings.encodeMaxDepth || lua.lua_checkstack(L, 3) === 0) {
      return this.#vm.fail(L, `Cannot serialise, excessive nesting (${depth})`);
    }
    const length = this.#arrayLength();
    return length > 0 ? this.#array(length, depth) : this.#object(depth);
  }

  /** The greatest index, where there are indices only; otherwise -1. */
  #arrayLength(): number {
    const { lua } = this.#vm;
    const L = this.#L;
    let greatest = 0;
    let count = 0;
    lua.lua_pushnil(L);
    while (lua.lua_next(L, -2) !== 0) {
      const index = lua.lua_type(L, -2) === LUA.number ? lua.lua_tonumber(L, -2) : 0;
      if (index < 1 || !Number.isInteger(index)) {
        this.#vm.pop(L, 2);
        return -1;
      }
      // In C the greatest is an int: what does not fit becomes the least one.
      if (index > greatest) greatest = index <= INT_MAX ? index : -INT_MAX - 1;
      count++;
      this.#vm.pop(L);
    }
    const { sparseRatio, sparseSafe, sparseConvert } = this.#settings;
    if (sparseRatio > 0 && greatest > count * sparseRatio && greatest > sparseSafe) {
      if (!sparseConvert) this.#refuse(LUA.table, "excessively sparse array");
      return -1;
    }
    return greatest;
  }

  #array(length: number, depth: number): Bytes {
    let text = "[";
    for (let i = 1; i <= length; i++) {
      if (i > 1) text += ",";
      this.#vm.lua.lua_rawgeti(this.#L, -1, i);
      text += this.value(depth);
      this.#vm.pop(this.#L);
    }
    return `${text}]`;
  }

  #object(depth: number): Bytes {
    const { lua } = this.#vm;
    const L = this.#L;
    let text = "{";
    lua.lua_pushnil(L);
    while (lua.lua_next(L, -2) !== 0) {
      if (text.length > 1) text += ",";
      const type = lua.lua_type(L, -2);
      if (type === LUA.number) text += `"${this.#number(lua.lua_tonumber(L, -2))}":`;
      else if (type === LUA.string) text += `${quote(this.#vm.text(L, -2)!)}:`;
      else this.#refuse(type, "table key must be a number or string");
      text += this.value(depth);
      this.#vm.pop(L);
    }
    return `${text}}`;
  }
}

function quote(text: Bytes): Bytes {
  if (!/["\\/\0-\x1f\x7f]/.test(text)) return `"${text}"`;
  const escaped = text.replace(
    /["\\/\0-\x1f\x7f]/g,
    (char) => ESCAPES[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `"${escaped}"`;
}
