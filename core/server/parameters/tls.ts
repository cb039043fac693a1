// Encrypted connections: a host's listener obeys what was given at the start (tls.c).
import { attempted, boolean, choice, INT_MAX, integer, PORT, text } from "./kinds.ts";
import type { Parameter, Surroundings } from "./parameter.ts";

/** Whoever turns TLS on needs a certificate. */
function needsCertificate(value: string, others: Surroundings["others"]): string | undefined {
  const turnsOn = value !== "no" && value !== "0";
  return turnsOn && others("tls-cert-file") === ""
    ? "Unable to update TLS configuration. Check server logs."
    : undefined;
}

/** Where TLS is spoken, with whose certificates, and in which versions of it. */
export const tlsParameters: readonly Parameter[] = [
  attempted(
    integer({ name: "tls-port" }, PORT),
    (value, others) => needsCertificate(value, others) ?? "Unable to listen on this port. Check server logs.",
  ),
  attempted(boolean({ name: "tls-cluster" }, false), needsCertificate),
  attempted(boolean({ name: "tls-replication" }, false), needsCertificate),
  choice({ name: "tls-auth-clients" }, ["no", "yes", "optional"], "yes"),
  ...[
    "tls-ca-cert-dir",
    "tls-ca-cert-file",
    "tls-cert-file",
    "tls-ciphers",
    "tls-ciphersuites",
    "tls-client-cert-file",
    "tls-client-key-file",
    "tls-client-key-file-pass",
    "tls-dh-params-file",
    "tls-key-file",
    "tls-key-file-pass",
    "tls-protocols",
  ].map((name) => text({ name }, "")),
  boolean({ name: "tls-prefer-server-ciphers" }, false),
  integer({ name: "tls-session-cache-size" }, { initial: 20_480n, min: 0n, max: INT_MAX }),
  integer({ name: "tls-session-cache-timeout" }, { initial: 300n, min: 0n, max: INT_MAX }),
  boolean({ name: "tls-session-caching" }, true),
];
