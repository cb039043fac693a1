/** Requests as clients send them, for measurements that drive the engine without one. */

/** An array of bulk strings. The words are byte strings. */
export function request(...words: readonly string[]): Buffer {
  let text = `*${words.length}\r\n`;
  for (const word of words) text += `$${word.length}\r\n${word}\r\n`;
  return Buffer.from(text, "latin1");
}
