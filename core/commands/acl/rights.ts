// What rights are about, and what goes with them: ACL CAT, DRYRUN, GENPASS, LOAD, SAVE.
import type { Bytes } from "../../kernel/bytes.ts";
import { printed, ReplyError, unknownForm } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand } from "../command.ts";
import { CommandTable } from "../command-table.ts";
import { readInt64 } from "../numbers.ts";
import type { Profile } from "../profile.ts";
import { categories, categoriesOf, findCategory } from "./categories.ts";
import { adminFacts, everywhereFacts, openFacts } from "./facts.ts";

const wrongForm = (_word: Bytes, argv: readonly Bytes[]): ReplyError => unknownForm(argv[1]!, "ACL");

export const cat = defineCommand({
  ...openFacts,
  name: "CAT",
  arity: -2,
  summary: "Replies the categories of commands, or the commands of one.",
  args: [arg.optional(arg.string("category", { name70: "categoryname" }))],
  unknownOption: wrongForm,
  run({ table, reply }, { category: name }) {
    if (name === undefined) {
      reply.bulks(categories);
      return;
    }
    const category = findCategory(printed(name));
    if (category === undefined) throw new ReplyError(`ERR Unknown category '${printed(name)}'`);
    const members = [...table.everyForm()].filter((command) => categoriesOf(command).includes(category));
    reply.bulks(members.map(({ fullName }) => fullName));
  },
});

export const dryrun = defineCommand({
  ...adminFacts,
  name: "DRYRUN",
  since: "7.0.0",
  arity: -4,
  summary: "Tells whether a user may run a command, and does not run it.",
  complexity: "O(1)",
  args: [arg.string("username"), arg.string("command"), arg.optional(arg.multiple(arg.string("arg")))],
  ignoresArguments: true,
  run({ argv: [, , name = "", ...argv], server, table, reply }) {
    const user = server.users.find(name);
    if (user === undefined) throw new ReplyError(`ERR User '${printed(name)}' not found`);
    const command = table.find(argv);
    if (command === undefined) throw new ReplyError(`ERR Command '${printed(argv[0]!)}' not found`);
    CommandTable.checkArity(command, argv);
    const refusal = server.users.refusesInTrial(user, { command, argv });
    if (refusal === undefined) reply.ok();
    else reply.bulk(refusal);
  },
});

const MOST_BITS = 4096;
const USUAL_BITS = 256;

export const genpass = defineCommand({
  ...openFacts,
  name: "GENPASS",
  arity: -2,
  summary: "Replies a password that nobody guesses.",
  args: [arg.optional(arg.lateInteger("bits"))],
  unknownOption: wrongForm,
  run({ random, reply }, { bits: given }) {
    const bits = given === undefined ? USUAL_BITS : readInt64(given);
    if (bits <= 0 || bits > MOST_BITS) {
      throw new ReplyError(
        `ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to ${MOST_BITS}`,
      );
    }
    reply.bulk(random.hex(Math.ceil(Number(bits) / 4)));
  },
});

/** A server that was started without one says so. */
const noFile = ({ family }: Profile): ReplyError => {
  const [instance, file, where] =
    family === "valkey"
      ? ["This instance", "a configuration file", "the configuration"]
      : ["This Redis instance", "a Redis configuration file", "the Redis configuration"];
  return new ReplyError(
    `ERR ${instance} is not configured to use an ACL file. You may want to specify users via the ACL SETUSER command and then issue a CONFIG REWRITE (assuming you have ${file} set) in order to store users in ${where}.`,
  );
};

export const load = defineCommand({
  ...adminFacts,
  name: "LOAD",
  arity: 2,
  summary: "Reads the users from the file of users.",
  run({ server, profile, reply }) {
    if (!server.users.haveFile) throw noFile(profile);
    server.users.load();
    reply.ok();
  },
});

export const save = defineCommand({
  ...everywhereFacts,
  name: "SAVE",
  arity: 2,
  summary: "Writes the users to the file of users.",
  run({ server, profile, reply }) {
    if (!server.users.haveFile) throw noFile(profile);
    server.users.save();
    reply.ok();
  },
});
