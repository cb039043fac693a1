// What liblua5.1.wasm needs of its surroundings: long jumps, memory, and a world without files, processes and environment.
import type { LuaExports } from "./lua-exports.ts";
import type { WasmFunction, WasmImports } from "./wasm-port.ts";

const PAGE_BYTES = 65536;
/** ENOSYS: there is no such call here. */
const NO_SUCH_CALL = -52;

/** What C's longjmp throws. Whoever catches it must throw it again. */
const LONG_JUMP = new Error("a long jump out of Lua that no protected call has caught");

export interface LuaSurroundings {
  /** The instance, once it is there. */
  readonly exports: () => LuaExports;
  /** Milliseconds that the process has run, for os.clock. */
  readonly clockMs: () => number;
  /** Lua finds no memory beyond so many bytes. */
  readonly memoryLimitBytes: number;
  /** Its memory has grown, and lies elsewhere. */
  readonly grown: () => void;
}

/** The imports of an instance. */
export function luaImports({ exports, clockMs, memoryLimitBytes, grown }: LuaSurroundings): WasmImports {
  const refuse: WasmFunction = () => NO_SUCH_CALL;
  const nothing: WasmFunction = () => 0;
  return {
    env: {
      exit(code) {
        throw new Error(`Lua gave up with ${code}: an error outside of any protected call`);
      },
      // A protected call: where C jumps out of it, the stack goes back to where it was.
      invoke_vii(index = 0, first = 0, second = 0) {
        const lua = exports();
        const stack = lua.stackSave();
        try {
          lua.__indirect_function_table.get(index)(first, second);
        } catch (thrown) {
          lua.stackRestore(stack);
          if (thrown !== LONG_JUMP) throw thrown;
          lua.setThrew(1, 0);
        }
      },
      _emscripten_throw_longjmp() {
        throw LONG_JUMP;
      },
      emscripten_memcpy_js(to = 0, from = 0, sizeBytes = 0) {
        new Uint8Array(exports().memory.buffer).copyWithin(to, from, from + sizeBytes);
      },
      emscripten_resize_heap(wanted = 0) {
        const { memory } = exports();
        const sizeBytes = wanted >>> 0;
        if (sizeBytes > memoryLimitBytes) return 0;
        const roomy = Math.min(memoryLimitBytes, Math.max(sizeBytes, memory.buffer.byteLength * 1.5));
        memory.grow(Math.ceil((roomy - memory.buffer.byteLength) / PAGE_BYTES));
        grown();
        return 1;
      },
      emscripten_date_now: clockMs,
      _emscripten_get_now_is_monotonic: () => 1,
      strftime: nothing,
      _tzset_js: nothing,
      _mktime_js: nothing,
      _localtime_js: nothing,
      _gmtime_js: nothing,
      _emscripten_system: refuse,
      __syscall_openat: refuse,
      __syscall_fcntl64: refuse,
      __syscall_ioctl: refuse,
      __syscall_dup3: refuse,
      __syscall_unlinkat: refuse,
      __syscall_rmdir: refuse,
      __syscall_renameat: refuse,
      __syscall_readlinkat: refuse,
    },
    wasi_snapshot_preview1: {
      fd_write: refuse,
      fd_read: refuse,
      fd_close: refuse,
      fd_seek: refuse,
      environ_sizes_get(count = 0, sizeBytes = 0) {
        const view = new DataView(exports().memory.buffer);
        view.setUint32(count, 0, true);
        view.setUint32(sizeBytes, 0, true);
        return 0;
      },
      environ_get: nothing,
    },
  };
}
