// Reading without a buffer for each chunk: servers read in place, so all connections share one. A quarter of the CPU time
// of a command depends on it.
import net from "node:net";

const shared = Buffer.allocUnsafeSlow(64 * 1024);

/** Views of the shared buffer's first bytes, by length. */
const views: (Uint8Array | undefined)[] = [];
const LONGEST_VIEW = 2048;

/** What Node's documentation does not show of a socket: the handle below it. */
interface Handled {
  _handle?: object | null;
}

/** Options that `new net.Socket` takes and its types do not know. */
interface HandleOptions extends net.SocketConstructorOpts {
  readonly handle: object;
  readonly onread: net.OnReadOpts;
}

/**
 * Takes an accepted, paused socket over: gives the one to write to, and calls `receive` with what arrives. The bytes are
 * valid during the call only. Where the runtime has no handles to pass on, the socket stays what it is.
 */
export function readInPlace(accepted: net.Socket, receive: (chunk: Uint8Array) => void): net.Socket {
  const handled: Handled = accepted as object;
  const handle = handled._handle;
  if (typeof handle !== "object" || handle === null) {
    accepted.on("data", receive);
    accepted.resume();
    return accepted;
  }
  handled._handle = null;
  accepted.destroy();
  const onread: net.OnReadOpts = {
    buffer: shared,
    callback: (count) => {
      receive(count > LONGEST_VIEW ? shared.subarray(0, count) : (views[count] ??= shared.subarray(0, count)));
      return true;
    },
  };
  const options: HandleOptions = { handle, onread };
  return new net.Socket(options);
}
