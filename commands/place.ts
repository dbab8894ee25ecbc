/** Where something was looked at, as the end of a verdict. @param server Empty when there is no kubeconfig to name one. */
export function placeOf({ namespace, server }: { namespace: string; server: string }): string {
  return server === "" ? `(namespace ${namespace})` : `(namespace ${namespace} at ${server})`;
}
