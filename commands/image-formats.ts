/** A list of images in the forms that tools which copy images take. */
import { stringify } from "yaml";
import { copyTarget, type PlatformImage } from "../configuration/images/platform-images.ts";
import { isAt } from "../configuration/images/reference.ts";

export const imageFormats = ["list", "skopeo", "crane", "hauler", "zarf"] as const;
export type ImageFormat = (typeof imageFormats)[number];

/** An image, and where it is copied to. */
export interface Copy {
  readonly source: string;
  readonly target: string;
}

/** Forms that name the place where images are copied to. */
export const copyFormats: readonly ImageFormat[] = ["skopeo", "crane"];

/** What is copied, each image once. */
export function copiesTo(images: readonly PlatformImage[], registry: string): Copy[] {
  return sourcesOf(images, registry).map((source) => ({ source, target: copyTarget({ source }, registry) }));
}

/** Where images are published, each once. What the user names in the registry itself has no place to be copied from. */
export function sourcesOf(images: readonly PlatformImage[], registry: string | undefined): string[] {
  const sources = new Set(images.map(({ source }) => source));
  return [...sources].filter((source) => registry === undefined || !isAt(source, registry));
}

/**
 * The images in one form.
 *
 * @param version the platform's
 * @param registry HOST or HOST/PATH, for the forms that name it
 */
export function inFormat(
  format: ImageFormat,
  images: readonly PlatformImage[],
  { version, registry }: { readonly version: string; readonly registry?: string },
): string {
  switch (format) {
    case "list":
      return [...new Set(images.map(({ reference }) => reference))].join("\n");
    // Not `skopeo sync`: with a file it keeps the last part of each image's path alone.
    case "skopeo":
      return copiesTo(images, registry ?? "")
        .map(({ source, target }) => `skopeo copy --all docker://${source} docker://${target}`)
        .join("\n");
    case "crane":
      return copiesTo(images, registry ?? "")
        .map(({ source, target }) => `crane copy ${source} ${target}`)
        .join("\n");
    case "hauler":
      return stringify({
        apiVersion: "content.hauler.cattle.io/v1",
        kind: "Images",
        metadata: { name: `krateo-${version}` },
        spec: { images: sourcesOf(images, registry).map((source) => ({ name: source })) },
      }).trimEnd();
    case "zarf":
      return stringify({
        kind: "ZarfPackageConfig",
        // A name has no dots there.
        metadata: { name: "krateo", version },
        components: [{ name: "images", required: true, images: sourcesOf(images, registry) }],
      }).trimEnd();
  }
}
