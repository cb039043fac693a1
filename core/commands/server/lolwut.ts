// LOLWUT: a picture that the server draws, and its version (lolwut.c).
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import type { Random } from "../../kernel/random.ts";
import { arg } from "../args.ts";
import { defineCommand } from "../command.ts";
import { readInt } from "../numbers.ts";
import { schotter, skyline } from "./pictures.ts";

type Draw = (words: readonly Bytes[], random: Random) => Bytes;

const SCHOTTER = "\nGeorg Nees - schotter, plotter on paper, 1968. ";
const SKYLINE =
  "\nDedicated to the 8 bit game developers of past and present.\nOriginal 8 bit image from Plaguemon by hikikomori. ";

/** The nth of the words as a number within bounds. */
function size(
  words: readonly Bytes[],
  nth: number,
  { usual, most }: { readonly usual: number; readonly most: number },
) {
  const word = words[nth];
  return word === undefined ? usual : Math.min(Math.max(readInt(word), 1), most);
}

const drawSchotter: Draw = (words, random) => {
  const columns = size(words, 0, { usual: 66, most: 1000 });
  const perRow = size(words, 1, { usual: 8, most: 200 });
  const perColumn = size(words, 2, { usual: 12, most: 200 });
  return schotter({ columns, perRow, perColumn }, random) + SCHOTTER;
};

const drawSkyline: Draw = (words, random) => {
  const columns = size(words, 0, { usual: 80, most: 1000 });
  const rows = size(words, 1, { usual: 20, most: 1000 });
  return skyline({ columns, rows }, random) + SKYLINE;
};

/** Redis 8.0 has a poem for its own version, whose lines belong to their poets: here it draws as well. */
const pictures: ReadonlyMap<number, Draw> = new Map([
  [5, drawSchotter],
  [6, drawSkyline],
]);

export const lolwut = defineCommand({
  name: "LOLWUT",
  group: "server",
  since: "5.0.0",
  arity: -1,
  summary: "Replies a picture and the server's version.",
  flags: ["readonly", "fast"],
  args: [arg.optional(arg.lateInteger("version", { token: "VERSION" }))],
  ignoresArguments: true,
  run({ argv, profile, random, reply }) {
    const asked = argv.length > 2 && equalIgnoringCase(argv[1]!, "VERSION");
    const draw = asked ? pictures.get(readInt(argv[2]!)) : profile.can.drawsUnasked ? drawSchotter : undefined;
    const picture = draw?.(asked ? argv.slice(3) : [], random) ?? "";
    reply.verbatim("txt", `${picture}Redis ver. ${profile.version}\n`);
  },
});
