#!/usr/bin/env node
// The command line: `redouble serve`, `redouble explore`, `redouble conformance`.
export {};
