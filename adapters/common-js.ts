// What `require` gives of a module that stands in for another: the same shape, our exports in the place of theirs.

/** A CommonJS module; there is none in the ES module copy. */
interface CommonJsModule {
  exports: object;
}

/**
 * Completes `module.exports`: whatever the real module exports and ours does not is passed on. Where the real export is a
 * function of its own (`new (require("ioredis"))()`), ours becomes `callable`.
 */
export function standInFor(module: CommonJsModule, real: object, callable?: object): void {
  if (Symbol.toStringTag in module.exports) return; // a test runner's wrapper around an ES module
  const target = callable ?? module.exports;
  if (callable !== undefined) {
    Object.defineProperties(callable, Object.getOwnPropertyDescriptors(module.exports));
    module.exports = callable;
  }
  for (const name of Object.keys(real)) {
    if (Object.hasOwn(target, name)) continue;
    Object.defineProperty(target, name, {
      enumerable: true,
      configurable: true,
      get: () => Reflect.get(real, name) as unknown,
      set: (value) => {
        Reflect.set(real, name, value);
      },
    });
  }
}
