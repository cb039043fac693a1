// The API behind the limiter. Redis in trouble must not take it down: then everybody is let in.
"use strict";

/** Answers `GET /weather` as far as its caller has calls left. Gives the status. */
function createApi({ allow, log = () => {} }) {
  return async ({ caller }) => {
    try {
      return (await allow(caller)) ? 200 : 429;
    } catch (error) {
      log(`limiter: ${error.message}`);
      return 200;
    }
  };
}

module.exports = { createApi };
