import type { Problem } from "../model/problem.ts";

const key = /\b(apiVersion|clusters|contexts|current-context)\b['"]?\s*:/;
/** No path: a second line, an object in JSON, or a key of a kubeconfig before a colon. */
const start = /[\n\r]|^\s*(\{|['"]?(apiVersion|kind|clusters|contexts|users|current-context)['"]?\s*:)/;

/** For the content in the place of a path, which Pulumi's own kubernetes:kubeconfig takes as well. */
export const contentProblem: Problem = {
  what: "this is the content of a kubeconfig; write a path",
  allowed: "a path; for commands also several, joined as in KUBECONFIG",
  next: "write the content to a file that only you can read (chmod 600), and give the file's path",
};

/** Whether a value is a kubeconfig itself: YAML, JSON (also as the map that Pulumi makes of it) or base64 of them. */
export function isKubeconfigContent(value: unknown): boolean {
  if (typeof value !== "string") return typeof value === "object" && value !== null;
  return start.test(value) || key.test(fromBase64(value));
}

function fromBase64(text: string): string {
  try {
    return atob(text);
  } catch {
    return "";
  }
}
