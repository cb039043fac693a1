// Integers of 64 bits in Lua's own functions: here a C `long` has 32, on a real server 64. Arguments beyond are brought into range
// before the original function sees them, with the outcome that 64 bits would have had.
import type { Bytes } from "../kernel/bytes.ts";
import { INT64_MAX, INT64_MIN } from "../kernel/integers.ts";
import { LUA, type LuaState } from "./lua-exports.ts";
import type { LuaFunction, LuaVm } from "./lua-vm.ts";

const INT32_MAX = 2147483647;

/** What the processor makes of a double that becomes an integer of 64 bits: the least one where it does not fit. */
export function toInt64(value: number): bigint {
  return value >= -9223372036854775808 && value < 9223372036854775808 ? BigInt(Math.trunc(value)) : INT64_MIN;
}

/** The same of an unsigned one: zero where it is too large. */
export function toUint64(value: number): bigint {
  if (value < 2 ** 63 || Number.isNaN(value)) return BigInt.asUintN(64, toInt64(value));
  return value < 2 ** 64 ? BigInt(value) : 0n;
}

/**
 * Puts the functions that take integers over those of Lua.
 *
 * @param memoryLimitBytes no string can be longer
 */
export function widenIntegers(vm: LuaVm, memoryLimitBytes: number): void {
  vm.pushOwnGlobal("string");
  for (const name of ["sub", "byte"]) wrap(vm, name, (L) => clamp(vm, L, [2, 3]));
  for (const name of ["find", "match"]) wrap(vm, name, (L) => clamp(vm, L, [3]));
  wrap(vm, "char", (L) => cut(vm, L, range(1, vm.lua.lua_gettop(L))));
  wrap(vm, "gsub", (L) => cut(vm, L, [4]));
  vm.setFunction(-1, "rep", (L) => repeat(vm, L, memoryLimitBytes));
  wrap(vm, "format", (L) => spellOut(vm, L));
  vm.pop(vm.main);
  vm.pushOwnGlobal("math");
  // The real servers' compiler has arguments of one call checked from the last to the first.
  for (const name of ["atan2", "fmod", "ldexp", "pow"]) {
    wrap(vm, name, (L) => {
      vm.lua.luaL_checknumber(L, 2);
      if (name === "ldexp") cut(vm, L, [2]);
    });
  }
  vm.pop(vm.main);
  vm.pushOwnGlobal("table");
  wrap(vm, "concat", (L) => cut(vm, L, [3, 4]));
  vm.pop(vm.main);
  vm.pushOwnGlobal("_G");
  wrap(vm, "select", (L) => cut(vm, L, [1]));
  wrap(vm, "unpack", (L) => cut(vm, L, [2, 3]));
  replaceToNumber(vm);
  vm.pop(vm.main);
}

/**
 * Replaces a field of the table on top by a function that prepares the arguments and goes on with the original, which must be
 * one of Lua's own.
 */
export function wrap(vm: LuaVm, name: Bytes, prepare: (L: LuaState) => void): void {
  const { lua, main } = vm;
  lua.lua_getfield(main, -1, vm.name(name));
  const original = vm.original(-1);
  vm.pop(main);
  vm.setFunction(-1, name, (L) => {
    prepare(L);
    return original(L);
  });
}

function isWide(value: number): boolean {
  return !(value > -INT32_MAX && value < INT32_MAX);
}

/** Positions: beyond any string is beyond any string. */
function clamp(vm: LuaVm, L: LuaState, indices: readonly number[]): void {
  for (const index of indices) {
    const value = vm.lua.lua_tonumber(L, index);
    if (isWide(value)) replace(vm, L, index, value > 0 && value < 2 ** 63 ? INT32_MAX : -INT32_MAX);
  }
}

/** What becomes a C `int`: the low half of the 64 bits. */
function cut(vm: LuaVm, L: LuaState, indices: readonly number[]): void {
  for (const index of indices) {
    const value = vm.lua.lua_tonumber(L, index);
    if (isWide(value)) replace(vm, L, index, toInt32(value));
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function toInt32(value: number): number {
  return isWide(value) ? Number(BigInt.asIntN(32, toInt64(value))) : Math.trunc(value);
}

/** The C `int` that must stand at a place. */
export function checkInt({ lua }: LuaVm, L: LuaState, argument: number): number {
  return toInt32(lua.luaL_checknumber(L, argument));
}

/** The same where it may be left out. */
export function optionalInt(vm: LuaVm, L: LuaState, argument: number, otherwise: number): number {
  return vm.lua.lua_type(L, argument) <= LUA.nil ? otherwise : checkInt(vm, L, argument);
}

/** string.rep. What memory cannot hold need not be tried, byte by byte. */
function repeat(vm: LuaVm, L: LuaState, memoryLimitBytes: number): number {
  const text = vm.checkText(L, 1);
  const count = checkInt(vm, L, 2);
  if (text.length * count > memoryLimitBytes) return vm.fail(L, "not enough memory", { where: false });
  vm.push(L, count > 0 ? text.repeat(count) : "");
  return 1;
}

function replace(vm: LuaVm, L: LuaState, index: number, value: number): void {
  vm.lua.lua_pushnumber(L, value);
  vm.lua.lua_replace(L, index);
}

/** A conversion of string.format: flags, width, precision, letter. */
const CONVERSION = /%([-+ #0]*)(\d*)(?:(\.)(\d*))?(.)/gs;

/** Integers that do not fit are printed by us; the format asks for their text in their place. */
function spellOut(vm: LuaVm, L: LuaState): void {
  const { lua } = vm;
  const top = lua.lua_gettop(L);
  let unusual = false;
  for (let i = 2; i <= top && !unusual; i++) {
    const value = lua.lua_tonumber(L, i);
    unusual = value < 0 || !(value < INT32_MAX);
  }
  if (!unusual || lua.lua_type(L, 1) !== LUA.string) return;
  let argument = 1;
  const format = vm.text(L, 1)!.replace(CONVERSION, (all: Bytes, ...parts: Bytes[]) => {
    const [flags = "", width = "", dot, precision = "", letter = ""] = parts;
    if (letter === "%") return all;
    argument++;
    const usual =
      !/[dioxXuc]/.test(letter) || !lua.lua_isnumber(L, argument) || width.length > 2 || precision.length > 2;
    if (usual || argument > top) return all;
    const given = lua.lua_tonumber(L, argument);
    const value = /[di]/.test(letter) ? toInt64(given) : toUint64(given);
    if (letter === "c") {
      replace(vm, L, argument, Number(BigInt.asUintN(8, toInt64(given))));
      return all;
    }
    const text = printInteger(value, letter, {
      flags,
      width: Number(width),
      precision: dot ? Number(precision) : undefined,
    });
    vm.push(L, text);
    lua.lua_replace(L, argument);
    return "%s";
  });
  vm.push(L, format);
  lua.lua_replace(L, 1);
}

interface Layout {
  readonly flags: Bytes;
  readonly width: number;
  readonly precision: number | undefined;
}

/** C's printf of an integer of 64 bits. */
function printInteger(value: bigint, letter: Bytes, { flags, width, precision }: Layout): Bytes {
  const signed = letter === "d" || letter === "i";
  const magnitude = value < 0n ? -value : value;
  const base = letter === "o" ? 8 : signed || letter === "u" ? 10 : 16;
  let digits = precision === 0 && magnitude === 0n ? "" : magnitude.toString(base).padStart(precision ?? 1, "0");
  if (letter === "X") digits = digits.toUpperCase();
  let sign = "";
  if (signed) sign = value < 0n ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  else if (flags.includes("#") && base === 16 && magnitude !== 0n) sign = `0${letter}`;
  else if (flags.includes("#") && base === 8 && !digits.startsWith("0")) digits = `0${digits}`;
  if (flags.includes("-")) return (sign + digits).padEnd(width);
  if (flags.includes("0") && precision === undefined) return sign + digits.padStart(width - sign.length, "0");
  return (sign + digits).padStart(width);
}

/** tonumber reads digits of a base as an unsigned integer of 64 bits; what does not fit is the greatest. */
function replaceToNumber(vm: LuaVm): void {
  const { lua, main } = vm;
  lua.lua_getfield(main, -1, vm.name("tonumber"));
  const original = vm.original(-1);
  vm.pop(main);
  const ownBase: LuaFunction = (L) => {
    const base = optionalInt(vm, L, 2, 10);
    if (base === 10) {
      if (lua.lua_type(L, 1) !== LUA.string || !/^\s*[-+]?0x\s*$/i.test(vm.text(L, 1)!)) return original(L);
      lua.lua_pushnil(L);
      return 1;
    }
    const text = vm.checkText(L, 1);
    if (base < 2 || base > 36) return vm.failArgument(L, 2, "base out of range");
    const value = readDigits(text, base);
    if (value === undefined) lua.lua_pushnil(L);
    else lua.lua_pushnumber(L, value);
    return 1;
  };
  vm.setFunction(-1, "tonumber", ownBase);
}

/** C's strtoul, and nothing but blanks behind it. */
function readDigits(text: Bytes, base: number): number | undefined {
  const [, sign, prefix = "", digits = "", rest = ""] = /^[ \t-\r]*([-+]?)(0x)?([0-9a-z]*)(.*)$/is.exec(text) ?? [];
  let all = digits;
  if (prefix !== "" && (base !== 16 || digits === "")) all = base > 33 ? prefix + digits : "0";
  if (prefix !== "" && all === "0") return undefined; // the x is left over
  let value = 0n;
  let length = 0;
  for (const letter of all) {
    const digit = Number.parseInt(letter, 36);
    if (!(digit < base)) break;
    value = value * BigInt(base) + BigInt(digit);
    length++;
  }
  const left = (all.slice(length) + rest).replace(/\0.*$/s, "");
  if (length === 0 || /[^ \t-\r]/.test(left)) return undefined;
  const limit = 2n * INT64_MAX + 1n;
  return Number(value > limit ? limit : sign === "-" ? BigInt.asUintN(64, -value) : value);
}
