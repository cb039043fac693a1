// Node's WebAssembly as the engine wants it: Lua's code is compiled once, when the first script comes.
import { readFileSync } from "node:fs";
import type { WasmPort } from "../../core/index.ts";
import { dependencyFile } from "../peer-module.ts";
import { latin1Write } from "../text.ts";

/** The part of the WebAssembly API that is used; @types/node declares none of it. */
interface WebAssemblyApi {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}

declare const WebAssembly: WebAssemblyApi;

const LUA = "wasmoon-lua5.1/dist/liblua5.1.wasm";

let compiledLua: object | undefined;
/** Small modules by their code: there is one. */
const compiled = new WeakMap<Uint8Array, object>();

/** The port that worlds take as `wasm`. */
export const nodeWasm: WasmPort = {
  lua(imports) {
    compiledLua ??= new WebAssembly.Module(readFileSync(dependencyFile(LUA)));
    return new WebAssembly.Instance(compiledLua, imports).exports as ReturnType<WasmPort["lua"]>;
  },
  instance(code, imports) {
    let module = compiled.get(code);
    if (module === undefined) compiled.set(code, (module = new WebAssembly.Module(code)));
    return new WebAssembly.Instance(module, imports).exports as ReturnType<WasmPort["instance"]>;
  },
  write: latin1Write,
};
