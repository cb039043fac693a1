/** What CONFIG SET bind makes of words that only a machine of its own can hold: asked of Redouble and of a real server. */
import type { Bytes } from "../format/escapes.ts";
import { HOST } from "../servers/real-server.ts";

/** Somebody who is asked, and answers in RESP2. */
export type Asked = {
  readonly ask: (...words: readonly Bytes[]) => Promise<Bytes>;
  readonly isHeardAt: (host: Bytes) => Promise<boolean>;
};

/** Every address of the machine, ways to write one, and what is none. */
export const boundWords: readonly Bytes[] = [
  "*",
  "* -::*",
  "::*",
  "::1 *",
  "* 127.0.0.1",
  "::* ::1",
  "-*",
  "-::*",
  "::",
  "0.0.0.0 ::",
  "0.0.0.0",
  "0",
  "127.1",
  "127.0.1",
  "0x7f000001",
  "0177.0.0.1",
  "127.0.0.08",
  "127.256",
  "1.2.3.4.5",
  "2130706433",
  "4294967296",
  "localhost",
  "LOCALHOST ::1",
  "localhost 127.0.0.1",
  "224.0.0.1",
  "239.255.255.255",
  "240.0.0.1",
  "255.255.255.255",
  "-255.255.255.255",
  "0.0.0.1",
  "-1.2.3.4",
  "-1.2.3.400",
  "127.0.0.0",
  "127.255.255.255",
  "0:0:0:0:0:0:0:1",
  "::1 0::1",
  "::0001",
  "0:0:0:0:0:0:0:0:1",
  "::12345",
  "::127.0.0.1",
  "-::127.0.0.1",
  "::ffff:127.0.0.1",
  "-::ffff:127.0.0.1",
  "fe80::1",
  "-fe80::1",
  "-2001:db8::1 127.0.0.1",
  "*:*",
  "-",
  "--127.0.0.1",
  "127.0.0.1 ",
];

/** From where a client comes. */
export const hosts: readonly Bytes[] = ["127.0.0.1", "127.9.9.9", "::1"];

/** One row for each word: what was answered, what is bound then, what INFO lists, and at which hosts it is heard. */
export async function bindings({ ask, isHeardAt }: Asked): Promise<string[]> {
  const rows: string[] = [];
  for (const words of boundWords) {
    const answer = (await ask("CONFIG", "SET", "bind", words)).trim();
    const bound = (await ask("CONFIG", "GET", "bind")).split("\r\n")[4];
    const [listener = ""] = /listener0:.*?(?=,port|\r)/.exec(await ask("INFO", "server")) ?? [];
    const heard: Bytes[] = [];
    // Where Redouble puts a server itself, each name of its machine leads to it.
    for (const host of answer === "+OK" ? hosts : [HOST]) if (await isHeardAt(host)) heard.push(host);
    rows.push(`${words}: ${answer}; ${bound}; ${listener}; heard at ${heard.join(" ")}`);
    await ask("CONFIG", "SET", "bind", HOST);
  }
  return rows;
}
