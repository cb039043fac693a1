// Encrypted connections: what a host's listeners obey, and what they refuse (tls.c).
import { attempted, boolean, CANNOT_LISTEN, choice, INT_MAX, integer, moving, PORT, text } from "./kinds.ts";
import type { Parameter, Surroundings } from "./parameter.ts";

const CANNOT = "Unable to update TLS configuration. Check server logs.";

/** Whoever turns TLS on needs a certificate. */
function needsCertificate(value: string, others: Surroundings["others"]): string | undefined {
  const turnsOn = value !== "no" && value !== "0";
  return turnsOn && others("tls-cert-file") === "" ? CANNOT : undefined;
}

/** A parameter that must do for whoever encrypts; nobody does before there is a listener. */
function encrypting(parameter: Parameter): Parameter {
  return {
    ...parameter,
    attempt(value, surroundings) {
      const outcome = parameter.attempt?.(value, surroundings) ?? { value };
      if ("problem" in outcome || value === surroundings.before) return outcome;
      return surroundings.encrypts() ? outcome : { problem: CANNOT };
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
  moving(encrypting(attempted(integer({ name: "tls-port" }, PORT), needsCertificate)), "tls-port", CANNOT_LISTEN),
  attempted(boolean({ name: "tls-cluster" }, false), needsCertificate),
  attempted(boolean({ name: "tls-replication" }, false), needsCertificate),
  ...[
    choice({ name: "tls-auth-clients" }, ["no", "yes", "optional"], "yes"),
    ...texts.map((name) => text({ name }, "")),
    boolean({ name: "tls-prefer-server-ciphers" }, false),
    integer({ name: "tls-session-cache-size" }, { initial: 20_480n, min: 0n, max: INT_MAX }),
    integer({ name: "tls-session-cache-timeout" }, { initial: 300n, min: 0n, max: INT_MAX }),
    boolean({ name: "tls-session-caching" }, true),
  ].map(encrypting),
];
