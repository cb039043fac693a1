// What a script returns, as a reply (script_lua.c: luaReplyToRedisReply).
import type { Bytes } from "../kernel/bytes.ts";
import { fitInt64 } from "../kernel/integers.ts";
import type { Protocol, Reply } from "../resp/reply.ts";
import { LUA } from "./lua-exports.ts";
import type { LuaVm } from "./lua-vm.ts";
import { toInt64 } from "./wide-integers.ts";

/** Slots that one level of a table needs; where Lua has no more of them, the reply ends in an error. */
const SLOTS = 4;

export interface ReturnOptions {
  /** What the script has chosen with setresp: in RESP2 false is null. */
  readonly protocol: Protocol;
  /** An error in what the script returns that is counted already, because a command gave it. */
  readonly countedError: () => void;
}

/** Writes the value on top of the main stack, and pops it. */
export function replyFromLua(vm: LuaVm, reply: Reply, options: ReturnOptions): void {
  new Returned(vm, reply, options).write();
}

class Returned {
  readonly #vm: LuaVm;
  readonly #reply: Reply;
  readonly #options: ReturnOptions;

  constructor(vm: LuaVm, reply: Reply, options: ReturnOptions) {
    this.#vm = vm;
    this.#reply = reply;
    this.#options = options;
  }

  write(): void {
    const { lua, main: L } = this.#vm;
    const reply = this.#reply;
    if (lua.lua_checkstack(L, SLOTS) === 0) reply.error("ERR reached lua stack limit");
    else {
      switch (lua.lua_type(L, -1)) {
        case LUA.string:
          reply.bulk(this.#vm.text(L, -1)!);
          break;
        case LUA.boolean:
          this.#boolean(lua.lua_toboolean(L, -1) !== 0);
          break;
        case LUA.number:
          reply.integer(fitInt64(toInt64(lua.lua_tonumber(L, -1)))!);
          break;
        case LUA.table:
          this.#table();
          break;
        default:
          reply.null();
      }
    }
    this.#vm.pop(L);
  }

  #boolean(value: boolean): void {
    if (this.#options.protocol === 3) this.#reply.boolean(value);
    else if (value) this.#reply.integer(1);
    else this.#reply.null();
  }

  #table(): void {
    const { lua, main: L } = this.#vm;
    const reply = this.#reply;
    const error = this.#textField("err");
    if (error !== undefined) {
      if (this.#field("ignore_error_stats_update")) {
        this.#vm.pop(L);
        this.#options.countedError();
      }
      reply.error(error);
      return;
    }
    const status = this.#textField("ok");
    if (status !== undefined) {
      reply.simple(status.replace(/[\r\n]/g, " "));
      return;
    }
    if (this.#field("double")) {
      const double = lua.lua_type(L, -1) === LUA.number ? lua.lua_tonumber(L, -1) : undefined;
      this.#vm.pop(L);
      if (double !== undefined) {
        reply.double(double);
        return;
      }
    }
    if (this.#aggregate("map") || this.#aggregate("set")) return;
    const digits = this.#textField("big_number");
    if (digits !== undefined) reply.bigNumber(digits.replace(/[\r\n]/g, " "));
    else if (!this.#verbatim()) this.#array();
  }

  /** Pushes a field of the table on top, and says whether there is one; nothing stays where there is none. */
  #field(name: Bytes): boolean {
    const { lua, main: L } = this.#vm;
    this.#vm.push(L, name);
    lua.lua_rawget(L, -2);
    if (lua.lua_type(L, -1) !== LUA.nil) return true;
    this.#vm.pop(L);
    return false;
  }

  #textField(name: Bytes): Bytes | undefined {
    if (!this.#field(name)) return undefined;
    const { lua, main: L } = this.#vm;
    const text = lua.lua_type(L, -1) === LUA.string ? this.#vm.text(L, -1) : undefined;
    this.#vm.pop(L);
    return text;
  }

  #aggregate(kind: "map" | "set"): boolean {
    if (!this.#field(kind)) return false;
    const { lua, main: L } = this.#vm;
    if (!this.#vm.isTable(L, -1)) {
      this.#vm.pop(L);
      return false;
    }
    let length = 0;
    lua.lua_pushnil(L);
    for (; lua.lua_next(L, -2) !== 0; length++) this.#vm.pop(L);
    if (kind === "map") this.#reply.map(length);
    else this.#reply.set(length);
    lua.lua_pushnil(L);
    while (lua.lua_next(L, -2) !== 0) {
      if (kind === "set") this.#vm.pop(L);
      // Writing pops; the key must stay for the next round.
      lua.lua_pushvalue(L, kind === "set" ? -1 : -2);
      this.write();
      if (kind === "map") this.write();
    }
    this.#vm.pop(L);
    return true;
  }

  #verbatim(): boolean {
    if (!this.#field("verbatim_string")) return false;
    const { main: L } = this.#vm;
    const isTable = this.#vm.isTable(L, -1);
    const text = isTable ? this.#textField("string") : undefined;
    const format = isTable ? this.#textField("format") : undefined;
    this.#vm.pop(L);
    if (text === undefined || format === undefined) return false;
    this.#reply.verbatim(format.slice(0, 3).padEnd(3, "\0"), text);
    return true;
  }

  #array(): void {
    const { lua, main: L } = this.#vm;
    let length = 0;
    for (;;) {
      lua.lua_rawgeti(L, -1, length + 1);
      const ends = lua.lua_type(L, -1) === LUA.nil;
      this.#vm.pop(L);
      if (ends) break;
      length++;
    }
    this.#reply.array(length);
    for (let i = 1; i <= length; i++) {
      lua.lua_rawgeti(L, -1, i);
      this.write();
    }
  }
}
