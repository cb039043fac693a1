// Two limiters of so many calls a minute. They differ in one thing: what is left behind when the link breaks half-way.
"use strict";

/**
 * The first version: counts, and begins the window with the first call. Between its two commands a link may break; the
 * counter then never expires, and its caller is locked out for good.
 */
function countThenExpire(client, { calls, windowMs }) {
  return async (caller) => {
    const key = `calls:${caller}`;
    const count = await client.incr(key);
    if (count === 1) await client.pExpire(key, windowMs);
    return count <= calls;
  };
}

/** Mended: the counter is born with its end, in one transaction. */
function expireThenCount(client, { calls, windowMs }) {
  return async (caller) => {
    const key = `calls:${caller}`;
    const [, count] = await client
      .multi()
      .set(key, 0, { condition: "NX", expiration: { type: "PX", value: windowMs } })
      .incr(key)
      .exec();
    return count <= calls;
  };
}

module.exports = { countThenExpire, expireThenCount };
