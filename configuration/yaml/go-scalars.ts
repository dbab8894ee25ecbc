/**
 * What unquoted scalars mean to the YAML libraries of Go, which Helm and upstream's CLI read with. The rules of YAML 1.1
 * in other languages differ: there `e12345` and a lone dot are numbers, and `0o17` is none.
 */
import type {
  CreateNodeOptions,
  DocumentOptions,
  ScalarTag,
  SchemaOptions,
  Tags,
  ToStringOptions,
} from "yaml";

const integer = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const named = /^([-+]?)\.(?:(nan|NaN|NAN)|inf|Inf|INF)$/;

/**
 * The number that an unquoted scalar is: whole numbers as bigint; undefined when it is none. Those beyond 64 bits are
 * numbers only in decimal, and no whole ones.
 */
export function goNumber(scalar: string): number | bigint | undefined {
  const [whole, sign, nan] = named.exec(scalar) ?? [];
  if (whole !== undefined) return nan ? Number.NaN : sign === "-" ? -Infinity : Infinity;
  // Underscores may stand anywhere, but not behind a dot in front.
  const plain = scalar.startsWith(".") ? scalar : scalar.replaceAll("_", "");
  if (integer.test(plain)) {
    const value = integerOf(plain);
    if (value >= -(2n ** 63n) && value < 2n ** 64n) return value;
  }
  const value = float.test(plain) ? Number(plain) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

function integerOf(plain: string): bigint {
  const digits = plain.replace(/^[-+]/, "").toLowerCase();
  const value = BigInt(/^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return plain.startsWith("-") ? -value : value;
}

/** Its expression matches all numbers and little else. */
const numberTag: ScalarTag = {
  tag: "tag:yaml.org,2002:float",
  default: true,
  test: /^[-+]?(?:\.(?:nan|NaN|NAN|inf|Inf|INF)|0[xXbBoO][0-9a-fA-F_]+|\.[0-9]+(?:[eE][-+]?[0-9]+)?|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]+)?)$/,
  resolve: (scalar, _, { intAsBigInt }) => {
    const number = goNumber(scalar) ?? scalar;
    return typeof number === "bigint" && !intAsBigInt ? Number(number) : number;
  },
};

const integerTag: ScalarTag = { tag: "tag:yaml.org,2002:int", default: false, resolve: numberTag.resolve };

function booleanTag(test: RegExp): ScalarTag {
  return {
    tag: "tag:yaml.org,2002:bool",
    default: true,
    test,
    resolve: (scalar) => /^(y|yes|on|true)$/i.test(scalar),
  };
}

/** Tags for reading what Helm and kubectl read: with the booleans of YAML 1.1, and with dates as text. */
export const helmTags: Tags = [
  "null",
  booleanTag(/^(?:[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|true|True|TRUE|false|False|FALSE)$/),
  numberTag,
  integerTag,
];

/** Tags for reading upstream's documents, whose only booleans are true and false. */
export const documentTags: Tags = [
  "null",
  booleanTag(/^(?:true|True|TRUE|false|False|FALSE)$/),
  numberTag,
  integerTag,
];

/** For writing YAML that Go and others read alike: text that any of them takes for something else is in quotes. */
export const writing: DocumentOptions & SchemaOptions & CreateNodeOptions & ToStringOptions = {
  version: "1.1",
  customTags: (tags) => [...tags, numberTag],
  aliasDuplicateObjects: false,
  lineWidth: 0,
};
