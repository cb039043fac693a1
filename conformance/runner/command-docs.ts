/** What a target says of its own commands, so that coverage and mutants need no list of ours. */
import type { Case, Step } from "../format/case.ts";
import type { Bytes } from "../format/escapes.ts";
import { plainText, type Reply } from "../format/reply.ts";
import { encodeCommand } from "../targets/own-connection.ts";
import type { TargetMaker } from "../targets/target.ts";
import { Wire } from "./wire.ts";

export type CommandFacts = {
  /** `set`, `client|kill`. */
  readonly name: string;
  readonly group: string;
  readonly options: readonly OptionToken[];
};

export type OptionToken = {
  /** In capitals. */
  readonly token: string;
  /** The words that it stands for, itself included: 2 for `EX seconds`. */
  readonly words: number;
};

/** Asks a target of this kind for COMMAND DOCS, containers' subcommands included. */
export async function readCommandFacts(maker: TargetMaker): Promise<readonly CommandFacts[]> {
  const target = maker.make([]);
  await target.start();
  try {
    const wire = await Wire.open(target);
    wire.send(encodeCommand(["COMMAND", "DOCS"]));
    const reply = await wire.next(target.patienceMs);
    wire.close();
    return reply ? commandsOf(reply, "") : [];
  } finally {
    await target.stop();
  }
}

function commandsOf(reply: Reply, group: string): CommandFacts[] {
  return [...fieldsOf(reply)].flatMap(([name, facts]) => {
    const fields = fieldsOf(facts);
    const ownGroup = textOf(fields.get("group")) || group;
    const subcommands = fields.get("subcommands");
    if (subcommands) return commandsOf(subcommands, ownGroup);
    return [{ name, group: ownGroup, options: itemsOf(fields.get("arguments")).flatMap(optionsOf) }];
  });
}

/** The tokens of an argument and of the arguments inside it. */
function optionsOf(argument: Reply): OptionToken[] {
  const fields = fieldsOf(argument);
  const token = textOf(fields.get("token"));
  const inner = itemsOf(fields.get("arguments")).flatMap(optionsOf);
  return token ? [{ token: token.toUpperCase(), words: widthOf(argument) }, ...inner] : inner;
}

function widthOf(argument: Reply): number {
  const fields = fieldsOf(argument);
  const token = fields.has("token") ? 1 : 0;
  const inner = itemsOf(fields.get("arguments")).map(widthOf);
  switch (textOf(fields.get("type"))) {
    case "pure-token":
      return token;
    case "oneof":
      return token + Math.max(0, ...inner);
    case "block":
      return token + inner.reduce((sum, width) => sum + width, 0);
    default:
      return token + 1;
  }
}

function itemsOf(reply: Reply | undefined): readonly Reply[] {
  return reply?.kind === "aggregate" ? (reply.items ?? []) : [];
}

function fieldsOf(reply: Reply): Map<Bytes, Reply> {
  const items = itemsOf(reply);
  const fields = new Map<Bytes, Reply>();
  for (const [index, item] of items.entries()) {
    const value = items[index + 1];
    if (index % 2 === 0 && value) fields.set(textOf(item), value);
  }
  return fields;
}

function textOf(reply: Reply | undefined): Bytes {
  return (reply && plainText(reply)?.slice(1)) ?? "";
}

/** The words of the command steps of a case, in capitals. */
export function commandLines({ steps }: Case): readonly (readonly string[])[] {
  return steps.flatMap((step: Step) => {
    if (step.kind !== "command" && step.kind !== "scan") return [];
    return [step.words.map((word) => ("bytes" in word ? word.bytes.toUpperCase() : ""))];
  });
}

/** True when the words call the command, `client|kill` by its two words. */
export function calls(words: readonly string[], name: string): boolean {
  return name
    .toUpperCase()
    .split("|")
    .every((part, index) => words[index] === part);
}
