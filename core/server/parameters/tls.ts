// Encrypted connections: what a host's listeners obey, and what they refuse (tls.c).
import { boolean, CANNOT_LISTEN, choice, INT_MAX, integer, moving, PORT, text } from "./kinds.ts";
import type { Parameter } from "./parameter.ts";

const CANNOT = "Unable to update TLS configuration. Check server logs.";

/** A parameter that must do for whoever encrypts. */
function encrypting(parameter: Parameter): Parameter {
  return {
    ...parameter,
    attempt(value, surroundings) {
      return value === surroundings.before || surroundings.encrypts() ? { value } : { problem: CANNOT };
    },
  };
}

const texts = [
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
];

/** Where TLS is spoken, with whose certificates, and in which versions of it. */
export const tlsParameters: readonly Parameter[] = [
  moving(encrypting(integer({ name: "tls-port" }, PORT)), "tls-port", CANNOT_LISTEN),
  ...[
    boolean({ name: "tls-cluster" }, false),
    boolean({ name: "tls-replication" }, false),
    choice({ name: "tls-auth-clients" }, ["no", "yes", "optional"], "yes"),
    ...texts.map((name) => text({ name }, "")),
    boolean({ name: "tls-prefer-server-ciphers" }, false),
    integer({ name: "tls-session-cache-size" }, { initial: 20_480n, min: 0n, max: INT_MAX }),
    integer({ name: "tls-session-cache-timeout" }, { initial: 300n, min: 0n, max: INT_MAX }),
    boolean({ name: "tls-session-caching" }, true),
  ].map(encrypting),
];
