// What the vocabulary refuses, and what a deployment does.
import { describe, expect, test } from "vitest";
import { start } from "./fixtures/stage.ts";
import { at, crash, errorReply, faultFrom, parseFault, replicationLag, timeline, when, type Fault } from "./index.ts";

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

  test("what comes from JavaScript is told the same", () => {
    const wrong = (options: unknown): never => options as never;
    expect(() => crash(wrong({ servr: "primary" }))).toThrow(
      "crash has no option 'servr'; it has keepsData, power, server",
    );
    expect(() => errorReply(wrong(undefined))).toThrow("errorReply needs error");
    expect(() => crash(wrong("primary"))).toThrow(
      'crash takes an object of options (keepsData, power, server), not "primary"',
    );
    expect(() => when(wrong("SET lock:*"), crash())).toThrow("when takes an object of options (server, from, client");
    expect(() => at("1s", crash(), wrong({ forMs: 5 }))).toThrow("at has no option 'forMs'; it has for");
    expect(() => at("1s", wrong("crash"))).toThrow('A fault is what crash() and its kin make, not "crash".');
    expect(() => start().faults.inject(wrong(crash))).toThrow("not a function");
    const { world, faults } = start();
    expect(() => timeline([wrong({ at: 5 })]).play(world, faults)).toThrow("not undefined");
    expect(crash(wrong({ server: undefined })).name).toBe("crash");
  });

  test("an own property of objects is no fault and no option", () => {
    expect(() => faultFrom("toString")).toThrow(TypeError);
    expect(() => faultFrom("latency", { delayMs: 1, constructor: 1 })).toThrow(/no option 'constructor'/);
  });
});

describe("a server that there is not", () => {
  const lost: readonly (readonly [string, Fault])[] = [
    ["to crash", crash({ server: "prmary" })],
    ["to select", errorReply({ error: "ERR x", server: "prmary" })],
    ["that dials", errorReply({ error: "ERR x", from: "prmary" })],
    ["that lags", replicationLag({ replica: "prmary", delayMs: 1 })],
  ];
  const message = 'There is no server "prmary" in this world; there are primary, replica-1.';

  test.each(lost)("%s is an error when it is injected", (_what, fault) => {
    expect(() => start().faults.inject(fault)).toThrow(message);
  });

  test("is an error when a timeline begins, not when its time has come", () => {
    const { world, faults } = start();
    expect(() => timeline([at("1s", crash({ server: "prmary" }))]).play(world, faults)).toThrow(message);
    expect(() => timeline([when({ server: "prmary" }, crash())]).play(world, faults)).toThrow(message);
  });
});
