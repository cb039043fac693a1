// The expressions by which VSIM chooses among elements: read once into a row of values and operators, then run over the
// attributes of each (expr.c: exprCompile, exprRun).
import type { Bytes } from "../../kernel/bytes.ts";
import { readDouble } from "../../kernel/doubles.ts";
import { tokenize, type FilterToken, type Operator } from "./filter-tokens.ts";
import { jsonField, type FilterValue } from "./json-field.ts";

/** Which of two operators comes first, and how many values one takes. */
const OPERATORS: Readonly<Record<Operator, { readonly rank: number; readonly takes: 0 | 1 | 2 }>> = {
  "(": { rank: 7, takes: 0 },
  ")": { rank: 7, takes: 0 },
  not: { rank: 6, takes: 1 },
  "**": { rank: 5, takes: 2 },
  "*": { rank: 4, takes: 2 },
  "/": { rank: 4, takes: 2 },
  "%": { rank: 4, takes: 2 },
  "+": { rank: 3, takes: 2 },
  "-": { rank: 3, takes: 2 },
  ">": { rank: 2, takes: 2 },
  ">=": { rank: 2, takes: 2 },
  "<": { rank: 2, takes: 2 },
  "<=": { rank: 2, takes: 2 },
  "==": { rank: 2, takes: 2 },
  "!=": { rank: 2, takes: 2 },
  in: { rank: 2, takes: 2 },
  and: { rank: 1, takes: 2 },
  or: { rank: 0, takes: 2 },
};

/** What a word does when its turn comes. */
type Step = Exclude<FilterToken, { is: "null" }>;

/** A string up to this length may be a number. */
const LONGEST_NUMBER = 255;

export class Filter {
  /** Values, and behind them the operators that take them. */
  readonly #program: readonly Step[];

  private constructor(program: readonly Step[]) {
    this.#program = program;
  }

  /** Reads an expression; where it is none, gives the place from which on it cannot be understood. */
  static read(text: Bytes): Filter | { readonly problemAt: number } {
    const words = tokenize(text);
    if ("problemAt" in words) return words;
    const program = compile(words.tokens);
    return program === undefined ? { problemAt: 0 } : new Filter(program);
  }

  /** Whether attributes pass; a field that is not there lets nothing pass. */
  passes(attributes: Bytes): boolean {
    const stack: FilterValue[] = [];
    for (const step of this.#program) {
      switch (step.is) {
        case "value":
          stack.push(step.value);
          break;
        case "field": {
          const value = step.name === "" ? undefined : jsonField(attributes, step.name);
          if (value === undefined) return false;
          stack.push(value);
          break;
        }
        case "operator": {
          const right = stack.pop()!;
          const left = OPERATORS[step.operator].takes === 2 ? stack.pop()! : right;
          stack.push(Number(apply(step.operator, left, right)));
        }
      }
    }
    return isTrue(stack.pop()!);
  }
}

/** The words in the order in which they are run; undefined where operators lack values, or values operators. */
function compile(tokens: readonly FilterToken[]): readonly Step[] | undefined {
  const program = new Program();
  for (const token of tokens) {
    if (token.is === "operator") {
      if (!program.addOperator(token.operator)) return undefined;
    } else if (token.is !== "null") program.addValue(token);
  }
  return program.end() ? program.steps : undefined;
}

class Program {
  readonly steps: Step[] = [];
  readonly #waiting: Operator[] = [];
  /** Values that there would be by now. */
  #values = 0;

  addValue(token: Step): void {
    this.steps.push(token);
    this.#values++;
  }

  /** False where it cannot stand here. */
  addOperator(operator: Operator): boolean {
    if (operator === ")") return this.#close();
    if (operator !== "(" && !this.#runBefore(operator)) return false;
    this.#waiting.push(operator);
    return true;
  }

  #close(): boolean {
    for (;;) {
      const last = this.#waiting.pop();
      if (last === "(") return true;
      if (last === undefined || !this.#run(last)) return false;
    }
  }

  /** Those that come first are run; of equals too, but powers, which begin at the right. */
  #runBefore(operator: Operator): boolean {
    const { rank } = OPERATORS[operator];
    for (;;) {
      const last = this.#waiting.at(-1);
      if (last === undefined || last === "(") return true;
      const { rank: itsRank } = OPERATORS[last];
      if (itsRank < rank || (operator === "**" && itsRank <= rank)) return true;
      this.#waiting.pop();
      if (!this.#run(last)) return false;
    }
  }

  #run(operator: Operator): boolean {
    const { takes } = OPERATORS[operator];
    if (this.#values < takes) return false;
    this.steps.push({ is: "operator", operator });
    this.#values += 1 - takes;
    return true;
  }

  /** Whether one value is left when everything has run. */
  end(): boolean {
    for (let last = this.#waiting.pop(); last !== undefined; last = this.#waiting.pop()) {
      if (last === "(" || !this.#run(last)) return false;
    }
    return this.#values === 1;
  }
}

function apply(operator: Operator, left: FilterValue, right: FilterValue): number | boolean {
  switch (operator) {
    case "not":
      return !isTrue(right);
    case "and":
      return isTrue(left) && isTrue(right);
    case "or":
      return isTrue(left) || isTrue(right);
    case "==":
      return areEqual(left, right);
    case "!=":
      return !areEqual(left, right);
    case "in":
      return isRow(right) && right.some((element) => areEqual(left, element));
    default:
      return reckon(operator, numberOf(left), numberOf(right));
  }
}

function reckon(operator: Operator, left: number, right: number): number | boolean {
  switch (operator) {
    case "**":
      return power(left, right);
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      return left % right;
    case "+":
      return left + right;
    case "-":
      return left - right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    default:
      throw new Error(`${operator} reckons with no numbers`);
  }
}

/** C's pow: what is no number to JavaScript may be one there. */
function power(base: number, exponent: number): number {
  return base === 1 || (base === -1 && Math.abs(exponent) === Infinity) ? 1 : base ** exponent;
}

function isTrue(value: FilterValue): boolean {
  return value !== 0 && value !== "" && value !== null;
}

function areEqual(left: FilterValue, right: FilterValue): boolean {
  if (typeof left === "string" && typeof right === "string") return left === right;
  if (left === null || right === null) return left === right;
  return numberOf(left) === numberOf(right);
}

/** Strings that are numbers count as those; whatever else is none counts as 0. */
function numberOf(value: FilterValue): number {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.length > LONGEST_NUMBER) return 0;
  const text = value.replace(/\0[^]*$/, "").replace(/^[ \t\n\v\f\r]+(?=[^ \t\n\v\f\r])/, "");
  return /^[+-]?nan(?:\(\w*\))?$/i.test(text) ? Number.NaN : (readDouble(text) ?? 0);
}

function isRow(value: FilterValue): value is readonly FilterValue[] {
  return Array.isArray(value);
}
