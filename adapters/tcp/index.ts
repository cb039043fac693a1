// The door of real sockets.
export { dialOutside } from "./dial-outside.ts";
export { listen, type Listener, type ListenOptions } from "./listen.ts";
