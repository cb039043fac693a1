// Addresses as clients dial them, and as users register them: host and port, or the path of a unix socket.

/** Where a client dials to. */
export type Address = { readonly host: string; readonly port: number } | { readonly path: string };

const DEFAULT_PORT = 6379;

/**
 * Reads `localhost:6379`, `[::1]:6379`, `redis://cache:6380`, a bare host (port 6379) or an absolute path.
 *
 * @throws TypeError when it is none of these
 */
export function parseAddress(text: string): Address {
  if (text.startsWith("/")) return { path: text };
  const bare = text
    .replace(/^[a-z]+:\/\//, "")
    .replace(/^[^@/]*@/, "")
    .replace(/[/?#].*$/, "");
  const match = /^(?:\[([0-9a-f:.%]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/i.exec(bare);
  const port = Number(match?.[3] ?? DEFAULT_PORT);
  if (match === null || port > 65_535) {
    throw new TypeError(
      `${JSON.stringify(text)} is not an address. Write "host:port", "[::1]:port", a redis:// URL, or the absolute path of a unix socket.`,
    );
  }
  return { host: (match[1] ?? match[2])!, port };
}

/** One spelling for each address, for lookups. */
export function addressKey(address: Address): string {
  return "path" in address ? `unix:${address.path}` : `${address.host.toLowerCase()}:${address.port}`;
}

/** As Node prints it in errors: `127.0.0.1:6379`, or the path. */
export function showAddress(address: Address): string {
  if ("path" in address) return address.path;
  return address.host.includes(":") ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** The IP address that a name stands for in the simulation: every name is this machine. */
export function ipOf(host: string): string {
  return /^[0-9.]+$/.test(host) || host.includes(":") ? host : "127.0.0.1";
}
