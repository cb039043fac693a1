// Certificates for those who have none: an authority that lives as long as this process, and what it signs for servers and clients.
import { isIP } from "node:net";
import type selfsigned from "selfsigned";
import { peerModule } from "../peer-module.ts";

/** Who one is, in PEM. */
export interface Credentials {
  readonly cert: string;
  readonly key: string;
}

/** What a server and its clients need to trust each other. */
export interface Certificates {
  /** The certificate of whoever signed the others. */
  readonly ca: string;
  readonly server: Credentials;
  readonly client: Credentials;
}

/** The part of the package `selfsigned` that is used here. */
type Selfsigned = Pick<typeof selfsigned, "generate">;
type Extensions = NonNullable<NonNullable<Parameters<Selfsigned["generate"]>[1]>["extensions"]>;
type AltName = Extract<Extensions[number], { readonly name: "subjectAltName" }>["altNames"][number];

/** Names and addresses of this machine. */
const HERE = ["localhost", "127.0.0.1", "::1"];

/** Clocks of real servers may be turned back. */
const VALIDITY = { notBeforeDate: new Date("2020-01-01"), notAfterDate: new Date("2120-01-01") };

/** Made when somebody first needs it: the processes of a deployment, and their clients, trust one. */
let authority: Promise<Credentials> | undefined;

/**
 * Certificates for a server of these names, beside those of this machine, and for a client of it.
 *
 * @throws Error when `selfsigned` is not installed
 */
export async function generateCertificates(hosts: readonly string[] = []): Promise<Certificates> {
  authority ??= generateAuthority();
  const ca = await authority;
  const altNames = [...new Set([...HERE, ...hosts])].map(altName);
  return {
    ca: ca.cert,
    server: await generate("localhost", [...LEAF, { name: "subjectAltName", altNames }], ca),
    client: await generate("client", LEAF, ca),
  };
}

/** Somebody who can sign. */
export function generateAuthority(): Promise<Credentials> {
  return generate("Redouble", [
    { name: "basicConstraints", cA: true, critical: true },
    { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
  ]);
}

async function generate(name: string, extensions: Extensions, ca?: Credentials): Promise<Credentials> {
  const maker = peerModule<Selfsigned>("selfsigned");
  if (maker === undefined) {
    throw new Error(
      "selfsigned is not installed, and makes the certificates that were not given: npm install --save-dev selfsigned, or name your own by tls-cert-file, tls-key-file and tls-ca-cert-file.",
    );
  }
  const made = await maker.generate([{ name: "commonName", value: name }], {
    keyType: "ec",
    algorithm: "sha256",
    ...VALIDITY,
    extensions,
    ...(ca && { ca }),
  });
  return { cert: made.cert, key: made.private };
}

function altName(host: string): AltName {
  return isIP(host) === 0 ? { type: 2, value: host } : { type: 7, ip: host };
}

/** One may be a server to its clients and a client to its primary. */
const LEAF: Extensions = [
  { name: "basicConstraints", cA: false },
  { name: "keyUsage", digitalSignature: true, keyEncipherment: true },
  { name: "extKeyUsage", serverAuth: true, clientAuth: true },
];
