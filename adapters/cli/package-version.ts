// The version of this package, for `redouble --version`.

/** Kept equal to package.json by a test: neither copy of the package can import its manifest. */
export const packageVersion = "0.1.0";
