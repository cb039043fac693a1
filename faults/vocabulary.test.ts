// What the vocabulary refuses.
import { describe, expect, test } from "vitest";
import { faultFrom, parseFault } from "./index.ts";

describe("bad options", () => {
  test.each([
    ["nosuch()", /no fault is called 'nosuch'; there are latency/],
    ["latency()", /latency needs delayMs/],
    ['latency({"delayMs":"5"})', /delayMs is a number, not "5"/],
    ['latency({"delayMs":-1})', /milliseconds, 0 or more/],
    ['latency({"delay":5})', /latency has no option 'delay'; it has delayMs/],
    ['replyLost({"then":"maybe"})', /then is one of reset, silence/],
    ['resetPeer({"nth":0})', /nth counts from 1/],
    ['resetPeer({"probability":2})', /share between 0 and 1/],
    ['errorReply({"error":"two\\nlines"})', /one line that begins with its code/],
    ["latency({)", /options of latency are not JSON/],
    ["latency([])", /are a JSON object/],
    ["?", /not a fault/],
  ])("%s is refused", (text, message) => {
    expect(() => parseFault(text)).toThrow(message);
  });

  test("an own property of objects is no fault and no option", () => {
    expect(() => faultFrom("toString")).toThrow(TypeError);
    expect(() => faultFrom("latency", { delayMs: 1, constructor: 1 })).toThrow(/no option 'constructor'/);
  });
});
