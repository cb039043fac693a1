// What a script returns, as a reply (script_lua.c: luaReplyToRedisReply).
import type { Bytes } from "../kernel/bytes.ts";
import type { CommandContext } from "../commands/context.ts";
import { fitInt64, type Int64 } from "../kernel/integers.ts";
import { printed } from "../resp/errors.ts";
import type { Protocol, Reply } from "../resp/reply.ts";
import { LUA } from "./lua-exports.ts";
import type { LuaVm } from "./lua-vm.ts";
import { toInt64 } from "./wide-integers.ts";

/** Slots that one level of a table needs; where Lua has no more of them, the reply ends in an error. */
const SLOTS = 4;

/** An aggregate that is being written; its table stands on the stack. */
type Frame =
  | { readonly kind: "array"; readonly length: number; next: number }
  | { readonly kind: "set" | "map"; keyIsWritten: boolean };

/**
 * Writes the value on top of the main stack, and pops it.
 *
 * @param protocol what the script has chosen with setresp: in RESP2 false is null
 */
export function replyFromLua(vm: LuaVm, context: CommandContext, protocol: Protocol): void {
  const { lua, main: L } = vm;
  const { reply } = context;
  // Most scripts return one value.
  switch (lua.lua_type(L, -1)) {
    case LUA.string:
      reply.bulk(vm.text(L, -1)!);
      break;
    case LUA.number:
      reply.integer(toInteger(lua.lua_tonumber(L, -1)));
      break;
    default:
      new Returned(vm, context, protocol).write();
      return;
  }
  vm.pop(L);
}

function toInteger(value: number): Int64 {
  return Number.isSafeInteger(value) ? value + 0 : fitInt64(toInt64(value))!;
}

/** Tables may lie in one another by the thousand, so their writing does not call itself. */
class Returned {
  readonly #vm: LuaVm;
  readonly #reply: Reply;
  readonly #context: CommandContext;
  readonly #protocol: Protocol;
  readonly #frames: Frame[] = [];

  constructor(vm: LuaVm, context: CommandContext, protocol: Protocol) {
    this.#vm = vm;
    this.#reply = context.reply;
    this.#context = context;
    this.#protocol = protocol;
  }

  write(): void {
    do this.#value();
    while (this.#goesOn());
  }

  /** Writes the value on top and pops it; of an aggregate the head alone, and its table stays. */
  #value(): void {
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
          reply.integer(toInteger(lua.lua_tonumber(L, -1)));
          break;
        case LUA.table:
          if (this.#opens()) return;
          break;
        default:
          reply.null();
      }
    }
    this.#vm.pop(L);
  }

  /** Pushes the next value of the innermost aggregate; false when all of them are complete. */
  #goesOn(): boolean {
    for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) {
      if (frame.kind === "array" ? this.#nextElement(frame) : this.#nextMember(frame)) return true;
      this.#frames.pop();
    }
    return false;
  }

  #nextElement(frame: Extract<Frame, { kind: "array" }>): boolean {
    const { lua, main: L } = this.#vm;
    if (frame.next > frame.length) {
      this.#vm.pop(L);
      return false;
    }
    lua.lua_rawgeti(L, -1, frame.next++);
    return true;
  }

  /** On the stack stand the outer table, the inner one, and the key that was last. */
  #nextMember(frame: Extract<Frame, { kind: "set" | "map" }>): boolean {
    const { lua, main: L } = this.#vm;
    if (frame.keyIsWritten) {
      frame.keyIsWritten = false;
      return true; // its value is on top
    }
    if (lua.lua_next(L, -2) === 0) {
      this.#vm.pop(L, 2);
      return false;
    }
    if (frame.kind === "map") frame.keyIsWritten = true;
    else this.#vm.pop(L);
    lua.lua_pushvalue(L, frame.kind === "map" ? -2 : -1);
    return true;
  }

  #boolean(value: boolean): void {
    if (this.#protocol === 3) this.#reply.boolean(value);
    else if (value) this.#reply.integer(1);
    else this.#reply.null();
  }

  /** Writes a table; true where it is an aggregate, whose elements follow. */
  #opens(): boolean {
    const { lua, main: L } = this.#vm;
    const reply = this.#reply;
    const error = this.#textField("err");
    if (error !== undefined) {
      if (this.#field("ignore_error_stats_update")) {
        this.#vm.pop(L);
        this.#context.errorIsCounted();
      }
      reply.error(printed(error));
      return false;
    }
    const status = this.#textField("ok");
    if (status !== undefined) {
      reply.simple(printed(status).replace(/[\r\n]/g, " "));
      return false;
    }
    if (this.#field("double")) {
      const double = lua.lua_type(L, -1) === LUA.number ? lua.lua_tonumber(L, -1) : undefined;
      this.#vm.pop(L);
      if (double !== undefined) {
        reply.double(double);
        return false;
      }
    }
    if (this.#opensMembers("map") || this.#opensMembers("set")) return true;
    const digits = this.#textField("big_number");
    if (digits !== undefined) {
      reply.bigNumber(digits.replace(/[\r\n]/g, " "));
      return false;
    }
    if (this.#verbatim()) return false;
    this.#openArray();
    return true;
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

  #opensMembers(kind: "map" | "set"): boolean {
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
    this.#frames.push({ kind, keyIsWritten: false });
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
    this.#reply.verbatim(printed(format).slice(0, 3).padEnd(3), text);
    return true;
  }

  #openArray(): void {
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
    this.#frames.push({ kind: "array", length, next: 1 });
  }
}
