// The reply of a command that a script calls: what the handler writes becomes a Lua value on the stack, without a text in between
// (script_lua.c: redisProtocolToLuaType).
import type { Bytes } from "../kernel/bytes.ts";
import { printDouble, readDouble, type DoubleStyle } from "../kernel/doubles.ts";
import type { Int64 } from "../kernel/integers.ts";
import type { ReplyError } from "../resp/errors.ts";
import type { Protocol, Reply } from "../resp/reply.ts";
import type { LuaState } from "./lua-exports.ts";
import { markCounted } from "./script-error.ts";
import type { LuaVm } from "./lua-vm.ts";

/** An aggregate whose elements are still to come; its table stands on the stack. */
interface Frame {
  readonly kind: "array" | "map" | "set" | "ignored";
  left: number;
  next: number;
}

export class LuaReply implements Reply {
  /** What the script has chosen with setresp. */
  protocol: Protocol = 2;
  errors = 0;
  lastError: Bytes = "";
  readonly overflowing = false;
  readonly #vm: LuaVm;
  readonly #doubleStyle: DoubleStyle;
  #L: LuaState;
  #frames: Frame[] = [];
  #isError = false;

  constructor(vm: LuaVm, doubleStyle: DoubleStyle) {
    this.#vm = vm;
    this.#doubleStyle = doubleStyle;
    this.#L = vm.main;
  }

  /** Where values are pushed from now on. */
  begin(L: LuaState): void {
    this.#L = L;
    if (this.#frames.length > 0) this.#frames = [];
    this.#isError = false;
  }

  /** What was written last, as a whole, was an error. */
  get isError(): boolean {
    return this.#isError;
  }

  get empty(): boolean {
    return true;
  }

  ok(): void {
    this.simple("OK");
  }

  simple(text: Bytes): void {
    this.#field("ok", text);
  }

  error(error: ReplyError | Bytes): void {
    const text = typeof error === "string" ? error : error.message;
    this.errors++;
    this.lastError = text;
    this.#isError = this.#frames.length === 0;
    this.#field("err", text.replace(/[\r\n]/g, " "), () => markCounted(this.#vm, this.#L));
  }

  integer(value: Int64): void {
    this.#vm.lua.lua_pushnumber(this.#L, Number(value));
    this.#written();
  }

  bulk(value: Bytes): void {
    this.#vm.push(this.#L, value);
    this.#written();
  }

  bulkOf(sizeBytes: number, slice: (from: number, to: number) => Bytes): void {
    this.bulk(slice(0, sizeBytes));
  }

  bulkOrNull(value: Bytes | undefined): void {
    if (value === undefined) this.null();
    else this.bulk(value);
  }

  null(): void {
    if (this.protocol === 3) this.#vm.lua.lua_pushnil(this.#L);
    else this.#vm.lua.lua_pushboolean(this.#L, 0);
    this.#written();
  }

  nullArray(): void {
    this.null();
  }

  array(length: number): void {
    this.#vm.lua.lua_createtable(this.#L, length, 0);
    this.#open("array", length);
  }

  bulks(values: readonly Bytes[]): void {
    this.array(values.length);
    for (const value of values) this.bulk(value);
  }

  bulkSet(values: readonly Bytes[]): void {
    this.set(values.length);
    for (const value of values) this.bulk(value);
  }

  map(pairs: number): void {
    if (this.protocol === 2) {
      this.array(2 * pairs);
      return;
    }
    this.#nested();
    this.#open("map", 2 * pairs);
  }

  set(length: number): void {
    if (this.protocol === 2) {
      this.array(length);
      return;
    }
    this.#nested();
    this.#open("set", length);
  }

  push(length: number): void {
    this.array(length);
  }

  attribute(pairs: number): void {
    this.#vm.lua.lua_createtable(this.#L, 0, 0);
    this.#open("ignored", 2 * pairs);
  }

  double(value: number): void {
    if (this.protocol === 2) {
      this.bulk(printDouble(value, this.#doubleStyle));
      return;
    }
    this.#vm.lua.lua_createtable(this.#L, 0, 1);
    this.#vm.lua.lua_pushnumber(this.#L, value);
    this.#vm.lua.lua_setfield(this.#L, -2, this.#vm.name("double"));
    this.#written();
  }

  doubleText(text: Bytes): void {
    if (this.protocol === 3) this.double(readDouble(text) ?? Number.NaN);
    else this.bulk(text);
  }

  boolean(value: boolean): void {
    if (this.protocol === 2) {
      this.integer(value ? 1 : 0);
      return;
    }
    this.#vm.lua.lua_pushboolean(this.#L, value ? 1 : 0);
    this.#written();
  }

  bigNumber(digits: Bytes): void {
    if (this.protocol === 3) this.#field("big_number", digits);
    else this.bulk(digits);
  }

  verbatim(format: Bytes, text: Bytes): void {
    if (this.protocol === 2) {
      this.bulk(text);
      return;
    }
    const { lua } = this.#vm;
    lua.lua_createtable(this.#L, 0, 1);
    lua.lua_createtable(this.#L, 0, 2);
    this.#vm.push(this.#L, text);
    lua.lua_setfield(this.#L, -2, this.#vm.name("string"));
    this.#vm.push(this.#L, format);
    lua.lua_setfield(this.#L, -2, this.#vm.name("format"));
    lua.lua_setfield(this.#L, -2, this.#vm.name("verbatim_string"));
    this.#written();
  }

  raw(): void {
    throw new Error("a command that scripts may call writes replies that are encoded already");
  }

  /** A table of one field. */
  #field(name: Bytes, value: Bytes, more?: () => void): void {
    this.#vm.lua.lua_createtable(this.#L, 0, 2);
    this.#vm.push(this.#L, value);
    this.#vm.lua.lua_setfield(this.#L, -2, this.#vm.name(name));
    more?.();
    this.#written();
  }

  /** The outer table of a map or a set, and the inner one. */
  #nested(): void {
    this.#vm.lua.lua_createtable(this.#L, 0, 1);
    this.#vm.lua.lua_createtable(this.#L, 0, 0);
  }

  #open(kind: Frame["kind"], left: number): void {
    this.#vm.lua.lua_checkstack(this.#L, 8);
    this.#frames.push({ kind, left, next: 1 });
    if (left === 0) this.#close();
  }

  /** A value stands on the stack: it goes to where it belongs. */
  #written(): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return;
    const { lua } = this.#vm;
    frame.left--;
    switch (frame.kind) {
      case "array":
        lua.lua_rawseti(this.#L, -2, frame.next++);
        break;
      case "map":
        if (frame.left % 2 === 0) lua.lua_rawset(this.#L, -3);
        break;
      case "set":
        lua.lua_pushboolean(this.#L, 1);
        lua.lua_rawset(this.#L, -3);
        break;
      case "ignored":
        this.#vm.pop(this.#L);
    }
    if (frame.left === 0) this.#close();
  }

  #close(): void {
    const { kind } = this.#frames.pop()!;
    if (kind === "ignored") {
      this.#vm.pop(this.#L);
      return;
    }
    if (kind !== "array") this.#vm.lua.lua_setfield(this.#L, -2, this.#vm.name(kind));
    this.#written();
  }
}
