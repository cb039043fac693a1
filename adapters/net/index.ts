// The door of the interceptor.
export { intercept, type InterceptOptions, type Interception } from "./interceptor.ts";
export { RealRedisDialled, type StrictOptions } from "./strict.ts";
