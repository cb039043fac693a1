import { describe, expect, test } from "vitest";
import { sliceBytes, toUint8Array } from "../kernel/bytes.ts";
import { RequestDecoder } from "./request-decoder.ts";

/** As Node's Buffer: a slice of it is a view. */
class HostBytes extends Uint8Array {
  override slice(start?: number, end?: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.buffer, this.byteOffset, this.length).subarray(start, end);
  }
}

function makeDecoder(): RequestDecoder {
  const limits = { maxBulkBytes: 1e6, maxArguments: 1e6, authenticated: true, nulEndsLineSearch: true };
  return new RequestDecoder(sliceBytes, limits);
}

function pull(decoder: RequestDecoder): unknown[] {
  const requests: unknown[] = [];
  for (let request = decoder.next(); request !== undefined; request = decoder.next()) requests.push(request);
  return requests;
}

const WIRE = "*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000001\r\n$10\r\n0123456789\r\nGET key\r\n";
const REQUESTS = [
  ["SET", "key:000000000001", "0123456789"],
  ["GET", "key"],
];

describe("what is kept of a chunk", () => {
  test("does not change with the host's buffer, wherever the chunk is cut", () => {
    const buffer = new HostBytes(WIRE.length);
    for (let cut = 1; cut < WIRE.length; cut++) {
      const decoder = makeDecoder();
      const requests = [WIRE.slice(0, cut), WIRE.slice(cut)].flatMap((part) => {
        const bytes = toUint8Array(part);
        buffer.set(bytes);
        decoder.push(buffer.subarray(0, bytes.length));
        const pulled = pull(decoder);
        decoder.retain();
        buffer.fill(0);
        return pulled;
      });
      expect(requests).toEqual(REQUESTS);
      expect(decoder.bufferedBytes).toBe(0);
    }
  });

  test("stands in line while nothing is pulled", () => {
    const buffer = new HostBytes(WIRE.length);
    const decoder = makeDecoder();
    for (const part of [WIRE.slice(0, 20), WIRE.slice(20)]) {
      buffer.set(toUint8Array(part));
      decoder.push(buffer.subarray(0, part.length));
      decoder.retain();
      buffer.fill(0);
    }
    expect(decoder.bufferedBytes).toBe(WIRE.length);
    expect(pull(decoder)).toEqual(REQUESTS);
  });
});
