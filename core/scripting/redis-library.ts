// The table that scripts know as `redis`, and in Valkey as `server` too (script_lua.c: luaRegisterRedisAPI).
import type { Bytes } from "../kernel/bytes.ts";
import { hexadecimal, sha1 } from "../kernel/sha1.ts";
import { CommandTable } from "../commands/command-table.ts";
import { exists, type Profile } from "../commands/profile.ts";
import { commandCaller, readWords } from "./call-command.ts";
import type { Interpreter } from "./interpreter.ts";
import { LUA } from "./lua-exports.ts";
import type { LuaFunction } from "./lua-vm.ts";
import { pushError, raiseError } from "./script-error.ts";

const AOF = 1;
const REPLICAS = 2;

const LOG_LEVELS: Readonly<Record<string, number>> = { LOG_DEBUG: 0, LOG_VERBOSE: 1, LOG_NOTICE: 2, LOG_WARNING: 3 };

const TARGETS: Readonly<Record<string, number>> = {
  REPL_NONE: 0,
  REPL_AOF: AOF,
  REPL_SLAVE: REPLICAS,
  REPL_REPLICA: REPLICAS,
  REPL_ALL: AOF | REPLICAS,
};

/** Pushes what there is even while a library is loaded: the log, and versions. */
export function pushLoggingApi(interpreter: Interpreter): void {
  const { vm, host } = interpreter;
  const { lua, main: L } = vm;
  vm.pushLibrary({ log: logger(interpreter) });
  setConstants(interpreter, LOG_LEVELS);
  for (const [name, version] of Object.entries(versions(host.profile))) {
    vm.push(L, version);
    lua.lua_setfield(L, -2, vm.name(name));
    if (!name.endsWith("_VERSION")) continue;
    lua.lua_pushnumber(L, versionNumber(version));
    lua.lua_setfield(L, -2, vm.name(`${name}_NUM`));
  }
}

function setConstants({ vm }: Interpreter, constants: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(constants)) {
    vm.lua.lua_pushnumber(vm.main, value);
    vm.lua.lua_setfield(vm.main, -2, vm.name(name));
  }
}

/** Pushes what functions have while they run. */
export function pushFunctionApi(interpreter: Interpreter): void {
  const { vm } = interpreter;
  const { lua } = vm;
  pushLoggingApi(interpreter);
  setConstants(interpreter, TARGETS);
  const functions: Readonly<Record<string, LuaFunction>> = {
    error_reply: (state) => replyTable(interpreter, state, "err"),
    status_reply: (state) => replyTable(interpreter, state, "ok"),
    sha1hex(state) {
      if (lua.lua_gettop(state) !== 1) return raiseError(vm, state, "wrong number of arguments");
      vm.push(state, hexadecimal(sha1(vm.text(state, 1) ?? "")));
      return 1;
    },
    call: commandCaller(interpreter, { raises: true }),
    pcall: commandCaller(interpreter, { raises: false }),
    setresp: setProtocol(interpreter),
    set_repl: setTargets(interpreter),
    acl_check_cmd: checkCommand(interpreter),
  };
  for (const [name, run] of Object.entries(functions)) vm.setFunction(-1, name, run);
}

/** Pushes what the scripts of EVAL have. */
export function pushScriptApi(interpreter: Interpreter): void {
  const { vm } = interpreter;
  const { lua } = vm;
  pushFunctionApi(interpreter);
  const always =
    (value: number): LuaFunction =>
    (L) => {
      lua.lua_pushboolean(L, value);
      return 1;
    };
  vm.setFunction(-1, "replicate_commands", always(1));
  vm.setFunction(-1, "breakpoint", always(0));
  vm.setFunction(-1, "debug", () => 0);
}

function versions({ family, version, redisVersion }: Profile): Readonly<Record<string, Bytes>> {
  if (family === "redis") return { REDIS_VERSION: redisVersion };
  return { REDIS_VERSION: redisVersion, SERVER_NAME: "valkey", VALKEY_VERSION: version };
}

function versionNumber(version: Bytes): number {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  return (major << 16) | (minor << 8) | patch;
}

/** How errors call the table. */
export function tableName({ host: { profile } }: Interpreter): Bytes {
  return profile.family === "valkey" ? "server" : "redis";
}

function logger(interpreter: Interpreter): LuaFunction {
  const { vm, host } = interpreter;
  const { lua } = vm;
  return (L) => {
    const given = lua.lua_gettop(L);
    if (given < 2) return raiseError(vm, L, `${tableName(interpreter)}.log() requires two arguments or more.`);
    if (lua.lua_isnumber(L, 1) === 0) return raiseError(vm, L, "First argument must be a number (log level).");
    const level = Math.trunc(lua.lua_tonumber(L, 1));
    if (!(level >= 0 && level <= 3)) {
      return raiseError(vm, L, `Invalid ${exists("7.2.0", host.profile) ? "log" : "debug"} level.`);
    }
    const words: Bytes[] = [];
    for (let i = 2; i <= given; i++) {
      const text = vm.text(L, i);
      if (text !== undefined) words.push(text);
    }
    host.logFromScript(level, words.join(" "));
    return 0;
  };
}

function replyTable({ vm }: Interpreter, L: number, field: "err" | "ok"): number {
  const { lua } = vm;
  if (lua.lua_gettop(L) !== 1 || lua.lua_type(L, 1) !== LUA.string) {
    pushError(vm, L, "wrong number or type of arguments");
    return 1;
  }
  const text = vm.text(L, 1)!;
  if (field === "err") pushError(vm, L, text.startsWith("-") ? text : `-${text}`);
  else {
    lua.lua_createtable(L, 0, 1);
    lua.lua_pushvalue(L, 1);
    lua.lua_setfield(L, -2, vm.name(field));
  }
  return 1;
}

function setProtocol(interpreter: Interpreter): LuaFunction {
  const { vm } = interpreter;
  return (L) => {
    if (vm.lua.lua_gettop(L) !== 1)
      return raiseError(vm, L, `${tableName(interpreter)}.setresp() requires one argument.`);
    const version = vm.lua.lua_tonumber(L, 1);
    if (version !== 2 && version !== 3) return raiseError(vm, L, "RESP version must be 2 or 3.");
    interpreter.run!.protocol = version;
    return 0;
  };
}

function setTargets(interpreter: Interpreter): LuaFunction {
  const { vm, host } = interpreter;
  return (L) => {
    if (vm.lua.lua_gettop(L) !== 1) {
      const wanted = exists("7.2.0", host.profile) ? "one argument" : "two arguments";
      return raiseError(vm, L, `${tableName(interpreter)}.set_repl() requires ${wanted}.`);
    }
    const flags = Math.trunc(vm.lua.lua_tonumber(L, 1));
    if ((flags & ~(AOF | REPLICAS)) !== 0) {
      return raiseError(vm, L, "Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.");
    }
    interpreter.run!.targets = { aof: (flags & AOF) !== 0, replicas: (flags & REPLICAS) !== 0 };
    return 0;
  };
}

/** Whether the user who runs the script may run a command. */
function checkCommand(interpreter: Interpreter): LuaFunction {
  const { vm, host } = interpreter;
  return (L) => {
    const words = readWords(interpreter, L);
    if (typeof words === "string") return raiseError(vm, L, words);
    const command = host.table.find(words);
    if (command === undefined) {
      return raiseError(vm, L, `Invalid command passed to ${tableName(interpreter)}.acl_check_cmd()`);
    }
    if (host.profile.can.checksTriedArity && !CommandTable.hasArity(command, words)) {
      return raiseError(vm, L, `Wrong number of args for ${tableName(interpreter)}.acl_check_cmd()`);
    }
    vm.lua.lua_pushboolean(L, Number(host.permits(interpreter.run!, command, words)));
    return 1;
  };
}
