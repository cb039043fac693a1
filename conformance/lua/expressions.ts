/** Lua expressions at random: operators, Lua's own functions, Redis's libraries, commands, and what goes wrong with each. */
import fc, { type Arbitrary } from "fast-check";

const numbers = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -20, max: 300 }).map(String) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      "0.1",
      "1.5",
      "-2.75",
      "1e15",
      "1e100",
      "2^31",
      "2^32",
      "2^53",
      "-2^31",
      "2^63",
      "-2^63",
      "0x10",
      "1/0",
      "-1/0",
      "0/0",
      "1e-7",
      "12345678901234.5",
      "1700000000000",
    ),
  },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => `(${value})`) },
);

const texts = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.string({ unit: fc.constantFrom(..."abcxyz 019.-_".split("")), maxLength: 8 }).map(quoted),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(
        "",
        "10",
        "0x1F",
        " 7 ",
        "1e3",
        "3.0",
        "nan",
        "inf",
        "abc",
        '{"a":1}',
        "[1,2,{}]",
        "[1,null,true]",
        '"\\u00e9"',
        "[1,]",
        "{",
        "%d+",
        "(%a)(%a*)",
        "^.-$",
        "[^%s]+",
        "%b()",
        "a(b)c",
        ">I2s",
        "!4bi8",
        "c0",
        "WRONG x",
      )
      .map(quoted),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 6 }).map((bytes) => `"${[...bytes].map(escapedByte).join("")}"`) },
);

/** Not what the two take for a number in different ways (see the divergences). */
const strings = texts.filter((text) => !/0x["\s]/i.test(text));

const constants = fc.constantFrom("true", "false", "nil", "cjson.null");

/** A pattern's own character class, or text: string.find and its kin. */
const patterns = fc.oneof(
  strings,
  fc.constantFrom(
    '"%a+"',
    '"(.)(.)"',
    '"%d"',
    '"()"',
    '"[a-c]"',
    '"b*"',
    '"."',
    '"%f[%a]"',
    '"x?"',
    '"("',
    '"%"',
    '"[a"',
  ),
);

const formats = fc.constantFrom(
  ..."%d %5d %-5d| %05d %x %X %o %u %s %q %g %e %.3f %10.2f %5s %-5s| %.3s %i %% %y %+d %#x %.0f".split(" "),
);

const structFormats = fc.constantFrom(
  ..."b B h H l L i I i2 i3 I8 f d s c3 c0 x >i4 <i4 !4bi bd >d i33 z !3".split(" "),
);

type Tie = { readonly value: string; readonly call: string };

const { value } = fc.letrec<Tie>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    { weight: 5, arbitrary: numbers },
    { weight: 4, arbitrary: strings },
    { weight: 1, arbitrary: constants },
    { weight: 4, arbitrary: operation(tie("value")) },
    { weight: 10, arbitrary: tie("call") },
    { weight: 2, arbitrary: table(tie("value")) },
  ),
  call: calls(tie("value")),
}));

/** A script that returns one expression, or a row of them. */
export const script: Arbitrary<string> = fc
  .array(value, { minLength: 1, maxLength: 3 })
  .map((values) => (values.length === 1 ? `return ${values[0]}` : `return {${values.join(", ")}}`));

function operation(of: Arbitrary<string>): Arbitrary<string> {
  const operators = fc.constantFrom("+", "-", "*", "/", "%", "^", "..", "==", "~=", "<", "<=", ">", "and", "or");
  return fc.oneof(
    fc.tuple(of, operators, of).map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    fc.tuple(fc.constantFrom("-", "not ", "#"), of).map(([operator, right]) => `(${operator}${right})`),
  );
}

/** At most one key that is a string: in what order they come, Valkey differs (see the divergences). */
function table(of: Arbitrary<string>): Arbitrary<string> {
  return fc.oneof(
    fc.array(of, { maxLength: 4 }).map((values) => `{${values.join(", ")}}`),
    fc
      .tuple(fc.constantFrom("a", "err", "ok", "double", "map", "set", "big_number"), of)
      .map(([key, one]) => `{${key} = ${one}}`),
    fc.tuple(numbers, of).map(([key, one]) => `{[${key}] = ${one}}`),
  );
}

function calls(of: Arbitrary<string>): Arbitrary<string> {
  const anything = fc.array(of, { maxLength: 3 });
  const call = (names: string, args: Arbitrary<readonly string[]>): Arbitrary<string> =>
    fc.tuple(fc.constantFrom(...names.split(" ")), args).map(([name, given]) => `${name}(${given.join(", ")})`);
  const text = fc.oneof({ weight: 6, arbitrary: strings }, { weight: 1, arbitrary: of });
  const number = fc.oneof({ weight: 6, arbitrary: numbers }, { weight: 1, arbitrary: of });
  const some = (each: Arbitrary<string>, maxLength: number) => fc.array(each, { maxLength });
  return fc.oneof(
    { weight: 2, arbitrary: call("tonumber", fc.tuple(text, fc.constantFrom("10", "16", "2", "36", "8", "1"))) },
    { weight: 2, arbitrary: call("tonumber type", fc.tuple(of)) },
    { weight: 2, arbitrary: call("tostring", fc.tuple(fc.oneof(numbers, strings, constants))) },
    { weight: 3, arbitrary: call("string.sub string.byte string.rep", fc.tuple(text, smallOr(number))) },
    { weight: 2, arbitrary: call("string.sub string.byte", fc.tuple(text, number, number)) },
    { weight: 1, arbitrary: call("string.upper string.lower string.len string.reverse", fc.tuple(text)) },
    { weight: 1, arbitrary: call("string.char", some(number, 3)) },
    { weight: 4, arbitrary: call("string.find string.match string.gsub", fc.tuple(text, patterns, smallOr(number))) },
    { weight: 2, arbitrary: call("string.gsub", fc.tuple(text, patterns, text)) },
    { weight: 4, arbitrary: call("string.format", fc.tuple(formats.map(quoted), fc.oneof(numbers, strings))) },
    { weight: 2, arbitrary: call("math.floor math.ceil math.abs math.sqrt math.frexp math.modf", fc.tuple(number)) },
    { weight: 1, arbitrary: call("math.max math.min math.fmod math.ldexp", some(number, 3)) },
    { weight: 3, arbitrary: call("bit.band bit.bor bit.bxor bit.lshift bit.rshift bit.arshift", some(number, 3)) },
    { weight: 2, arbitrary: call("bit.tobit bit.bnot bit.tohex bit.bswap bit.rol bit.ror", some(number, 2)) },
    { weight: 3, arbitrary: call("cjson.encode", fc.tuple(of)) },
    { weight: 3, arbitrary: call("cjson.decode", fc.tuple(text)) },
    { weight: 2, arbitrary: call("cmsgpack.pack", anything) },
    { weight: 2, arbitrary: call("cmsgpack.unpack", fc.tuple(text)) },
    { weight: 1, arbitrary: of.map((one) => `cmsgpack.unpack(cmsgpack.pack(${one}))`) },
    { weight: 2, arbitrary: call("struct.pack", fc.tuple(structFormats.map(quoted), of, of)) },
    { weight: 2, arbitrary: call("struct.unpack", fc.tuple(structFormats.map(quoted), text, smallOr(number))) },
    { weight: 1, arbitrary: call("struct.size", fc.tuple(structFormats.map(quoted))) },
    { weight: 1, arbitrary: call("redis.sha1hex redis.error_reply redis.status_reply", anything) },
    { weight: 1, arbitrary: call("table.concat unpack", fc.tuple(table(of), fc.oneof(strings, number))) },
    { weight: 1, arbitrary: call("select", fc.tuple(number, of, of)) },
    { weight: 2, arbitrary: fc.tuple(of, of).map((given) => `select("#", ${given.join(", ")})`) },
    { weight: 2, arbitrary: of.map((one) => `pcall(function() return ${one} end)`) },
    { weight: 1, arbitrary: of.map((one) => `select(2, pcall(error, ${one}))`) },
    { weight: 3, arbitrary: command(of) },
  );
}

/** An index, or a number that is seldom one. Rows that long are asked of nobody. */
function smallOr(number: Arbitrary<string>): Arbitrary<string> {
  const small = fc.integer({ min: -5, max: 9 }).map(String);
  return fc.oneof({ weight: 5, arbitrary: small }, { weight: 1, arbitrary: number.map((one) => `(${one}) % 99`) });
}

function command(of: Arbitrary<string>): Arbitrary<string> {
  const caller = fc.constantFrom("redis.call", "redis.pcall");
  const words = fc.oneof(
    of.map((one) => `"SET", "k", ${one}`),
    fc.constantFrom(
      '"GET", "k"',
      '"STRLEN", "k"',
      '"INCR", "k"',
      '"INCRBYFLOAT", "k", 0.1',
      '"LPUSH", "k", "x"',
      '"TYPE", "k"',
    ),
    fc.constantFrom(
      '"LRANGE", "l", 0, -1',
      '"NOSUCH"',
      '"GET"',
      '"HGETALL", "h"',
      '"SUBSCRIBE", "c"',
      '"PING"',
      '"DEL", "k"',
    ),
    fc.tuple(of, of).map(([field, one]) => `"HSET", "h", ${field}, ${one}`),
    fc.tuple(of, of).map(([score, member]) => `"ZADD", "z", ${score}, ${member}`),
    of.map((one) => `"RPUSH", "l", ${one}`),
    of.map((one) => `"ECHO", ${one}`),
  );
  return fc.tuple(caller, words).map(([name, given]) => `${name}(${given})`);
}

function quoted(text: string): string {
  return `"${text.replace(/["\\\n\r\0]/g, (char) => `\\${char.charCodeAt(0).toString().padStart(3, "0")}`)}"`;
}

function escapedByte(byte: number): string {
  return `\\${String(byte).padStart(3, "0")}`;
}
