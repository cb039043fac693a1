// The door of real sockets.
export { listen, type Listener, type ListenOptions } from "./listen.ts";
