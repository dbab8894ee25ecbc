#!/bin/sh
# Makes the program as it lies in the image: build.sh SOURCE TARGET. The Dockerfile runs it at /opt/krateo, since compiled code
# is kept by path, and as the user of the pods, since it is kept by user, too. It also runs without Docker.
#
#   KRATEO_IMAGE_CONFIG   a stack's file that names the charts' source (krateo:chartMirror) and version; default: upstream's
#   KRATEO_IMAGE_PLUGINS  a folder of Pulumi plugins, as in ~/.pulumi/plugins, to take in place of downloads
set -eu

source=$(cd "$1" && pwd)
mkdir -p "$2"
target=$(cd "$2" && pwd)

say() { printf '%s\n' "build: $*"; }

say "the program and its documents"
cd "$source"
# Patterns, which the shell makes names of; one that fits no file stays as it is.
for path in $(sed -n 's/^!//p' gitops/image/Dockerfile.dockerignore); do
  if [ -e "$path" ]; then printf '%s\n' "$path"; fi
done | tar -cf - -T - | tar -C "$target" -xf -
cd "$target"

say "npm dependencies"
npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
# It may hold the login of a registry; a pod installs nothing.
rm -f .npmrc

say "the folder of the stack's file: the program's own is read-only in a pod"
# Pulumi takes it relative to the project's folder.
printf '%s\n' 'stackConfigDir: ../../share/config' >>Pulumi.yaml

say "Pulumi's plugins"
if [ -n "${KRATEO_IMAGE_PLUGINS:-}" ]; then
  mkdir -p plugins
  cp -R "$KRATEO_IMAGE_PLUGINS/." plugins/
else
  for name in kubernetes random command; do
    version=$(node -p "require('./node_modules/@pulumi/$name/package.json').version")
    PULUMI_HOME="$target/home" pulumi plugin install resource "$name" "$version"
  done
  mv home/plugins plugins
  rm -rf home
fi

say "charts"
if [ -n "${KRATEO_IMAGE_CONFIG:-}" ]; then
  node commands/krateo.js lock --config-file "$KRATEO_IMAGE_CONFIG"
else
  printf 'config: {}\n' >default.yaml
  node commands/krateo.js lock --config-file "$target/default.yaml"
  rm default.yaml
fi

say "compiled code"
# What a run loads; index.ts itself needs an engine.
node --import=./run/compile-cache.js --input-type=module \
  -e 'await Promise.all(["./run/start.ts", "./run/live-side.ts", "./resources/platform.ts", "./commands/program.ts"].map((file) => import(process.cwd() + "/" + file)))'
node commands/krateo.js repair --help >/dev/null

say "done: $(du -sh . | cut -f1) in $target"
