// What only a simulated Redis can show: the next minute at once, and a link that breaks between two commands.
const { afterEach, beforeEach, describe, expect, test } = require("@jest/globals");
const { createClient } = require("redis");
const { replyLost, resetPeer } = require("redouble/faults");
const { redouble } = require("redouble/jest");
const { createApi } = require("./api.cjs");
const { countThenExpire, expireThenCount } = require("./limiters.cjs");

let client;
beforeEach(async () => {
  client = createClient();
  client.on("error", () => {}); // connections break on purpose here
  await client.connect();
});
afterEach(() => client.destroy());

const apiBehind = (limiter) => createApi({ allow: limiter(client, { calls: 3, windowMs: 60_000 }) });

/** The oracle: whatever happened to the link, a caller who waits for a minute is let in again. */
async function isLetInAgain(api, caller) {
  for (let i = 0; i < 5; i++) await api({ caller });
  await redouble.clock.advance("61s");
  return (await api({ caller })) === 200;
}

describe.each([countThenExpire, expireThenCount])("an API behind %p", (limiter) => {
  test("lets a caller in again in the next minute", async () => {
    expect(await isLetInAgain(apiBehind(limiter), "ada")).toBe(true);
  });
});

describe("when the link breaks between INCR and PEXPIRE", () => {
  beforeEach(() => {
    redouble.faults.inject(resetPeer({ command: "PEXPIRE", nth: 1 }));
  });

  test("the first version locks its caller out for good: a counter without an end", async () => {
    expect(await isLetInAgain(apiBehind(countThenExpire), "ada")).toBe(false);
    expect(redouble.server).toHaveKey("calls:ada");
    expect(redouble.server).not.toHaveTTL("calls:ada");
    await redouble.clock.advance("365d");
    expect(await apiBehind(countThenExpire)({ caller: "ada" })).toBe(429);
  });
});

describe("when the link breaks in the mended version", () => {
  test.each([
    ["before it began", resetPeer({ command: "MULTI", nth: 1 })],
    ["before it is done", resetPeer({ command: "EXEC", nth: 1 })],
    ["after it was done, the reply lost", replyLost({ command: "EXEC", nth: 1 })],
    ["in the middle of the reply", resetPeer({ command: "EXEC", nth: 1, when: "reply" })],
  ])("%s, the caller is let in again", async (_when, fault) => {
    redouble.faults.inject(fault);
    expect(await isLetInAgain(apiBehind(expireThenCount), "ada")).toBe(true);
  });
});
