/** Reading rendered manifests: what a pod, a hook or a kind is. */
import { catalogue } from "./chart-catalogue.ts";
import { type Manifest, packedCharts, render } from "./chart-rendering.ts";

let all: Promise<Map<string, Manifest[]>> | undefined;

/** All charts with the catalogue's values, by Helm release; rendered once for all suites of a run. */
export function renderAll(): Promise<Map<string, Manifest[]>> {
  all ??= (async () => {
    await packedCharts();
    const manifests = catalogue.map(({ release, chart, values }) => render(chart, values, { release }));
    return new Map(
      (await Promise.all(manifests)).map((one, index) => [catalogue[index]?.release ?? "", one]),
    );
  })();
  return all;
}

export function identity({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata.name}`;
}

export function isDefinition({ kind }: Manifest): boolean {
  return kind === "CustomResourceDefinition";
}

export function hookOf(manifest: Manifest): string {
  const of = (key: string) => manifest.metadata.annotations?.[`helm.sh/${key}`];
  return [`${identity(manifest)}:`, of("hook"), of("hook-weight"), of("hook-delete-policy")]
    .filter(Boolean)
    .join(" ");
}

export function workloads(manifests: readonly Manifest[]): Manifest[] {
  return manifests.filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet");
}

export function containers(manifests: readonly Manifest[]): Manifest[] {
  return workloads(manifests).flatMap(({ spec }) => spec.template.spec.containers);
}
