// The grammar of a vector, for whoever makes up requests: the words themselves are read by vector-words.ts.
import { arg } from "../args.ts";

const values = arg.block("values", [arg.lateInteger("num"), arg.multiple(arg.double("value", { countedBy: "num" }))], {
  token: "VALUES",
});

export const vectorArg = arg.oneOf("vector", [arg.string("fp32", { token: "FP32" }), values]);

export const queryArg = arg.oneOf("query", [
  arg.string("element", { token: "ELE" }),
  arg.string("fp32", { token: "FP32" }),
  values,
]);
