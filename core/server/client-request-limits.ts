// How much a client may ask for, as of now: the configuration may change and the client may authenticate.
import type { RequestLimits } from "../resp/request-decoder.ts";
import type { Client } from "./client.ts";
import type { Server } from "./server.ts";

/** V8's longest string: arguments are strings, values need not be. */
const LONGEST_ARGUMENT = 536_870_888;

/** A class, since object literals with getters are each of a shape of their own and slow to read. */
export class ClientRequestLimits implements RequestLimits {
  readonly maxArguments = 2_147_483_647;
  readonly nulEndsLineSearch: boolean;
  readonly #server: Server;
  readonly #client: Client;

  constructor(server: Server, client: Client) {
    this.#server = server;
    this.#client = client;
    this.nulEndsLineSearch = server.profile.can.nulEndsLineSearch;
  }

  get maxBulkBytes(): number {
    return Math.min(this.#server.maxBulkBytes, LONGEST_ARGUMENT);
  }

  get authenticated(): boolean {
    return !this.#client.mustAuthenticate;
  }
}
