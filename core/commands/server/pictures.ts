// What LOLWUT draws: squares that fall into disorder after Georg Nees, and a skyline (lolwut5.c, lolwut6.c).
import type { Bytes } from "../../kernel/bytes.ts";
import type { Random } from "../../kernel/random.ts";
import { cosine, sine } from "../../kernel/trigonometry.ts";

/** Dots, eight of which are a character of Braille: two in a row, four rows. */
class Canvas {
  readonly #width: number;
  readonly #height: number;
  readonly #dots = new Set<number>();

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
  }

  line(from: Point, to: Point): void {
    const [dx, dy] = [Math.abs(to.x - from.x), Math.abs(to.y - from.y)];
    const [stepX, stepY] = [Math.sign(to.x - from.x), Math.sign(to.y - from.y)];
    let { x, y } = from;
    for (let error = dx - dy; ;) {
      this.#dots.add(keyOf(x, y));
      if (x === to.x && y === to.y) return;
      const twice = 2 * error;
      if (twice > -dy) {
        error -= dy;
        x += stepX;
      }
      if (twice < dx) {
        error += dx;
        y += stepY;
      }
    }
  }

  print(): Bytes {
    let text = "";
    for (let y = 0; y < this.#height; y += 4) {
      for (let x = 0; x < this.#width; x += 2) text += this.#character(x, y);
      if (y !== this.#height - 1) text += "\n";
    }
    return text;
  }

  /** In UTF-8. */
  #character(left: number, top: number): Bytes {
    let pattern = 0;
    for (const [bit, { x, y }] of BRAILLE.entries()) {
      if (top + y < this.#height && this.#dots.has(keyOf(left + x, top + y))) pattern |= 1 << bit;
    }
    return String.fromCharCode(0xe2, 0xa0 | (pattern >> 6), 0x80 | (pattern & 0x3f));
  }
}

/** No row is as long, so that a dot beyond an edge is in none that is shown. */
function keyOf(x: number, y: number): number {
  return y * 100_000 + x;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Which dot each bit of a pattern is. */
const BRAILLE: readonly Point[] = [
  { x: 0, y: 0 },
  { x: 0, y: 1 },
  { x: 0, y: 2 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 1, y: 2 },
  { x: 0, y: 3 },
  { x: 1, y: 3 },
];

interface SchotterSize {
  /** Characters. */
  readonly columns: number;
  readonly perRow: number;
  readonly perColumn: number;
}

/** The first two rows of squares stand straight. */
export function schotter({ columns, perRow, perColumn }: SchotterSize, random: Random): Bytes {
  const width = columns * 2;
  const padding = width > 4 ? 2 : 0;
  const side = Math.fround((width - 2 * padding) / perRow);
  const canvas = new Canvas(width, Math.trunc(side * perColumn) + 2 * padding);
  for (let row = 0; row < perColumn; row++) {
    const disorder = row > 1 ? row / perColumn : 0;
    const drawn = (): number => (disorder === 0 ? 0 : (random.float() * 2 - 1) * disorder);
    for (let column = 0; column < perRow; column++) {
      const centre = {
        x: Math.trunc(Math.trunc(middle(column, side) + padding) + (drawn() * side) / 3),
        y: Math.trunc(Math.trunc(middle(row, side) + padding) + (drawn() * side) / 3),
      };
      square(canvas, centre, { side, angle: drawn() });
    }
  }
  return canvas.print();
}

/** Of the nth square in its row, from the edge, in the arithmetic of a float. */
function middle(nth: number, side: number): number {
  return Math.fround(Math.fround(nth * side) + side / 2);
}

function square(
  canvas: Canvas,
  { x, y }: Point,
  { side, angle }: { readonly side: number; readonly angle: number },
): void {
  const radius = Math.round(side / Math.SQRT2);
  const corners = [0, 1, 2, 3].map((nth) => {
    const direction = Math.PI / 4 + angle + (nth * Math.PI) / 2;
    return { x: Math.round(sine(direction) * radius + x), y: Math.round(cosine(direction) * radius + y) };
  });
  for (const [nth, corner] of corners.entries()) canvas.line(corner, corners[(nth + 1) % 4]!);
}

/** From the sky to the nearest buildings: the codes of a terminal's colours. */
const SHADES = ["0;97;107m", "0;37;47m", "0;90;100m", "0;30;40m"] as const;

/** Three rows of buildings in front of the sky, the nearer the darker and the lower. Real servers build other houses, by chance too. */
export function skyline({ columns, rows }: { readonly columns: number; readonly rows: number }, random: Random): Bytes {
  const shades = Array.from({ length: rows * columns }, () => 0);
  for (let depth = 1; depth < SHADES.length; depth++) {
    const highest = Math.floor((rows * (SHADES.length - depth)) / SHADES.length);
    for (let left = 0; left < columns;) {
      const right = Math.min(columns, left + random.int(2, 8));
      const top = rows - random.int(Math.floor(highest / 2), highest);
      for (let row = top; row < rows; row++) shades.fill(depth, row * columns + left, row * columns + right);
      left = right;
    }
  }
  const cells = shades.map((shade) => `\x1b[${SHADES[shade]} \x1b[0m`);
  return Array.from({ length: rows }, (_, row) => cells.slice(row * columns, (row + 1) * columns).join("")).join("\n");
}
