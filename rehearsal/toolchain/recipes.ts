/**
 * The pinned tools of the rehearsal, each with the way to build it from Go modules. Folders hold a go.mod
 * where the tool cannot be installed by its module path alone; why, each go.mod says itself.
 */
export interface Recipe {
  /** Names the recipe in progress lines and in the cache. */
  name: string;
  version: string;
  /** Executables that the recipe yields, by their file names. */
  binaries: readonly string[];
  /** Packages to build; the name of a package's last path element is what `go` calls the executable. */
  packages: readonly string[];
  /** A folder beside this file with go.mod and go.sum; none: `go install package@v<version>`, unless `staging`. */
  folder?: string;
  /** A module that is built as its own go.mod says, but for the parts of it that have modules and tags of their own. */
  staging?: string;
  linkerFlags?: string;
  /** Files to take from a module that the folder requires, as the folder's main.go embeds them. */
  embeds?: { module: string; files: readonly string[] };
  /** Modules that the checksum database does not know; go.sum pins them. */
  uncheckedModules?: string;
  /** Seconds a build took on two cores; larger ones start first. */
  expectedSeconds: number;
}

/** What a rehearsal runs on, unless told otherwise. */
export const kubernetesVersion = "1.35.4";
/** What `--kubernetes` can name: of each minor version that is looked at, the newest that the module proxy holds whole. */
export const kubernetesVersions = ["1.31.4", "1.33.13", kubernetesVersion, "1.37.2"] as const;
export const pulumiVersion = "3.259.0";
export const helmVersion = "3.21.4";
export const kwokVersion = "0.8.0";

/** @param version One of `kubernetesVersions`. */
function kubernetesRecipe(version: string): Recipe {
  const [major, minor] = version.split(".");
  return {
    name: "kubernetes",
    version,
    binaries: ["kube-apiserver", "kube-controller-manager", "kube-scheduler"],
    packages: [
      "k8s.io/kubernetes/cmd/kube-apiserver",
      "k8s.io/kubernetes/cmd/kube-controller-manager",
      "k8s.io/kubernetes/cmd/kube-scheduler",
    ],
    // The others' sums are in the checksum database.
    ...(version === kubernetesVersion ? { folder: "kubernetes" } : { staging: "k8s.io/kubernetes" }),
    linkerFlags: [
      `-X k8s.io/component-base/version.gitVersion=v${version}`,
      `-X k8s.io/component-base/version.gitMajor=${major}`,
      `-X k8s.io/component-base/version.gitMinor=${minor}`,
      `-X k8s.io/client-go/pkg/version.gitVersion=v${version}`,
    ].join(" "),
    expectedSeconds: 285,
  };
}

/** What a user may write for one of them, as the end of a sentence. */
export const kubernetesChoices = `${kubernetesVersions.join(", ")}, their first two numbers, or newest`;

/** The version of `kubernetesVersions` that a user means; undefined for any other text than `kubernetesChoices` says. */
export function kubernetesVersionFor(text: string): string | undefined {
  if (text === "newest") return kubernetesVersions.at(-1);
  return kubernetesVersions.find((version) => version === text || version.startsWith(`${text}.`));
}

/** The control plane of a Kubernetes version, and the tools around it. */
export function clusterRecipes(version: string = kubernetesVersion): readonly Recipe[] {
  return [kubernetesRecipe(version), ...toolRecipes];
}

const toolRecipes: readonly Recipe[] = [
  {
    name: "etcd",
    version: "3.6.14",
    binaries: ["etcd"],
    packages: ["go.etcd.io/etcd/server/v3"],
    folder: "etcd",
    expectedSeconds: 30,
  },
  {
    name: "kwok",
    version: kwokVersion,
    binaries: ["kwok", "kwokctl"],
    packages: ["sigs.k8s.io/kwok/cmd/kwok", "sigs.k8s.io/kwok/cmd/kwokctl"],
    expectedSeconds: 105,
  },
  {
    name: "helm",
    version: helmVersion,
    binaries: ["helm"],
    packages: ["helm.sh/helm/v3/cmd/helm"],
    expectedSeconds: 70,
  },
];

/** Pulumi's engine with its command line. */
export const pulumiRecipe: Recipe = {
  name: "pulumi",
  version: pulumiVersion,
  binaries: ["pulumi"],
  packages: ["github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"],
  folder: "pulumi",
  linkerFlags: `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${pulumiVersion}`,
  expectedSeconds: 215,
};

/** The newest Kubernetes provider that the module proxy holds; the SDK asks for a later one and works with it. */
export const kubernetesProviderRecipe: Recipe = {
  name: "kubernetes-provider",
  version: "4.25.0",
  binaries: ["pulumi-resource-kubernetes"],
  packages: ["."],
  folder: "kubernetes-provider",
  embeds: {
    module: "github.com/pulumi/pulumi-kubernetes/provider/v4",
    files: [
      "cmd/pulumi-resource-kubernetes/schema.json",
      "cmd/pulumi-resource-kubernetes/terraform-mapping.json",
    ],
  },
  uncheckedModules: "github.com/pulumi/*",
  expectedSeconds: 470,
};
