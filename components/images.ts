/** Images in the form that nearly all charts have: `image.repository` and `image.tag`, with `imagePullSecrets` beside them. */
import type { ImageDescription, ImageLogin, ValuePath } from "./description.ts";

/** Where Krateo publishes its images. */
export const krateoRegistry = "ghcr.io/krateoplatformops";

/** What is different from the usual. */
interface Particulars extends Partial<Pick<ImageDescription, "tag" | "startedBy" | "onlyWith">> {
  /** Path of the map that holds `image`. */
  readonly below?: ValuePath;
  readonly login?: ImageLogin;
}

/** An image of Krateo's. @param upTo Last version of the chart that is known to be like that. */
export function krateoImage(name: string, upTo: string, particulars: Particulars = {}): ImageDescription {
  return image(`${krateoRegistry}/${name}`, upTo, particulars);
}

/** An image. @param repository Registry and path that the chart takes without a value. */
export function image(
  repository: string,
  upTo: string,
  { below = [], login = { at: [...below, "imagePullSecrets"], form: "references" }, ...others }: Particulars,
): ImageDescription {
  const at = [...below, "image"];
  return {
    repository,
    keys: { repository: [...at, "repository"], tag: [...at, "tag"] },
    login,
    upTo,
    ...others,
  };
}
