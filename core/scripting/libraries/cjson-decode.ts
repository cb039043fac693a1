// cjson.decode: JSON as Lua values, with Lua CJSON's errors and what it takes beyond JSON.
import type { Bytes } from "../../kernel/bytes.ts";
import { readDouble } from "../../kernel/doubles.ts";
import type { LuaState } from "../lua-exports.ts";
import type { LuaFunction, LuaVm } from "../lua-vm.ts";
import type { CjsonSettings } from "./cjson.ts";

const ESCAPES: Readonly<Record<Bytes, Bytes>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  t: "\t",
  n: "\n",
  f: "\f",
  r: "\r",
};

const PUNCTUATION = {
  "{": "T_OBJ_BEGIN",
  "}": "T_OBJ_END",
  "[": "T_ARR_BEGIN",
  "]": "T_ARR_END",
  ":": "T_COLON",
  ",": "T_COMMA",
} as const;

/** What strtod takes at the beginning of a text. */
const NUMBER =
  /[-+]?(?:0x(?:[\da-f]+\.?[\da-f]*|\.[\da-f]+)(?:p[-+]?\d+)?|(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|inf(?:inity)?|nan(?:\(\w*\))?)/iy;
/** What is a number to strtod and not to JSON. */
const INVALID_NUMBER = /\+|-?(?:0[x\d]|inf|nan)/iy;
const SURROGATE_PAIR = /\\u([\da-f]{4})(?:\\u([\da-f]{4}))?/iy;

type Token = { readonly at: number } & (
  | { readonly type: "T_STRING"; readonly text: Bytes }
  | { readonly type: "T_NUMBER"; readonly number: number; readonly text: Bytes }
  | { readonly type: "T_BOOLEAN"; readonly value: boolean }
  | { readonly type: (typeof PUNCTUATION)[keyof typeof PUNCTUATION] | "T_NULL" | "T_END" }
  | { readonly type: "T_ERROR"; readonly message: Bytes }
);

/** Makes the function. */
export function cjsonDecoder(vm: LuaVm, settings: CjsonSettings): LuaFunction {
  return (L) => {
    if (vm.lua.lua_gettop(L) !== 1) return vm.failArgument(L, 1, "expected 1 argument");
    const text = vm.checkText(L, 1);
    if (text.length >= 2 && (text[0] === "\0" || text[1] === "\0")) {
      return vm.fail(L, "JSON parser does not support UTF-16 or UTF-32");
    }
    new Decoder(vm, settings, { L, text }).whole();
    return 1;
  };
}

class Decoder {
  readonly #vm: LuaVm;
  readonly #settings: CjsonSettings;
  readonly #L: LuaState;
  readonly #text: Bytes;
  #at = 0;
  #depth = 0;

  constructor(vm: LuaVm, settings: CjsonSettings, { L, text }: { readonly L: LuaState; readonly text: Bytes }) {
    this.#vm = vm;
    this.#settings = settings;
    this.#L = L;
    this.#text = text;
  }

  whole(): void {
    this.#value(this.#next());
    const end = this.#next();
    if (end.type !== "T_END") this.#expected("the end", end);
  }

  #expected(what: Bytes, token: Token): never {
    const found = token.type === "T_ERROR" ? token.message : token.type;
    return this.#vm.fail(this.#L, `Expected ${what} but found ${found} at character ${token.at + 1}`);
  }

  #value(token: Token): void {
    const { lua } = this.#vm;
    switch (token.type) {
      case "T_STRING":
        this.#vm.push(this.#L, token.text);
        return;
      case "T_NUMBER":
        lua.lua_pushnumber(this.#L, token.number);
        return;
      case "T_BOOLEAN":
        lua.lua_pushboolean(this.#L, token.value ? 1 : 0);
        return;
      case "T_NULL":
        lua.lua_pushlightuserdata(this.#L, 0);
        return;
      case "T_OBJ_BEGIN":
        this.#object();
        return;
      case "T_ARR_BEGIN":
        this.#array();
        return;
      default:
        this.#expected("value", token);
    }
  }

  #descend(slots: number): void {
    this.#depth++;
    const fits = this.#depth <= this.#settings.decodeMaxDepth && this.#vm.lua.lua_checkstack(this.#L, slots) !== 0;
    if (!fits) {
      this.#vm.fail(this.#L, `Found too many nested data structures (${this.#depth}) at character ${this.#at}`);
    }
    this.#vm.lua.lua_createtable(this.#L, 0, 0);
  }

  #object(): void {
    this.#descend(3);
    let token = this.#next();
    if (token.type !== "T_OBJ_END") {
      for (;;) {
        if (token.type !== "T_STRING") return this.#expected("object key string", token);
        this.#vm.push(this.#L, token.text);
        token = this.#next();
        if (token.type !== "T_COLON") return this.#expected("colon", token);
        this.#value(this.#next());
        this.#vm.lua.lua_rawset(this.#L, -3);
        token = this.#next();
        if (token.type === "T_OBJ_END") break;
        if (token.type !== "T_COMMA") return this.#expected("comma or object end", token);
        token = this.#next();
      }
    }
    this.#depth--;
  }

  #array(): void {
    this.#descend(2);
    let token = this.#next();
    if (token.type !== "T_ARR_END") {
      for (let i = 1; ; i++) {
        this.#value(token);
        this.#vm.lua.lua_rawseti(this.#L, -2, i);
        token = this.#next();
        if (token.type === "T_ARR_END") break;
        if (token.type !== "T_COMMA") return this.#expected("comma or array end", token);
        token = this.#next();
      }
    }
    this.#depth--;
  }

  #next(): Token {
    const text = this.#text;
    while (/[ \t\n\r]/.test(text[this.#at] ?? "")) this.#at++;
    const at = this.#at;
    const char = text[at] ?? "\0";
    if (char === "\0") return { type: "T_END", at };
    if (char in PUNCTUATION) {
      this.#at++;
      return { type: PUNCTUATION[char as keyof typeof PUNCTUATION], at };
    }
    if (char === '"') return this.#string();
    if (/[-\d]/.test(char)) {
      if (!this.#settings.decodeInvalidNumbers && this.#isInvalidNumber()) return this.#error("invalid number");
      return this.#number();
    }
    for (const [word, token] of WORDS) {
      if (!text.startsWith(word, at)) continue;
      this.#at += word.length;
      return { ...token, at };
    }
    if (this.#settings.decodeInvalidNumbers && this.#isInvalidNumber()) return this.#number();
    return this.#error("invalid token");
  }

  #error(message: Bytes): Token {
    return { type: "T_ERROR", message, at: this.#at };
  }

  #isInvalidNumber(): boolean {
    INVALID_NUMBER.lastIndex = this.#at;
    return INVALID_NUMBER.test(this.#text);
  }

  #number(): Token {
    const at = this.#at;
    NUMBER.lastIndex = at;
    const found = NUMBER.exec(this.#text)?.[0];
    if (found === undefined) return this.#error("invalid number");
    this.#at += found.length;
    return { type: "T_NUMBER", at, text: found, number: readDouble(found) ?? Number.NaN };
  }

  #string(): Token {
    const text = this.#text;
    const at = this.#at;
    let value = "";
    let from = ++this.#at;
    for (;;) {
      const char = text[this.#at] ?? "\0";
      if (char === '"') break;
      if (char === "\0") return this.#error("unexpected end of string");
      if (char !== "\\") {
        this.#at++;
        continue;
      }
      value += text.slice(from, this.#at);
      const escape = text[this.#at + 1] ?? "\0";
      if (escape === "u") {
        const unicode = this.#unicode();
        if (unicode === undefined) return this.#error("invalid unicode escape code");
        value += unicode;
      } else {
        const plain = ESCAPES[escape];
        if (plain === undefined) return this.#error("invalid escape code");
        value += plain;
        this.#at += 2;
      }
      from = this.#at;
    }
    value += text.slice(from, this.#at++);
    return { type: "T_STRING", at, text: value };
  }

  /** Passes an escape, or two that stand for one character, and gives its UTF-8. */
  #unicode(): Bytes | undefined {
    SURROGATE_PAIR.lastIndex = this.#at;
    const [all, first = "", second] = SURROGATE_PAIR.exec(this.#text) ?? [];
    if (all === undefined) return undefined;
    let code = Number.parseInt(first, 16);
    if ((code & 0xf800) !== 0xd800) {
      this.#at += 6;
      return utf8(code);
    }
    const low = second === undefined ? 0 : Number.parseInt(second, 16);
    if ((code & 0x400) !== 0 || (low & 0xfc00) !== 0xdc00) return undefined;
    code = (((code & 0x3ff) << 10) | (low & 0x3ff)) + 0x10000;
    this.#at += 12;
    return utf8(code);
  }
}

const WORDS = [
  ["true", { type: "T_BOOLEAN", value: true }],
  ["false", { type: "T_BOOLEAN", value: false }],
  ["null", { type: "T_NULL" }],
] as const;

function utf8(code: number): Bytes {
  const tail = (shift: number): number => 0x80 | ((code >> shift) & 0x3f);
  if (code < 0x80) return String.fromCharCode(code);
  if (code < 0x800) return String.fromCharCode(0xc0 | (code >> 6), tail(0));
  if (code < 0x10000) return String.fromCharCode(0xe0 | (code >> 12), tail(6), tail(0));
  return String.fromCharCode(0xf0 | (code >> 18), tail(12), tail(6), tail(0));
}
