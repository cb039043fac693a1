/** The programs that scripts of Sentinels are in cases: how each ends, and what it is on a real machine. */
import type { ProgramsByPath } from "../../core/index.ts";

/** Where cases find them; on a real machine it stands for the directory in which they are laid. */
export const programsDirectory = "/programs";

type ProgramInCases = { readonly ends: ReturnType<ProgramsByPath[string]>; readonly shell: string };

const programs: Readonly<Record<string, ProgramInCases>> = {
  succeeds: { ends: 0, shell: "exit 0" },
  fails: { ends: 1, shell: "exit 1" },
  refuses: { ends: 2, shell: "exit 2" },
  dies: { ends: { signal: 9 }, shell: "kill -9 $$" },
  computes: { ends: 2, shell: "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; exit 2" },
  endless: { ends: { afterMs: Number.POSITIVE_INFINITY }, shell: "exec sleep 1000" },
};

/** For a world. */
export const simulatedPrograms: ProgramsByPath = Object.fromEntries(
  Object.entries(programs).map(([name, { ends }]) => [`${programsDirectory}/${name}`, () => ends]),
);

/** For a directory of a real machine: name and content of each. */
export const shellPrograms: readonly (readonly [name: string, content: string])[] = Object.entries(programs).map(
  ([name, { shell }]) => [name, `#!/bin/sh\n${shell}\n`],
);
