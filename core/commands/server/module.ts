// MODULE: those that are built in, and nothing that could be loaded (module.c: moduleCommand).
import { ReplyError } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand, defineContainer, type CommandFacts } from "../command.ts";
import { defineHelp } from "../help.ts";
import { builtInModules, replyModules } from "../modules.ts";

const facts = {
  group: "server",
  since: "4.0.0",
  complexity: "O(1)",
  flags: ["admin", "noscript"],
} as const satisfies Partial<CommandFacts>;

const changing = {
  ...facts,
  flags: ["admin", "noscript", "no_async_loading", "protected"],
  ignoresArguments: true,
} as const;

const list = defineCommand({
  ...facts,
  name: "LIST",
  arity: 2,
  summary: "Replies the modules that are built in.",
  complexity: "O(N) for N modules",
  tips: ["nondeterministic_output_order"],
  run({ reply, profile }) {
    replyModules(reply, builtInModules(profile));
  },
});

const cannotLoad = (): never => {
  throw new ReplyError("ERR Error loading the extension. Please check the server logs.");
};

const load = defineCommand({
  ...changing,
  name: "LOAD",
  arity: -3,
  summary: "Loads a module from a file, which is not there.",
  args: [arg.string("path"), arg.optional(arg.multiple(arg.string("arg")))],
  run: cannotLoad,
});

const loadex = defineCommand({
  ...changing,
  name: "LOADEX",
  since: "7.0.0",
  arity: -3,
  summary: "The same, with parameters of the module.",
  args: [
    arg.string("path"),
    arg.optional(
      arg.multiple(
        arg.block("configs", [arg.string("name"), arg.string("value")], { token: "CONFIG", multipleToken: true }),
      ),
    ),
    arg.optional(arg.multiple(arg.block("args", [arg.string("arg")], { token: "ARGS", until: "7.2.0" }))),
    arg.optional(arg.multiple(arg.string("args", { token: "ARGS", since: "7.2.0", sinceShown: {} }))),
  ],
  run: cannotLoad,
});

const unload = defineCommand({
  ...changing,
  name: "UNLOAD",
  arity: 3,
  summary: "Unloads a module.",
  args: [arg.string("name")],
  run() {
    throw new ReplyError("ERR Error unloading module: no such module with that name");
  },
});

const help = defineHelp({ group: "server", since: "5.0.0" }, "module", [
  "LIST",
  "    Return a list of loaded modules.",
  "LOAD <path> [<arg> ...]",
  "    Load a module library from <path>, passing to it any optional arguments.",
  "LOADEX <path> [[CONFIG NAME VALUE] [CONFIG NAME VALUE]] [ARGS ...]",
  "    Load a module library from <path>, while passing it module configurations and optional arguments.",
  "UNLOAD <name>",
  "    Unload a module.",
]);

export const moduleCommand = defineContainer({
  ...facts,
  name: "MODULE",
  arity: -2,
  summary: "Commands about modules.",
  complexity: "that of the subcommand",
  flags: [],
  subcommands: [help, list, load, loadex, unload],
});
