// The `cjson` library: settings, which outlast a script, and its two halves (Lua CJSON 2.1.0).
import type { Bytes } from "../../kernel/bytes.ts";
import { LUA, type LuaState } from "../lua-exports.ts";
import type { LuaFunction, LuaVm } from "../lua-vm.ts";
import { checkInt } from "../wide-integers.ts";
import { cjsonDecoder } from "./cjson-decode.ts";
import { cjsonEncoder } from "./cjson-encode.ts";

const INT_MAX = 2147483647;

export type InvalidNumbers = "off" | "on" | "null";

export interface CjsonSettings {
  sparseConvert: boolean;
  sparseRatio: number;
  sparseSafe: number;
  encodeMaxDepth: number;
  decodeMaxDepth: number;
  encodeInvalidNumbers: InvalidNumbers;
  decodeInvalidNumbers: boolean;
  keepBuffer: boolean;
  precision: number;
}

/** Pushes the library with settings of its own. */
export function pushCjson(vm: LuaVm, L: LuaState = vm.main): void {
  const settings: CjsonSettings = {
    sparseConvert: false,
    sparseRatio: 2,
    sparseSafe: 10,
    encodeMaxDepth: 1000,
    decodeMaxDepth: 1000,
    encodeInvalidNumbers: "off",
    decodeInvalidNumbers: true,
    keepBuffer: true,
    precision: 14,
  };
  const functions: Readonly<Record<string, LuaFunction>> = {
    encode: cjsonEncoder(vm, settings),
    decode: cjsonDecoder(vm, settings),
    ...settingFunctions(vm, settings),
    new(state) {
      pushCjson(vm, state);
      return 1;
    },
  };
  const { lua } = vm;
  lua.lua_createtable(L, 0, 16);
  for (const [name, run] of Object.entries(functions)) {
    vm.pushFunction(L, run);
    lua.lua_setfield(L, -2, vm.name(name));
  }
  lua.lua_pushlightuserdata(L, 0);
  lua.lua_setfield(L, -2, vm.name("null"));
  for (const [name, text] of [
    ["_NAME", "cjson"],
    ["_VERSION", "2.1.0"],
  ] as const) {
    vm.push(L, text);
    lua.lua_setfield(L, -2, vm.name(name));
  }
}

function settingFunctions(vm: LuaVm, settings: CjsonSettings): Readonly<Record<string, LuaFunction>> {
  const option = new Option(vm);
  const integerSetting =
    (name: "encodeMaxDepth" | "decodeMaxDepth" | "precision", max: number): LuaFunction =>
    (L) => {
      option.expect(L, 1);
      settings[name] = option.integer(L, 1, { was: settings[name], min: 1, max });
      return 1;
    };
  return {
    encode_max_depth: integerSetting("encodeMaxDepth", INT_MAX),
    decode_max_depth: integerSetting("decodeMaxDepth", INT_MAX),
    encode_number_precision: integerSetting("precision", 14),
    encode_sparse_array(L) {
      option.expect(L, 3);
      settings.sparseConvert = option.word(L, 1, settings.sparseConvert ? "on" : "off", ["off", "on"]) === "on";
      settings.sparseRatio = option.integer(L, 2, { was: settings.sparseRatio, min: 0, max: INT_MAX });
      settings.sparseSafe = option.integer(L, 3, { was: settings.sparseSafe, min: 0, max: INT_MAX });
      return 3;
    },
    encode_keep_buffer(L) {
      option.expect(L, 1);
      settings.keepBuffer = option.word(L, 1, settings.keepBuffer ? "on" : "off", ["off", "on"]) === "on";
      return 1;
    },
    encode_invalid_numbers(L) {
      option.expect(L, 1);
      settings.encodeInvalidNumbers = option.word(L, 1, settings.encodeInvalidNumbers, ["off", "on", "null"]);
      return 1;
    },
    decode_invalid_numbers(L) {
      option.expect(L, 1);
      const was = settings.decodeInvalidNumbers ? "on" : "off";
      settings.decodeInvalidNumbers = option.word(L, 1, was, ["off", "on"]) === "on";
      return 1;
    },
  };
}

/** Reads the arguments of settings: each that is given changes one, and each is pushed as it is then. */
class Option {
  readonly #vm: LuaVm;

  constructor(vm: LuaVm) {
    this.#vm = vm;
  }

  /** No more arguments than these; those that are not given are nil. */
  expect(L: LuaState, count: number): void {
    const { lua } = this.#vm;
    if (lua.lua_gettop(L) > count) this.#vm.failArgument(L, count + 1, "found too many arguments");
    lua.lua_settop(L, count);
  }

  integer(L: LuaState, argument: number, { was, min, max }: { was: number; min: number; max: number }): number {
    const { lua } = this.#vm;
    let value = was;
    if (lua.lua_type(L, argument) !== LUA.nil) {
      value = checkInt(this.#vm, L, argument);
      if (value < min || value > max) {
        this.#vm.failArgument(L, 1, `expected integer between ${min} and ${max}`);
      }
    }
    lua.lua_pushnumber(L, value);
    return value;
  }

  word<W extends Bytes>(L: LuaState, argument: number, was: W, words: readonly W[]): W {
    const { lua } = this.#vm;
    let word: W | undefined = was;
    const type = lua.lua_type(L, argument);
    if (type === LUA.boolean) word = words[lua.lua_toboolean(L, argument)]!;
    else if (type !== LUA.nil) {
      const given = this.#vm.checkText(L, argument);
      word = words.find((each) => each === given);
      if (word === undefined) return this.#vm.failArgument(L, argument, `invalid option '${given}'`);
    }
    if (word === "off" || word === "on") lua.lua_pushboolean(L, word === "on" ? 1 : 0);
    else this.#vm.push(L, word);
    return word;
  }
}
