// What the API does, on any Redis: `REDIS_URL=redis://... npx jest examples` takes a real one.
require("redouble/jest");
const { afterAll, beforeAll, describe, expect, test } = require("@jest/globals");
const { randomUUID } = require("node:crypto");
const { createClient } = require("redis");
const { createApi } = require("./api.cjs");
const { countThenExpire, expireThenCount } = require("./limiters.cjs");

const client = createClient({ url: process.env.REDIS_URL ?? "redis://localhost:6379" });
beforeAll(() => client.connect());
afterAll(() => client.close());

describe.each([countThenExpire, expireThenCount])("an API behind %p", (limiter) => {
  const api = createApi({ allow: limiter(client, { calls: 3, windowMs: 60_000 }) });

  test("answers as many calls as are allowed, and refuses the next", async () => {
    const caller = randomUUID();
    const statuses = [];
    for (let i = 0; i < 5; i++) statuses.push(await api({ caller }));
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
  });

  test("counts each caller apart", async () => {
    const busy = randomUUID();
    for (let i = 0; i < 4; i++) await api({ caller: busy });
    expect(await api({ caller: randomUUID() })).toBe(200);
  });

  test("ends the window that the first call began", async () => {
    const caller = randomUUID();
    await api({ caller });
    await api({ caller });
    const left = await client.pTTL(`calls:${caller}`);
    expect(left).toBeGreaterThan(50_000);
    expect(left).toBeLessThanOrEqual(60_000);
  });
});
