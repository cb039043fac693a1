// redis.call and redis.pcall: a script's commands, refused in the order of script.c: scriptCall.
import type { Bytes } from "../kernel/bytes.ts";
import { printDouble } from "../kernel/doubles.ts";
import type { ResolvedCommand } from "../commands/command-table.ts";
import type { Profile } from "../commands/profile.ts";
import { outOfMemory } from "../resp/errors.ts";
import type { Interpreter } from "./interpreter.ts";
import { LUA, type LuaState } from "./lua-exports.ts";
import type { LuaFunction, LuaVm } from "./lua-vm.ts";
import { errorText, markCounted, pushError } from "./script-error.ts";
import type { ScriptHost, ScriptRun } from "./script-run.ts";

const OUT_OF_MEMORY = `-${outOfMemory().message}`;

/** Makes redis.call, or redis.pcall where errors are given back. */
export function commandCaller(interpreter: Interpreter, { raises }: { readonly raises: boolean }): LuaFunction {
  const { vm, host, reply, runCommand } = interpreter;
  const { table, profile } = host;
  const refuse = (L: LuaState): number => (raises ? vm.raise(L) : 1);
  return (L) => {
    const argv = readWords(interpreter, L);
    if (typeof argv === "string") {
      pushError(vm, L, argv);
      return refuse(L);
    }
    interpreter.spendOnCall(L);
    const run = interpreter.run!;
    const command = table.find(argv);
    const refusal = command === undefined ? unknown(profile) : refusalOf(command, argv, run, host);
    if (refusal !== undefined) {
      host.refused(command, errorText(refusal));
      pushError(vm, L, refusal);
      markCounted(vm, L);
      return refuse(L);
    }
    const { errors } = reply;
    vm.lua.lua_settop(L, 0);
    reply.protocol = run.protocol;
    reply.begin(L);
    runCommand(run, command!, argv);
    if (raises && reply.errors > errors && reply.isError) return vm.raise(L);
    return 1;
  };
}

/** The words of a command on the stack, or what is wrong with them. */
export function readWords({ vm, host: { profile } }: Interpreter, L: LuaState): Bytes[] | Bytes {
  const { lua } = vm;
  const given = lua.lua_gettop(L);
  const redis = profile.family === "redis";
  if (given === 0) return `Please specify at least one argument for this ${redis ? "redis lib " : ""}call`;
  const words = new Array<Bytes>(given);
  for (let i = 1; i <= given; i++) {
    const type = lua.lua_type(L, i);
    if (type === LUA.string) words[i - 1] = vm.text(L, i)!;
    else if (type === LUA.number) words[i - 1] = printNumber(vm, L, i, profile);
    else return `${redis ? "Lua redis lib command" : "Command"} arguments must be strings or integers`;
  }
  return words;
}

/** A number among the words. Only Lua tells the signs of what is no number. */
function printNumber(vm: LuaVm, L: LuaState, index: number, { can }: Profile): Bytes {
  const value = vm.lua.lua_tonumber(L, index);
  if (Number.isNaN(value)) return vm.text(L, index)!;
  if (!can.shortestDoubles) return printDouble(value, "printf17");
  if (Number.isSafeInteger(value)) return String(value === 0 ? 0 : value);
  const whole = Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? BigInt(value) : undefined;
  return whole === undefined ? printDouble(value, "shortest") : String(whole);
}

function unknown({ family }: Profile): Bytes {
  return `Unknown ${family === "redis" ? "Redis " : ""}command called from script`;
}

function refusalOf(
  command: ResolvedCommand,
  argv: readonly Bytes[],
  run: ScriptRun,
  host: ScriptHost,
): Bytes | undefined {
  const { arity, flags } = command;
  if (command.run === undefined || (arity > 0 ? argv.length !== arity : argv.length < -arity)) {
    return `Wrong number of args calling ${host.profile.family === "redis" ? "Redis " : ""}command from script`;
  }
  if (flags.has("noscript")) return "This Redis command is not allowed from script";
  if (host.isStale && !flags.has("stale")) return "Can not execute the command on a stale replica";
  const denied = host.denied(run, command, argv);
  if (denied !== undefined) return denied;
  const writes = flags.has("write");
  if (run.readOnly && (writes || command.command.mayReplicate === true)) {
    return "Write commands are not allowed from read-only scripts.";
  }
  if (!run.wrote) {
    const { client } = run.caller;
    const writeRefusal = writes ? host.writeRefusal(client) : undefined;
    if (writeRefusal !== undefined) return writeRefusal;
    const mindsMemory = client.kind !== "primary" && run.flags?.has("allow-oom") !== true;
    if (mindsMemory && host.lacksMemory && flags.has("denyoom")) return OUT_OF_MEMORY;
  }
  run.wrote ||= writes;
  return host.mindsSlots ? host.elsewhere(run, command, argv) : undefined;
}
