/** The sorted set's peer: a counted B+tree as plain as it can be, so that the engine's own is measured against something. */

const WIDTH = 64;

type Leaf = { readonly scores: number[]; readonly members: string[] };
/** The first score and member of each child; the first child's are never looked at. */
type Branch = Leaf & { readonly children: Node[]; readonly counts: number[] };
type Node = Leaf | Branch;

export class PrototypeTree {
  #root: Node = { scores: [], members: [] };

  insert(score: number, member: string): void {
    const right = insertInto(this.#root, score, member);
    if (right === undefined) return;
    const left = this.#root;
    this.#root = {
      scores: [left.scores[0]!, right.scores[0]!],
      members: [left.members[0]!, right.members[0]!],
      children: [left, right],
      counts: [sizeOf(left), sizeOf(right)],
    };
  }

  /** How many entries come before one. */
  rank(score: number, member: string): number {
    let node = this.#root;
    let rank = 0;
    while ("children" in node) {
      const at = childFor(node, score, member);
      for (let i = 0; i < at; i++) rank += node.counts[i]!;
      node = node.children[at]!;
    }
    return rank + lowerBound(node, { score, member, from: 0 });
  }
}

function sizeOf(node: Node): number {
  return "children" in node ? node.counts.reduce((sum, count) => sum + count, 0) : node.members.length;
}

/** The first place, not before `from`, whose entry does not come before the given one. */
function lowerBound(
  { scores, members }: Leaf,
  { score, member, from }: { readonly score: number; readonly member: string; readonly from: number },
): number {
  let low = from;
  let high = members.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const there = scores[middle]!;
    if (there < score || (there === score && members[middle]! < member)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function childFor(branch: Branch, score: number, member: string): number {
  const at = lowerBound(branch, { score, member, from: 1 });
  return branch.scores[at] === score && branch.members[at] === member ? at : at - 1;
}

/** Gives the right half, where the node had to be halved. */
function insertInto(node: Node, score: number, member: string): Node | undefined {
  if (!("children" in node)) {
    const at = lowerBound(node, { score, member, from: 0 });
    node.scores.splice(at, 0, score);
    node.members.splice(at, 0, member);
    return node.members.length > WIDTH ? rightHalf(node) : undefined;
  }
  const at = childFor(node, score, member);
  const right = insertInto(node.children[at]!, score, member);
  node.counts[at]!++;
  if (right === undefined) return undefined;
  const moved = sizeOf(right);
  node.counts[at]! -= moved;
  node.children.splice(at + 1, 0, right);
  node.counts.splice(at + 1, 0, moved);
  node.scores.splice(at + 1, 0, right.scores[0]!);
  node.members.splice(at + 1, 0, right.members[0]!);
  return node.children.length > WIDTH ? rightHalf(node) : undefined;
}

function rightHalf(node: Node): Node {
  const half = node.members.length >> 1;
  const leaf = { scores: node.scores.splice(half), members: node.members.splice(half) };
  if (!("children" in node)) return leaf;
  return { ...leaf, children: node.children.splice(half), counts: node.counts.splice(half) };
}
