// errorReply: a command is answered with an error of your choice.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { selectorOf, type Selector } from "./selector.ts";

export interface ErrorReplyOptions extends Selector {
  /** The whole text, its code first, without the dash: `READONLY You can't write against a read only replica.` */
  readonly error: string;
  /** False (the default): the command is refused before it runs. True: it ran, and the error stands in for its reply. */
  readonly ran?: boolean;
}

/** Answers the selected commands with an error. */
export function errorReply(options: ErrorReplyOptions): Fault {
  checkOptions("errorReply", options);
  const error = options.error.replace(/^-/, "");
  if (!/^\S[^\r\n]*$/.test(error)) throw new TypeError("errorReply: the error is one line that begins with its code");
  return {
    name: "errorReply",
    options: { ...options },
    selector: selectorOf(options),
    hooks: options.ran
      ? { onReply: () => ({ type: "replace", reply: `-${error}\r\n` }) }
      : { onCommand: () => ({ type: "refuse", error }) },
  };
}
