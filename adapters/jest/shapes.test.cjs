// Under Jest, whose equality takes any two Sets for equal unless it is told, values of every type are compared.
const { expect, test } = require("@jest/globals");
const { redouble } = require("redouble/jest");

const values = {
  list: ["a", 1],
  set: new Set(["a", 1]),
  hash: { name: "ada", calls: 1 },
  board: [["ada", 1.5]],
  jobs: [["1-0", { type: "mail" }]],
};

test.each(Object.entries(values))("a %s is what it is", (key, value) => {
  redouble.server.load({ [key]: value });
  expect(redouble.server).toHaveKey(key, value);
  expect(redouble.server).toHaveKey(key, structuredClone(value)); // whose prototypes are another realm's
});

test.each([
  ["list", [1, "a"]],
  ["set", new Set(["a", 2])],
  ["hash", { name: "ada", calls: 2 }],
  ["board", [["ada", 2]]],
  ["jobs", [["1-0", { type: "bill" }]]],
])("a %s is not another", (key, other) => {
  redouble.server.load(values);
  expect(redouble.server).not.toHaveKey(key, other);
});

test("matchers of Jest are found at any depth", () => {
  redouble.server.load(values);
  expect(redouble.server).toHaveKey("hash", { name: expect.stringMatching(/^a/), calls: expect.anything() });
  expect(redouble.server).toHaveKey("jobs", [[expect.any(String), { type: "mail" }]]);
});
