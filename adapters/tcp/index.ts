// The door of real sockets.
export { dialOutside } from "./dial-outside.ts";
export type { ClientCredentials } from "./encryption.ts";
export { listen, type Listener, type ListenOptions } from "./listen.ts";
