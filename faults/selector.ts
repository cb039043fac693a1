// Whom a fault hits: every part that is given must match.
import { globMatch, type CommandEvent, type HookEvent, type Random } from "../core/index.ts";

export interface Selector {
  /** The server's name. */
  readonly server?: string;
  /** The process that dialled: `replica-1`, `sentinel-2`. Without it a fault strikes applications only. */
  readonly from?: string;
  /** The client's name (CLIENT SETNAME), address or number. */
  readonly client?: string | number;
  /** A command, or several; case does not matter; subcommands as `CLIENT|KILL`, and `CLIENT` means all of its own. */
  readonly command?: string | readonly string[];
  /** A glob; one of the command's keys must match. */
  readonly key?: string;
  /** Only the nth match, counted from 1 since the injection. */
  readonly nth?: number;
  /** Of the matches, this share (0-1), drawn from the seed. */
  readonly probability?: number;
}

export const selectorKeys = ["server", "from", "client", "command", "key", "nth", "probability"] as const;

/** The selector's part of a fault's options. Throws a TypeError for values that can never match. */
export function selectorOf(options: Selector): Selector {
  const { nth, probability } = options;
  if (nth !== undefined && !(Number.isInteger(nth) && nth >= 1)) {
    throw new TypeError(`nth counts from 1: ${nth} matches nothing`);
  }
  if (probability !== undefined && !(probability >= 0 && probability <= 1)) {
    throw new TypeError(`probability is a share between 0 and 1, not ${probability}`);
  }
  return Object.fromEntries(
    selectorKeys.filter((key) => options[key] !== undefined).map((key) => [key, options[key]]),
  ) as Selector;
}

/** Decides for one injection; it counts and draws, so each event is asked about once. */
export class SelectorState {
  readonly #selector: Selector;
  readonly #random: Random;
  readonly #commands: readonly string[] | undefined;
  #matches = 0;

  constructor(selector: Selector, random: Random) {
    this.#selector = selector;
    this.#random = random;
    const { command } = selector;
    if (command !== undefined) {
      this.#commands = (typeof command === "string" ? [command] : command).map((each) =>
        each.toUpperCase().replace(" ", "|"),
      );
    }
  }

  /** Whether the selector means this event, before counting. */
  matches(event: HookEvent | CommandEvent): boolean {
    const { server, from = "", client, key } = this.#selector;
    if (event.origin !== from) return false;
    if (server !== undefined && event.server !== server) return false;
    if (client !== undefined && !isClient(event.client, client)) return false;
    if (this.#commands === undefined && key === undefined) return true;
    if (!("command" in event)) return false;
    const { command, keys } = event;
    if (this.#commands && !this.#commands.some((each) => command === each || command.startsWith(`${each}|`)))
      return false;
    return key === undefined || keys.some((each) => globMatch(key, each));
  }

  /** Counts a match and says whether it is one to hit. */
  take(): boolean {
    this.#matches++;
    const { nth, probability } = this.#selector;
    if (nth !== undefined && this.#matches !== nth) return false;
    return probability === undefined || this.#random.chance(probability);
  }
}

function isClient(client: HookEvent["client"], wanted: string | number): boolean {
  return client.id === wanted || client.name === wanted || client.address === wanted;
}
