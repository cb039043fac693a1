// `redouble serve --tls`: what its flags mean in redis.conf, and certificates for whoever has none.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateCertificates } from "../tcp/certificates.ts";
import { announcedHosts } from "../tcp/encryption.ts";

type Config = Readonly<Record<string, string>>;

export interface TlsFlags {
  /** TLS in the place of plain connections. */
  readonly tls: boolean;
  /** TLS beside them, there. */
  readonly tlsPort?: number;
  readonly tlsCertFile?: string;
  readonly tlsKeyFile?: string;
  readonly tlsCaCertFile?: string;
  readonly tlsAuthClients?: string;
}

/** How a deployment encrypts. */
export interface Secured {
  /** What it adds to the configuration. */
  readonly config: Config;
  /** A line that tells where the certificates are which were made. */
  readonly note?: string;
  /** Takes them away again. */
  end(): void;
}

/** Undefined where nothing is encrypted. `port` is the first server's, where that has one that is known. */
export async function secure(flags: TlsFlags, port: number, config: Config): Promise<Secured | undefined> {
  if (!flags.tls && flags.tlsPort === undefined) return undefined;
  const given = {
    ...(flags.tlsPort === undefined ? alone(port) : { "tls-port": String(flags.tlsPort) }),
    ...(flags.tlsCertFile !== undefined && { "tls-cert-file": flags.tlsCertFile }),
    ...(flags.tlsKeyFile !== undefined && { "tls-key-file": flags.tlsKeyFile }),
    ...(flags.tlsCaCertFile !== undefined && { "tls-ca-cert-file": flags.tlsCaCertFile }),
    ...(flags.tlsAuthClients !== undefined && { "tls-auth-clients": flags.tlsAuthClients }),
  };
  if ((config["tls-cert-file"] ?? flags.tlsCertFile) !== undefined) return { config: given, end() {} };
  const folder = mkdtempSync(join(tmpdir(), "redouble-tls-"));
  const { ca, server, client } = await generateCertificates(announcedHosts({ text: (name) => config[name] ?? "" }));
  const files = {
    "ca.crt": ca,
    "redis.crt": server.cert,
    "redis.key": server.key,
    "client.crt": client.cert,
    "client.key": client.key,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  return {
    config: {
      "tls-auth-clients": "no",
      "tls-cert-file": join(folder, "redis.crt"),
      "tls-key-file": join(folder, "redis.key"),
      "tls-ca-cert-file": join(folder, "ca.crt"),
      ...given,
    },
    note: `certificates: ${folder} (ca.crt, client.crt, client.key)`,
    end: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** No port but those for TLS, among the servers too. */
function alone(port: number): Config {
  return { port: "0", "tls-port": String(port), "tls-replication": "yes", "tls-cluster": "yes" };
}
