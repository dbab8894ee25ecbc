/** What Helm, kubectl and Pulumi say where the network broke in the middle, or was too slow for them. */
const said = [
  /unexpected EOF/,
  /connection (reset by peer|refused)/,
  /http2: (client connection lost|server sent GOAWAY)/,
  /Client\.Timeout exceeded/,
  /TLS handshake timeout/,
  /i\/o timeout/,
  /currently unable to handle the request/,
  /[Kk]ubernetes cluster (is )?unreachable|due to unreachable cluster/,
];

/** Helm calls a cluster unreachable for these, too; they stay as they are. */
const permanent = /x509:|no configuration has been provided|no such host/;

/** A login that has expired, or was withdrawn. */
const loginRefused = /provide credentials|\bUnauthorized\b/;

/** True for an error that says something of the way to the cluster, and nothing of what was asked, and that may pass. */
export function isBrokenConnection(message: string): boolean {
  return said.some((words) => words.test(message)) && !permanent.test(message) && !loginRefused.test(message);
}

/** Why an operation failed on its way, and what to do; undefined for an error of another kind. */
export function brokenConnection(
  message: string,
): { readonly what: string; readonly next: string } | undefined {
  if (loginRefused.test(message))
    return {
      what: "the cluster does not accept the login any more with which something was being done",
      next: "log in again; nothing is lost: npx krateo repair && npx pulumi up",
    };
  if (!isBrokenConnection(message)) return undefined;
  return {
    what: "the connection to the cluster broke, or was too slow, while something was being done",
    next:
      "nothing is lost: npx krateo repair && npx pulumi up; over a slow line add --parallel 1, so that one chart after another has all of it. " +
      "Do not set PULUMI_K8S_DELETE_UNREACHABLE: it makes Pulumi forget what is installed",
  };
}
