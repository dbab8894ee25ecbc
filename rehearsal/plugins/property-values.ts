import {
  specialOutputValueSig,
  specialSecretSig,
  specialSigKey,
  unknownValue,
} from "@pulumi/pulumi/runtime/rpc.js";

/**
 * The wire form of property values: the engine wraps a secret in an object that carries a signature and
 * writes a fixed text for a value that is not known yet. A provider that forgets either puts a secret in
 * clear in the state, or takes the fixed text for a value.
 */
export type Properties = Record<string, unknown>;

/** Wraps a value so that the engine encrypts it in the state and masks it in what it prints. */
export function secret(value: unknown): Properties {
  return { [specialSigKey]: specialSecretSig, value };
}

/** The same value without its secret marks, at any depth. */
export function reveal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reveal);
  if (value === null || typeof value !== "object") return value;
  const record = value as Properties;
  const signature = record[specialSigKey];
  if (signature === specialSecretSig) return reveal(record.value);
  if (signature === specialOutputValueSig) return "value" in record ? reveal(record.value) : unknownValue;
  return Object.fromEntries(Object.entries(record).map(([key, inner]) => [key, reveal(inner)]));
}

/** Whether any part of the value is marked secret. */
export function holdsSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsSecret);
  if (value === null || typeof value !== "object") return false;
  const record = value as Properties;
  if (record[specialSigKey] === specialSecretSig) return true;
  if (record[specialSigKey] === specialOutputValueSig && record.secret === true) return true;
  return Object.values(record).some(holdsSecret);
}

/** Whether the value itself is not known yet, as happens to outputs of other resources in a preview. */
export function isUnknown(value: unknown): boolean {
  return reveal(value) === unknownValue;
}

/** The names of the given properties whose values differ, secret marks aside. */
export function changedProperties(
  names: readonly string[],
  olds: Properties,
  news: Properties,
  defaults: Properties = {},
): string[] {
  const plain = (properties: Properties, name: string) => reveal(properties[name]) ?? defaults[name] ?? null;
  return names.filter((name) => canonical(plain(olds, name)) !== canonical(plain(news, name)));
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
