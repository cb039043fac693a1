// The door of the faults: everything that can go wrong, by name.
export { printFault, type Fault, type FaultContext, type FaultHooks, type FaultOptions } from "./fault.ts";
export { Injector, type FaultGuard } from "./injector.ts";
export type { Selector } from "./selector.ts";
export { faultFrom, faultNames, parseFault } from "./vocabulary.ts";
export { errorReply, type ErrorReplyOptions } from "./error-reply.ts";
export { latency, type LatencyOptions } from "./latency.ts";
export { replyLost, type ReplyLostOptions } from "./reply-lost.ts";
export { resetPeer, type ResetPeerOptions } from "./reset-peer.ts";
