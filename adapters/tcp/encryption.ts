// What the parameters of TLS mean to Node's: files, protocols, ciphers, and who must show a certificate (tls.c: tlsConfigure).
import { constants } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import tls, { type ConnectionOptions, type SecureContextOptions, type SecureVersion, type TlsOptions } from "node:tls";
import { generateCertificates, type Certificates } from "./certificates.ts";

/** A server's configuration. */
export interface Parameters {
  text(name: string): string;
}

/** What a client needs to get in: `new Redis(listener.url, { tls: listener.tls })`. */
export interface ClientCredentials {
  readonly ca: string[];
  /** Where certificates were made for this listener: the client's. */
  readonly cert?: string;
  readonly key?: string;
}

/**
 * The server's side. Where the configuration names no certificate, those that were made for it stand in.
 *
 * @throws Error when a file cannot be read, or a value means nothing
 */
export class Encryption {
  readonly options: TlsOptions;
  readonly forClients: ClientCredentials;
  readonly #made: Certificates | undefined;

  constructor(parameters: Parameters, made: Certificates | undefined) {
    this.#made = made;
    const clients = parameters.text("tls-auth-clients");
    const own = parameters.text("tls-cert-file") !== "";
    const { ca, ...pair } = own || made === undefined ? credentialsOf(parameters, "tls") : ofMade(made);
    this.options = {
      ...settingsOf(parameters),
      ...pair,
      ca,
      requestCert: clients !== "no",
      rejectUnauthorized: clients === "yes",
    };
    this.forClients = { ca, ...(!own && made?.client) };
    tls.createSecureContext(this.options); // it says what is wrong
    if (this.options.cert === undefined) throw new Error("tls-cert-file: there is no certificate");
  }

  /** The same door after other parameters; throws as the constructor does. */
  after(parameters: Parameters): Encryption {
    return new Encryption(parameters, this.#made);
  }
}

/** Reads what `tls-*` says; where it names no certificate one is made, for these names and those that are announced. */
export async function encryptionOf(parameters: Parameters, hosts: readonly string[]): Promise<Encryption> {
  const isNamed = parameters.text("tls-cert-file") !== "";
  const made = isNamed ? undefined : await generateCertificates([...hosts, ...announcedHosts(parameters)]);
  return new Encryption(parameters, made);
}

function ofMade({ ca, server }: Certificates): SecureContextOptions & { readonly ca: string[] } {
  return { ...server, ca: [ca] };
}

/** The side of whoever dials with these parameters: a replica. It asks who signed a certificate, and for no name in it. */
export function dialOptions(parameters: Parameters): ConnectionOptions {
  const ownPair = parameters.text("tls-client-cert-file") !== "";
  return {
    ...settingsOf(parameters),
    ...credentialsOf(parameters, ownPair ? "tls-client" : "tls"),
    checkServerIdentity: () => undefined,
  };
}

const ANNOUNCEMENTS = ["cluster-announce-hostname", "cluster-announce-ip", "replica-announce-ip"];

/** What clients are told to dial: a certificate is to name it. */
export function announcedHosts(parameters: Parameters): string[] {
  return ANNOUNCEMENTS.map((name) => parameters.text(name)).filter(Boolean);
}

/** Protocols and ciphers. */
function settingsOf(parameters: Parameters): SecureContextOptions {
  const ciphers = [parameters.text("tls-ciphersuites"), parameters.text("tls-ciphers")].filter(Boolean).join(":");
  const seconds = Number(parameters.text("tls-session-cache-timeout"));
  return {
    ...versionsOf(parameters.text("tls-protocols")),
    ...(ciphers !== "" && { ciphers }),
    honorCipherOrder: parameters.text("tls-prefer-server-ciphers") === "yes",
    ...(seconds > 0 && { sessionTimeout: seconds }),
    ...(parameters.text("tls-session-caching") === "no" && { secureOptions: constants.SSL_OP_NO_TICKET }),
    ...fileOf(parameters, "tls-dh-params-file", "dhparam"),
  };
}

const VERSIONS: readonly SecureVersion[] = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];

/** From the lowest to the highest of them; Redis has 1.2 and 1.3 where nobody says. */
function versionsOf(protocols: string): Pick<SecureContextOptions, "minVersion" | "maxVersion"> {
  const named = protocols.toLowerCase().split(" ").filter(Boolean);
  const known = VERSIONS.filter((version) => named.includes(version.toLowerCase()));
  if (known.length !== named.length) throw new Error(`tls-protocols: ${protocols} (there are ${VERSIONS.join(", ")})`);
  return { minVersion: known[0] ?? "TLSv1.2", maxVersion: known.at(-1) ?? "TLSv1.3" };
}

/** Certificate, key, and whom it trusts. */
function credentialsOf(
  parameters: Parameters,
  prefix: "tls" | "tls-client",
): SecureContextOptions & { readonly ca: string[] } {
  const passphrase = parameters.text(`${prefix}-key-file-pass`);
  const folder = parameters.text("tls-ca-cert-dir");
  const file = parameters.text("tls-ca-cert-file");
  const inFolder = folder === "" ? [] : readdirSync(folder).map((name) => join(folder, name));
  return {
    ...fileOf(parameters, `${prefix}-cert-file`, "cert"),
    ...fileOf(parameters, `${prefix}-key-file`, "key"),
    ...(passphrase !== "" && { passphrase }),
    ca: [...(file === "" ? [] : [file]), ...inFolder].map((path) => readFileSync(path, "utf8")),
  };
}

/** What a file holds that a parameter names, under the name that Node has for it. */
function fileOf<Name extends string>(
  parameters: Parameters,
  name: string,
  as: Name,
): { readonly [K in Name]?: string } {
  const path = parameters.text(name);
  return path === "" ? {} : ({ [as]: readFileSync(path, "utf8") } as { readonly [K in Name]: string });
}
