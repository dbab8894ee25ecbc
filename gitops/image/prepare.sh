#!/bin/sh
# Runs before the operator's own container, each time its pod starts: prepare.sh STACK NAMESPACE. Lays out what a run writes to,
# since the image is read-only, and clears what a pod that is gone has left, as nobody is there to do it by hand.
set -u

stack=$1
namespace=$2

mkdir -p /share/config "$PULUMI_HOME" "$HOME"
ln -sfn /opt/krateo/plugins "$PULUMI_HOME/plugins"

cd /opt/krateo || exit 1
# The stack's own file comes later; for cleaning up, the namespace is enough.
printf 'config: {}\n' >/tmp/prepare.yaml
if node commands/krateo.js repair --stack "$stack" --namespace "$namespace" --config-file /tmp/prepare.yaml; then
  case ${PULUMI_BACKEND_URL:-} in
    file://*) ;;
    # Other backends do not show their locks. No run holds the installation's Lease, so a lock on the stack is a dead run's.
    *) pulumi cancel --yes --stack "$stack" 2>/dev/null && echo "lock: cancelled that of stack $stack" ;;
  esac
fi
# Whatever is in the way, the run says it better, and the operator shows it with the Stack.
exit 0
