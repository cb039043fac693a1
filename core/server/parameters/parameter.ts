// What a configuration parameter is: how CONFIG SET checks it and CONFIG GET prints it (config.c).
import type { Bytes } from "../../kernel/bytes.ts";
import type { Profile, Since } from "../../commands/profile.ts";
import type { ListeningParameter } from "../doors.ts";

/** A value that was read, or what is wrong with it in Redis's words. */
export type Outcome<V> = { readonly value: V } | { readonly problem: Bytes };

/** One parameter, as config.c describes it. */
export interface Parameter {
  readonly name: string;
  /** An older name of the same parameter. */
  readonly alias?: string;
  readonly since?: Since;
  /** It is gone from there on. */
  readonly until?: Since;
  /** Given at start-up only. */
  readonly immutable?: boolean;
  /** Changed only where `enable-protected-configs` allows it. */
  readonly isProtected?: boolean;
  /** No pattern finds it: whoever asks for it must know its name. */
  readonly hidden?: boolean;
  initial(profile: Profile): string;
  /** Checks a value and gives the form in which it is kept; what it does not speak of stays as it is. */
  read(text: Bytes, current: string): Outcome<string>;
  /**
   * What comes of a value beside those of the others: the form in which it is kept, or why the server cannot do it. Every value of
   * a CONFIG SET is read before the first is tried.
   */
  attempt?(value: string, surroundings: Surroundings): Outcome<string>;
  /** What CONFIG GET prints of it, where that is not all. */
  show?(value: string): string;
}

/** What a value is to get on with. */
export interface Surroundings {
  /** What was there until now. */
  readonly before: string;
  /** The values of other parameters, new ones included. */
  readonly others: (name: string) => string;
  /** Whether whoever encrypts for the server could do so with these values. */
  readonly encrypts: () => boolean;
  /** Has the server listen where these values say; where it cannot, it listens as before once CONFIG SET has failed. */
  readonly listens: (by: ListeningParameter) => boolean;
}

/** What parameters of every kind may say of themselves. */
export type Common = Pick<Parameter, "name" | "alias" | "since" | "until" | "immutable" | "isProtected" | "hidden">;
