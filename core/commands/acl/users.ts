// Who there is, and with which rights: ACL SETUSER, GETUSER, DELUSER, LIST, USERS, WHOAMI.
import type { Bytes } from "../../kernel/bytes.ts";
import type { Reply } from "../../resp/reply.ts";
import type { User } from "../../server/access/user.ts";
import { arg } from "../args.ts";
import { defineCommand } from "../command.ts";
import type { Profile } from "../profile.ts";
import { adminFacts, everywhereFacts, openFacts } from "./facts.ts";

const username = arg.string("username");

/** What is said of users is nobody else's business; before 7.2 that was so of their rules alone. */
const rules = (argv: readonly Bytes[]): readonly number[] => [...argv.keys()].slice(2);
const names = (argv: readonly Bytes[], { can }: Profile): readonly number[] => (can.keepsRules ? rules(argv) : []);

export const setuser = defineCommand({
  ...everywhereFacts,
  name: "SETUSER",
  arity: -3,
  summary: "Makes a user, or changes its rules.",
  complexity: "O(N) for N rules",
  args: [username, arg.optional(arg.multiple(arg.string("rule")))],
  secrets: rules,
  run({ server, reply }, { username: name, rule: given = [] }) {
    server.users.set(name, given);
    reply.ok();
  },
});

export const deluser = defineCommand({
  ...everywhereFacts,
  name: "DELUSER",
  arity: -3,
  summary: "Removes users, and cuts off their connections.",
  complexity: "O(1) a user",
  args: [arg.multiple(username)],
  secrets: names,
  run({ server, reply }, { username: given }) {
    reply.integer(server.users.delete(given));
  },
});

export const getuser = defineCommand({
  ...adminFacts,
  name: "GETUSER",
  arity: 3,
  summary: "Replies the rules of a user.",
  complexity: "O(N) for N rules of the user",
  args: [username],
  secrets: names,
  run({ server, reply }, { username: name }) {
    const user = server.users.find(name);
    if (user === undefined) {
      reply.null();
      return;
    }
    reply.map(6);
    reply.bulk("flags");
    reply.set(user.flags.length);
    for (const flag of user.flags) reply.bulk(flag);
    reply.bulk("passwords");
    reply.bulks(user.passwords);
    replySelector(reply, user.root);
    reply.bulk("selectors");
    reply.array(user.selectors.length);
    for (const selector of user.selectors) {
      reply.map(3);
      replySelector(reply, selector);
    }
  },
});

function replySelector(reply: Reply, { commandsText, keysText, channelsText }: User["root"]): void {
  const fields: readonly (readonly [Bytes, Bytes])[] = [
    ["commands", commandsText],
    ["keys", keysText],
    ["channels", channelsText],
  ];
  for (const [name, text] of fields) {
    reply.bulk(name);
    reply.bulk(text);
  }
}

export const list = defineCommand({
  ...adminFacts,
  name: "LIST",
  arity: 2,
  summary: "Replies every user in one line, as in a file of users.",
  run({ server, reply }) {
    reply.bulks(server.users.all.map(({ line }) => line));
  },
});

export const users = defineCommand({
  ...adminFacts,
  name: "USERS",
  arity: 2,
  summary: "Replies the names of all users.",
  run({ server, reply }) {
    reply.bulks(server.users.all.map(({ name }) => name));
  },
});

export const whoami = defineCommand({
  ...openFacts,
  name: "WHOAMI",
  arity: 2,
  summary: "Replies the name of the connection's user.",
  run({ client, reply }) {
    reply.bulk(client.user);
  },
});
