// Which way bytes go that a fault of links meets.
import type { ChunkEvent } from "../core/index.ts";

/** `down` is towards the application, `up` towards the server. */
export type Direction = "up" | "down" | "both";

export function goes(direction: Direction): (event: ChunkEvent) => boolean {
  return (event) => direction === "both" || event.direction === direction;
}
