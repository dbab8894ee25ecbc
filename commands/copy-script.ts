/** A shell script that brings images to a registry, over an air gap if need be. */
import { atRegistry } from "../configuration/images/reference.ts";

/** Stands for the registry while the part behind it is worked out. */
const somewhere = "registry.invalid";

/**
 * The script, for any POSIX shell. It uses skopeo or crane.
 *
 * @param title what the images are of
 * @param sources where they are published
 */
export function copyScript(title: string, sources: readonly string[]): string {
  const pairs = sources.map((source) => {
    const path = atRegistry(source, somewhere).slice(somewhere.length + 1);
    return `${source} ${path}`;
  });
  return `#!/bin/sh
# Copies the images of ${title} to a registry, each to where krateo:imageRegistry looks for it.
set -eu

usage() {
  echo "usage: sh $0 copy HOST/PATH          from the internet to a registry" >&2
  echo "       sh $0 save FOLDER             from the internet into a folder" >&2
  echo "       sh $0 load FOLDER HOST/PATH   from that folder to a registry, with the same tool" >&2
  echo "It uses skopeo, or crane where there is no skopeo; TOOL=crane chooses." >&2
  exit 1
}

# Where an image is published, and its path and tag in the registry.
images='
${pairs.join("\n")}
'

tool=\${TOOL:-$(command -v skopeo >/dev/null && echo skopeo || echo crane)}
command -v "$tool" >/dev/null || { echo "neither skopeo nor crane is on the PATH" >&2; exit 1; }

copy() {
  if [ "$tool" = skopeo ]; then skopeo copy --all "docker://$1" "docker://$2"; else crane copy "$1" "$2"; fi
}

save() {
  if [ "$tool" = skopeo ]; then skopeo copy --all "docker://$1" "dir:$2"; else crane pull --format oci "$1" "$2"; fi
}

load() {
  if [ "$tool" = skopeo ]; then skopeo copy --all "dir:$1" "docker://$2"; else crane push "$1" "$2"; fi
}

each() {
  echo "$images" | while read -r source path; do
    [ -n "$source" ] || continue
    echo "$path" >&2
    "$@" || exit 1
  done
}

copy_one() { copy "$source" "$registry/$path"; }
save_one() { mkdir -p "$folder/$path" && save "$source" "$folder/$path"; }
load_one() { load "$folder/$path" "$registry/$path"; }

case "\${1:-} $#" in
  "copy 2") registry=\${2%/}; each copy_one ;;
  "save 2") folder=$2; each save_one ;;
  "load 3") folder=$2 registry=\${3%/}; each load_one ;;
  *) usage ;;
esac
`;
}
