// The `struct` library: numbers and strings as C lays them out, by a format (Roberto Ierusalimschy's struct 0.2).
import type { Bytes } from "../../kernel/bytes.ts";
import { LUA, type LuaState } from "../lua-exports.ts";
import type { LuaFunction, LuaVm } from "../lua-vm.ts";
import { toInt64, toUint64 } from "../wide-integers.ts";

const INT_MAX = 2147483647;
const MAX_INTEGER_BYTES = 32;
const NATIVE_ALIGNMENT = 8;

const SIZES: Readonly<Record<Bytes, number>> = { b: 1, B: 1, h: 2, H: 2, l: 8, L: 8, T: 8, f: 4, d: 8, x: 1 };

const view = new DataView(new ArrayBuffer(8));

/** Pushes the library. */
export function pushStruct(vm: LuaVm): void {
  vm.pushLibrary({ pack: packer(vm), unpack: unpacker(vm), size: sizer(vm) });
}

/** Walks a format: byte order and alignment are its own, everything else is an item. */
class Format {
  readonly #vm: LuaVm;
  readonly #L: LuaState;
  readonly #text: Bytes;
  readonly #lenient: boolean;
  #at = 0;
  #alignment = 1;
  littleEndian = true;

  /** @param lenient letters that mean nothing are passed over */
  constructor(vm: LuaVm, L: LuaState, lenient = false) {
    this.#vm = vm;
    this.#L = L;
    this.#lenient = lenient;
    this.#text = vm.checkText(L, 1).replace(/\0.*$/s, "");
  }

  /** The next item; undefined at the end. What is no item is told of before it acts. Padding is for a place so many bytes from the beginning. */
  next(
    from: number,
    onControl?: () => void,
  ): { readonly option: Bytes; readonly size: number; readonly padding: number } | undefined {
    while (this.#at < this.#text.length) {
      const option = this.#text[this.#at++]!;
      const size = this.#sizeOf(option);
      if (size !== undefined) {
        const alignment = option === "c" ? 0 : Math.min(size, this.#alignment);
        return {
          option,
          size,
          padding: alignment === 0 ? 0 : (alignment - (from & (alignment - 1))) & (alignment - 1),
        };
      }
      onControl?.();
      this.#control(option);
    }
    return undefined;
  }

  /** Undefined for what is no item. */
  #sizeOf(option: Bytes): number | undefined {
    if (option === "s") return 0;
    if (option === "c") return this.#number(1);
    if (option !== "i" && option !== "I") return Object.hasOwn(SIZES, option) ? SIZES[option] : undefined;
    const size = this.#number(4);
    if (size > MAX_INTEGER_BYTES) {
      this.#vm.fail(this.#L, `integral size ${size} is larger than limit of ${MAX_INTEGER_BYTES}`);
    }
    return size;
  }

  #number(otherwise: number): number {
    const digits = /^\d*/.exec(this.#text.slice(this.#at))![0];
    this.#at += digits.length;
    if (digits === "") return otherwise;
    if (BigInt(digits) > INT_MAX) this.#vm.fail(this.#L, "integral size overflow");
    return Number(digits);
  }

  #control(option: Bytes): void {
    if (option === "<" || option === ">") this.littleEndian = option === "<";
    else if (option === "!") {
      this.#alignment = this.#number(NATIVE_ALIGNMENT);
      const isPower = this.#alignment > 0 && (this.#alignment & (this.#alignment - 1)) === 0;
      if (!isPower) this.#vm.fail(this.#L, `alignment ${this.#alignment} is not a power of 2`);
    } else if (option !== " " && !(this.#lenient && /[0-9a-z]/i.test(option)))
      this.#vm.failArgument(this.#L, 1, `invalid format option '${option}'`);
  }
}

function packer(vm: LuaVm): LuaFunction {
  const { lua } = vm;
  return (L) => {
    const format = new Format(vm, L);
    lua.lua_pushnil(L); // so that what is missing is nil
    let packed = "";
    let argument = 2;
    for (let item = format.next(0); item !== undefined; item = format.next(packed.length)) {
      const { option, size } = item;
      packed += "\0".repeat(item.padding);
      switch (option) {
        case "x":
          packed += "\0";
          break;
        case "f":
        case "d":
          packed += packDouble(lua.luaL_checknumber(L, argument++), size, format.littleEndian);
          break;
        case "s":
        case "c": {
          const text = vm.checkText(L, argument++);
          if (text.length < size) return vm.failArgument(L, argument, "string too short");
          packed += size === 0 ? text : text.slice(0, size);
          if (option === "s") packed += "\0";
          break;
        }
        default:
          packed += packInteger(lua.luaL_checknumber(L, argument++), size, format.littleEndian);
      }
    }
    vm.push(L, packed);
    return 1;
  };
}

function packDouble(value: number, size: number, littleEndian: boolean): Bytes {
  if (size === 4) view.setFloat32(0, value, littleEndian);
  else view.setFloat64(0, value, littleEndian);
  let bytes = "";
  for (let i = 0; i < size; i++) bytes += String.fromCharCode(view.getUint8(i));
  return bytes;
}

function packInteger(value: number, size: number, littleEndian: boolean): Bytes {
  let bits = toUint64(value);
  let bytes = "";
  for (let i = 0; i < size; i++) {
    const byte = String.fromCharCode(Number(bits & 0xffn));
    bytes = littleEndian ? bytes + byte : byte + bytes;
    bits >>= 8n;
  }
  return bytes;
}

function unpacker(vm: LuaVm): LuaFunction {
  const { lua } = vm;
  return (L) => {
    const format = new Format(vm, L);
    const data = vm.checkText(L, 2);
    let at = lua.lua_type(L, 3) <= LUA.nil ? 1 : Number(toInt64(lua.luaL_checknumber(L, 3)));
    if (at === 0) return vm.failArgument(L, 3, "offset must be 1 or greater");
    at--;
    let count = 0;
    const checkRoom = (needed: number): void => {
      // A negative offset lies behind every end, as the unsigned number that C makes of it does.
      if (at < 0 || at > data.length - needed) vm.failArgument(L, 2, "data string too short");
    };
    const next = () => format.next(at, () => checkRoom(0));
    for (let item = next(); item !== undefined; item = next()) {
      let { size } = item;
      at += item.padding;
      checkRoom(size);
      if (lua.lua_checkstack(L, 2) === 0) return vm.fail(L, "stack overflow (too many results)");
      switch (item.option) {
        case "x":
          break;
        case "f":
        case "d":
          lua.lua_pushnumber(L, readDouble(data.slice(at, at + size), format.littleEndian));
          count++;
          break;
        case "c":
          if (size === 0) {
            if (count === 0 || lua.lua_isnumber(L, -1) === 0) return vm.fail(L, "format 'c0' needs a previous size");
            size = Math.trunc(lua.lua_tonumber(L, -1));
            vm.pop(L);
            count--;
            checkRoom(size < 0 ? Infinity : size);
          }
          vm.push(L, data.slice(at, at + size));
          count++;
          break;
        case "s": {
          const end = data.indexOf("\0", at);
          if (end < 0) return vm.fail(L, "unfinished string in data");
          size = end - at + 1;
          vm.push(L, data.slice(at, end));
          count++;
          break;
        }
        default:
          lua.lua_pushnumber(L, readInteger(data.slice(at, at + size), item.option, format.littleEndian));
          count++;
      }
      at += size;
    }
    lua.lua_pushnumber(L, at + 1);
    return count + 1;
  };
}

function readDouble(bytes: Bytes, littleEndian: boolean): number {
  for (let i = 0; i < bytes.length; i++) view.setUint8(i, bytes.charCodeAt(i));
  return bytes.length === 4 ? view.getFloat32(0, littleEndian) : view.getFloat64(0, littleEndian);
}

/** Lower-case options are signed. What does not fit into 64 bits is lost. */
function readInteger(bytes: Bytes, option: Bytes, littleEndian: boolean): number {
  let value = 0n;
  for (let i = 0; i < bytes.length; i++) {
    value = (value << 8n) | BigInt(bytes.charCodeAt(littleEndian ? bytes.length - 1 - i : i));
  }
  const bits = BigInt.asUintN(64, value);
  if (option !== option.toLowerCase()) return Number(bits);
  return Number(BigInt.asIntN(64, BigInt.asIntN(Math.min(64, 8 * bytes.length), bits)));
}

function sizer(vm: LuaVm): LuaFunction {
  return (L) => {
    const format = new Format(vm, L, true);
    let total = 0;
    for (let item = format.next(0); item !== undefined; item = format.next(total)) {
      if (item.option === "s") return vm.failArgument(L, 1, "option 's' has no fixed size");
      if (item.option === "c" && item.size === 0) return vm.failArgument(L, 1, "option 'c0' has no fixed size");
      total += item.padding + item.size;
    }
    vm.lua.lua_pushnumber(L, total);
    return 1;
  };
}
