// math.random as Redis has it: lrand48. Every server begins with the same seed, and goes on from script to script.
import type { LuaVm } from "./lua-vm.ts";
import { checkInt } from "./wide-integers.ts";

const MULTIPLIER = 0x5deece66dn;
const INCREMENT = 0xbn;
const LOW_BITS = 0x330en;
const RANGE = 2147483647;

export class ScriptRandom {
  #state = 0x1234abcd330en;

  seed(value: number): void {
    this.#state = (BigInt(value >>> 0) << 16n) | LOW_BITS;
  }

  /** A number in [0, 1). */
  next(): number {
    this.#state = (this.#state * MULTIPLIER + INCREMENT) & 0xffffffffffffn;
    return (Number(this.#state >> 17n) % RANGE) / RANGE;
  }

  /** Replaces `random` and `randomseed` of the math table on top of the main stack. */
  install(vm: LuaVm): void {
    const { lua } = vm;
    vm.setFunction(-1, "random", (L) => {
      const draw = this.next();
      const given = lua.lua_gettop(L);
      if (given > 2) return vm.fail(L, "wrong number of arguments");
      if (given === 0) {
        lua.lua_pushnumber(L, draw);
        return 1;
      }
      const from = given === 2 ? checkInt(vm, L, 1) : 1;
      const to = checkInt(vm, L, given);
      if (from > to) return vm.failArgument(L, given, "interval is empty");
      lua.lua_pushnumber(L, Math.floor(draw * (to - from + 1)) + from);
      return 1;
    });
    vm.setFunction(-1, "randomseed", (L) => {
      this.seed(checkInt(vm, L, 1));
      return 0;
    });
  }
}
