// The port to WebAssembly, which is no part of the language: the host compiles Lua's machine code and makes instances of it.
import type { Bytes } from "../kernel/bytes.ts";
import type { LuaExports } from "./lua-exports.ts";

/** A function of a module, or one that a module is given. */
export type WasmFunction = (...values: number[]) => number | void;

/** What a module is given, by its own names of rooms and functions. */
export type WasmImports = Readonly<Record<string, Readonly<Record<string, WasmFunction>>>>;

export interface WasmPort {
  /** A fresh Lua 5.1 with memory of its own. The host compiles it when it is first asked. */
  lua(imports: WasmImports): LuaExports;
  /** The exports of a small module that is given as bytes, so that functions of ours get a place in Lua's table. */
  instance(code: Uint8Array, imports: WasmImports): Readonly<Record<string, WasmFunction>>;
  /** Copies a byte string into memory. */
  write(memory: Uint8Array, at: number, bytes: Bytes): void;
}
