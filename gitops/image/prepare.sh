#!/bin/sh
# Runs before the operator's own container, each time its pod starts: prepare.sh STACK NAMESPACE. Lays out what a run writes to,
# since the image is read-only, and clears what a pod that is gone has left, as nobody is there to do it by hand.
set -u

stack=$1
namespace=$2

mkdir -p /share/config "$PULUMI_HOME" "$HOME"
ln -sfn /opt/krateo/plugins "$PULUMI_HOME/plugins"

cd /opt/krateo || exit 1
# The stack's own file comes later; for cleaning up, the namespace is enough. Only a lock that belongs to nobody any more is
# removed: Pulumi Cloud does not say whose it is, and a run from elsewhere may be at work.
printf 'config: {}\n' >/tmp/prepare.yaml
node commands/krateo.js repair --stack "$stack" --namespace "$namespace" --config-file /tmp/prepare.yaml
# Whatever is in the way, the run says it better, and the operator shows it with the Stack.
exit 0
