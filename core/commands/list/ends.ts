// What the list commands share: the ends of a list, by the words LEFT and RIGHT, and what happens when elements are taken.
import type { Bytes } from "../../kernel/bytes.ts";
import { List, type ListEnd } from "../../types/list.ts";
import { arg } from "../args.ts";
import type { CommandContext } from "../context.ts";
import { removedFrom, type ChangeTold } from "../values.ts";

/** LEFT or RIGHT; anything else is a syntax error. */
export const end = <N extends string>(name: N) =>
  arg.oneOf(name, [arg.token("left", "LEFT"), arg.token("right", "RIGHT")]);

export type GivenEnd = { readonly is: "left" | "right" };

export function listEnd({ is }: GivenEnd): ListEnd {
  return is === "left" ? "head" : "tail";
}

/** Adds elements at an end, one after the other, to the list at a key or to a new one; with the event, and gives the length. */
export function pushTo(
  { db, server, notify }: CommandContext,
  name: Bytes,
  list: List | undefined,
  { end: at, elements }: { readonly end: ListEnd; readonly elements: readonly Bytes[] },
): number {
  const target = list ?? new List(server.limits);
  target.grow(elements, server.limits);
  for (const element of elements) target.push(at, element, server.limits);
  if (list === undefined) db.set(name, target);
  else db.touch(name);
  notify("list", at === "head" ? "lpush" : "rpush", name);
  return target.length;
}

/** From which end of a list how many elements are taken, and when whoever caches the list learns of it. */
export interface Taking {
  readonly end: ListEnd;
  readonly count: number;
  readonly told?: ChangeTold | undefined;
}

/** Takes up to `count` elements, with the events; an empty list goes. */
export function popFrom(context: CommandContext, name: Bytes, list: List, { end: at, count, told }: Taking): Bytes[] {
  const taken: Bytes[] = [];
  for (let left = Math.min(count, list.length); left > 0; left--) taken.push(list.pop(at)!);
  elementsTaken(context, name, list, { event: at === "head" ? "lpop" : "rpop", told });
  return taken;
}

/** After elements were taken: the event, then the key's end or its new shape (t_list.c: listElementsRemoved). */
export function elementsTaken(
  context: CommandContext,
  name: Bytes,
  list: List,
  { event, told }: { readonly event: Bytes; readonly told?: ChangeTold | undefined },
): void {
  if (!removedFrom(context, name, list, { event: ["list", event], told })) list.shrink(context.server.limits);
}
