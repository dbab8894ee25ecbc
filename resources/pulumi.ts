/**
 * What a run needs of Pulumi's SDK. The SDK's own index also loads its automation API, npm's resolver and a TypeScript
 * compiler: 0.3 s of CPU and 45 MiB of memory in every run. Nothing else in the program imports more of it than types.
 */
export { RunError } from "@pulumi/pulumi/errors.js";
export * as log from "@pulumi/pulumi/log/index.js";
export { getOrganization, getProject, getStack } from "@pulumi/pulumi/metadata.js";
export { all, type Input, type Output, output, recover, secret } from "@pulumi/pulumi/output.js";
export {
  ComponentResource,
  CustomResource,
  type CustomResourceOptions,
  ErrorHook,
  mergeOptions,
  ProviderResource,
  type Resource,
  ResourceHook,
  type ResourceHookBinding,
} from "@pulumi/pulumi/resource.js";
export { allConfig } from "@pulumi/pulumi/runtime/config.js";
export { invoke } from "@pulumi/pulumi/runtime/invoke.js";
export { isDryRun } from "@pulumi/pulumi/runtime/settings.js";
