// cmsgpack.unpack: MessagePack as Lua values.
import type { Bytes } from "../../kernel/bytes.ts";
import type { LuaState } from "../lua-exports.ts";
import type { LuaVm } from "../lua-vm.ts";

const view = new DataView(new ArrayBuffer(8));

export class Unpacker {
  readonly #vm: LuaVm;
  readonly #L: LuaState;
  readonly #text: Bytes;
  #at: number;

  constructor(vm: LuaVm, L: LuaState, { text, at }: { readonly text: Bytes; readonly at: number }) {
    this.#vm = vm;
    this.#L = L;
    this.#text = text;
    this.#at = at;
  }

  get at(): number {
    return this.#at;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** Pushes the next value. */
  value(): void {
    const { lua } = this.#vm;
    const L = this.#L;
    const type = this.#take(1).charCodeAt(0);
    if (type < 0x80) lua.lua_pushnumber(L, type);
    else if (type < 0x90) this.#map(type & 15);
    else if (type < 0xa0) this.#array(type & 15);
    else if (type < 0xc0) this.#vm.push(L, this.#take(type & 31));
    else if (type >= 0xe0) lua.lua_pushnumber(L, type - 256);
    else this.#byType(type);
  }

  #byType(type: number): void {
    const { lua } = this.#vm;
    const L = this.#L;
    switch (type) {
      case 0xc0:
        return lua.lua_pushnil(L);
      case 0xc2:
      case 0xc3:
        return lua.lua_pushboolean(L, type & 1);
      case 0xca:
        return lua.lua_pushnumber(L, this.#load(4).getFloat32(4));
      case 0xcb:
        return lua.lua_pushnumber(L, this.#load(8).getFloat64(0));
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return lua.lua_pushnumber(L, this.#unsigned((1 << (type - 0xcc)) as Width));
      case 0xd0:
      case 0xd1:
      case 0xd2:
      case 0xd3: {
        const width = (1 << (type - 0xd0)) as Width;
        return lua.lua_pushnumber(L, Number(BigInt.asIntN(8 * width, this.#load(width).getBigUint64(0))));
      }
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#vm.push(L, this.#take(this.#unsigned((1 << (type - 0xd9)) as Width)));
      case 0xdc:
      case 0xdd:
        return this.#array(this.#unsigned(type === 0xdc ? 2 : 4));
      case 0xde:
      case 0xdf:
        return this.#map(this.#unsigned(type === 0xde ? 2 : 4));
      default:
        this.#vm.fail(L, "Bad data format in input.");
    }
  }

  #take(length: number): Bytes {
    const end = this.#at + length;
    if (end > this.#text.length) return this.#vm.fail(this.#L, "Missing bytes in input.");
    const bytes = this.#text.slice(this.#at, end);
    this.#at = end;
    return bytes;
  }

  /** The next bytes at the end of the view, zeros before them. */
  #load(width: Width): DataView {
    const bytes = this.#take(width);
    view.setBigUint64(0, 0n);
    for (let i = 0; i < width; i++) view.setUint8(8 - width + i, bytes.charCodeAt(i));
    return view;
  }

  #unsigned(width: Width): number {
    return Number(this.#load(width).getBigUint64(0));
  }

  #array(length: number): void {
    this.#open();
    for (let i = 1; i <= length; i++) {
      this.#vm.lua.lua_pushnumber(this.#L, i);
      this.value();
      this.#vm.lua.lua_rawset(this.#L, -3);
    }
  }

  #map(length: number): void {
    this.#open();
    for (let i = 0; i < length; i++) {
      this.value();
      this.value();
      this.#vm.lua.lua_rawset(this.#L, -3);
    }
  }

  #open(): void {
    if (this.#vm.lua.lua_checkstack(this.#L, 3) === 0) this.#vm.fail(this.#L, "stack overflow");
    this.#vm.lua.lua_createtable(this.#L, 0, 0);
  }
}

type Width = 1 | 2 | 4 | 8;
