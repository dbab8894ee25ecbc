import { delaySeconds } from "../delays.ts";
import type { Intent, Rule } from "../intent.ts";
import { deploymentAvailable } from "./postgres.ts";

const notebookFinalizer = "finalizer.managedresource.krateo.io";
const secretFinalizer = "finops.krateo.io/notebooks";

/** Stand-in for the uploader: holds every Notebook by a finalizer, and lets go of it once it is deleted. */
export const holdNotebooks: Rule = (world, { realistic }) => {
  if (!deploymentAvailable(world, "finops-database-handler-uploader")) return [];
  return world.list("notebooks").flatMap((notebook): Intent[] => {
    const { finalizers = [], deletionTimestamp, namespace, name } = notebook.metadata ?? {};
    if (finalizers.includes(notebookFinalizer) === !deletionTimestamp) return [];
    const next = deletionTimestamp
      ? finalizers.filter((finalizer) => finalizer !== notebookFinalizer)
      : [...finalizers, notebookFinalizer];
    return [
      {
        key: `${deletionTimestamp ? "let go of" : "hold"} Notebook ${namespace}/${name}`,
        afterSeconds: delaySeconds("operator", realistic),
        run: (api) => api.patch("notebooks", notebook, { metadata: { finalizers: next } }),
      },
    ];
  });
};

/** Stand-in for the script in finops-notebooks' post-delete Job: it frees the Secret that the chart left behind. */
export const clearNotebookSecret: Rule = (world, { realistic }) => {
  const namespaces = new Set(
    world
      .list("jobs")
      .filter(
        ({ metadata, status }) =>
          metadata?.annotations?.["helm.sh/hook"]?.includes("post-delete") && (status?.succeeded ?? 0) > 0,
      )
      .map(({ metadata }) => metadata?.namespace),
  );
  return world
    .list("secrets")
    .filter(
      ({ metadata }) =>
        namespaces.has(metadata?.namespace) && metadata?.finalizers?.includes(secretFinalizer),
    )
    .map((secret) => ({
      key: `free Secret ${secret.metadata?.namespace}/${secret.metadata?.name}`,
      afterSeconds: delaySeconds("operator", realistic),
      run: (api) =>
        api.patch("secrets", secret, {
          metadata: {
            finalizers: secret.metadata?.finalizers?.filter((finalizer) => finalizer !== secretFinalizer),
          },
        }),
    }));
};
