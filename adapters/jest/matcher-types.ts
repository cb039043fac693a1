// The assertions as types: for `expect` of @jest/globals, and for the global one of @types/jest.
import type { Matchers } from "expect";
import type { ServerMatchers } from "../runner/matchers.ts";

/** Jest's own assertions, and those on servers. */
export type JestMatchers<R extends void | Promise<void>, T = unknown> = Matchers<R, T>;

declare module "expect" {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends ServerMatchers<R> {}
}

declare global {
  namespace jest {
    interface Matchers<R, T = {}> extends ServerMatchers<R> {}
  }
}
