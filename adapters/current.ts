// Which redouble code means that names none: the running test's, else the newest, else one that is made on the spot.
import { createRedouble, type Redouble } from "./redouble.ts";
import { currentHome } from "./scope.ts";

/** The redouble of the running test, or the process's default; made now when there is none yet. */
export function currentRedouble(): Redouble {
  const home = currentHome();
  if (home !== undefined && !home.stopped) return home as Redouble;
  return createRedouble();
}
