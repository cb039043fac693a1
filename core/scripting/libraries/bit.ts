// The `bit` library: operations on 32 bits, as BitOp has them.
import type { LuaState } from "../lua-exports.ts";
import type { LuaFunction, LuaVm } from "../lua-vm.ts";

const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);
/** 2^52 + 2^51: added to a number, it leaves the number's low 32 bits in the lower half of the double, rounded to even. */
const ROUNDING = 6755399441055744;

function toBits(value: number): number {
  double[0] = value + ROUNDING;
  return halves[0]!;
}

/** Pushes the library. */
export function pushBit(vm: LuaVm): void {
  const { lua } = vm;
  const bits = (L: LuaState, argument: number): number => toBits(lua.luaL_checknumber(L, argument));
  const give = (L: LuaState, value: number): number => {
    lua.lua_pushnumber(L, value);
    return 1;
  };
  const fold =
    (combine: (left: number, right: number) => number): LuaFunction =>
    (L) => {
      let value = bits(L, 1);
      for (let i = lua.lua_gettop(L); i > 1; i--) value = combine(value, bits(L, i));
      return give(L, value);
    };
  const shift =
    (by: (value: number, count: number) => number): LuaFunction =>
    (L) =>
      give(L, by(bits(L, 1), bits(L, 2) & 31) | 0);
  vm.pushLibrary({
    tobit: (L) => give(L, bits(L, 1)),
    bnot: (L) => give(L, ~bits(L, 1)),
    band: fold((left, right) => left & right),
    bor: fold((left, right) => left | right),
    bxor: fold((left, right) => left ^ right),
    lshift: shift((value, count) => value << count),
    rshift: shift((value, count) => value >>> count),
    arshift: shift((value, count) => value >> count),
    rol: shift((value, count) => (value << count) | (value >>> ((32 - count) & 31))),
    ror: shift((value, count) => (value >>> count) | (value << ((32 - count) & 31))),
    bswap(L) {
      const value = bits(L, 1);
      return give(L, (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24));
    },
    tohex(L) {
      const value = bits(L, 1);
      const wanted = lua.lua_type(L, 2) <= 0 ? 8 : bits(L, 2);
      const digits = Math.min(8, Math.abs(wanted | 0) >>> 0);
      const text = (value >>> 0)
        .toString(16)
        .padStart(8, "0")
        .slice(8 - digits);
      vm.push(L, wanted < 0 ? text.toUpperCase() : text);
      return 1;
    },
  });
}
