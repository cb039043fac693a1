/** Commands drawn by chance, some more often than others. */
import type { Random } from "../../core/kernel/random.ts";
import type { Words } from "./company.ts";

export type Draw = () => Words;

/** What there is to draw, each as often as its weight says. */
export type Draws = readonly (readonly [weight: number, draw: Draw])[];

export function drawOne(random: Random, draws: Draws): Words {
  let at = random.int(
    1,
    draws.reduce((sum, [weight]) => sum + weight, 0),
  );
  for (const [weight, draw] of draws) {
    at -= weight;
    if (at <= 0) return draw();
  }
  throw new Error("unreachable");
}
