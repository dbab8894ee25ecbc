import { delaySeconds } from "../delays.ts";
import type { Intent, Rule } from "../intent.ts";
import { deploymentAvailable } from "./deployments.ts";

const notebookFinalizer = "finalizer.managedresource.krateo.io";

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
