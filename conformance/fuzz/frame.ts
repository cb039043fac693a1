/** Frames: what a client may put on the wire, from a faultless request to junk, cut into chunks anywhere. */
import fc, { type Arbitrary } from "fast-check";
import type { Bytes } from "../format/escapes.ts";
import { encodeCommand } from "../targets/own-connection.ts";
import { request } from "./request.ts";

export type Frame = {
  /** How it crosses: each chunk arrives by itself. */
  readonly chunks: readonly Bytes[];
  /** The connection ends behind it: nobody can say what the server still waits for. */
  readonly last: boolean;
};

export type FrameOptions = {
  /** Frames for which this is false are left out. */
  readonly allowed: (bytes: Bytes) => boolean;
  /** How long junk gets: 70,000 passes the limit of inline requests. */
  readonly longest: number;
};

/** One frame. */
export function frame({ allowed, longest }: FrameOptions): Arbitrary<Frame> {
  const multibulk = request().map(encodeCommand);
  const bytes = fc.oneof(
    { weight: 60, arbitrary: whole(multibulk) },
    { weight: 8, arbitrary: whole(request().map((words) => `${words.join(" ")}\r\n`)) },
    { weight: 3, arbitrary: whole(inlineJunk(longest)) },
    {
      weight: 12,
      arbitrary: last(fc.tuple(multibulk, fc.array(mutation(), { minLength: 1, maxLength: 4 })).map(mutate)),
    },
    { weight: 5, arbitrary: last(fc.tuple(multibulk, fc.nat()).map(([all, end]) => all.slice(0, end % all.length))) },
    { weight: 6, arbitrary: last(fc.tuple(multibulk, length()).map(declare)) },
    {
      weight: 6,
      arbitrary: last(fc.array(mutation(), { maxLength: 30 }).map((parts) => parts.map(({ put }) => put).join(""))),
    },
  );
  return fc
    .tuple(
      bytes.filter((one) => allowed(one.bytes)),
      fc.oneof(
        { weight: 2, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(fc.nat(), { maxLength: 6 }) },
      ),
    )
    .map(([one, cuts]) => ({ chunks: cut(one.bytes, cuts), last: one.last }));
}

type Uncut = { readonly bytes: Bytes; readonly last: boolean };

const whole = (of: Arbitrary<Bytes>): Arbitrary<Uncut> => of.map((bytes) => ({ bytes, last: false }));
const last = (of: Arbitrary<Bytes>): Arbitrary<Uncut> => of.map((bytes) => ({ bytes, last: true }));

type Mutation = { readonly at: number; readonly gone: number; readonly put: Bytes };

/** Some bytes go, others come; those that mean something to the protocol come most. */
function mutation(): Arbitrary<Mutation> {
  const telling = [
    "\r\n",
    "\n",
    "\r",
    "*",
    "$",
    "-",
    "0",
    "1",
    "9",
    ":",
    "\0",
    '"',
    "'",
    " ",
    "\\x",
    "*3\r\n",
    "$1\r\n",
    "$-1\r\n",
  ];
  const byte = fc.nat(255).map((code) => String.fromCharCode(code));
  return fc.record({ at: fc.nat(), gone: fc.nat(2), put: fc.oneof(fc.constantFrom("", ...telling), byte) });
}

function mutate([bytes, mutations]: readonly [Bytes, readonly Mutation[]]): Bytes {
  let mutated = bytes;
  for (const { at, gone, put } of mutations) {
    const place = at % (mutated.length + 1);
    mutated = mutated.slice(0, place) + put + mutated.slice(place + gone);
  }
  return mutated;
}

function length(): Arbitrary<readonly [number, Bytes]> {
  const numbers =
    "-2 -1 0 1 5 16384 32769 1048576 1048577 536870000 536870913 2147483647 2147483648 9223372036854775807 \
99999999999999999999 1x 01 +1 1e3".split(/\s+/);
  return fc.tuple(fc.nat(), fc.constantFrom("", ...numbers));
}

/** Puts another length behind one of the frame's stars and dollars. */
function declare([bytes, [which, length]]: readonly [Bytes, readonly [number, Bytes]]): Bytes {
  const places = [...bytes.matchAll(/[*$]\d+/g)];
  const place = places[which % places.length];
  if (!place) return bytes;
  return bytes.slice(0, place.index + 1) + length + bytes.slice(place.index + place[0].length);
}

function inlineJunk(longest: number): Arbitrary<Bytes> {
  const printable = fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code));
  return fc.oneof(
    { weight: 9, arbitrary: fc.array(printable, { maxLength: 40 }).map((bytes) => `${bytes.join("")}\r\n`) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: longest }).map((size) => `${"x".repeat(size)}\n`) },
  );
}

function cut(bytes: Bytes, cuts: readonly number[]): readonly Bytes[] {
  const places = [...new Set(cuts.map((at) => at % (bytes.length + 1)))].toSorted((one, other) => one - other);
  const chunks = [0, ...places].map((from, index) => bytes.slice(from, places[index] ?? bytes.length));
  return chunks.filter((chunk) => chunk !== "");
}
