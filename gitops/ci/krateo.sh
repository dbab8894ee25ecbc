#!/bin/sh
# What the workflows of this folder run, and what a person may run in their place: krateo.sh preview|up|diff STACK
#   preview   writes preview.md, for a comment on the change; ends with the exit code of the preview, 0 for a stack that is not made yet
#   up        makes the stack where it is new, cleans up after a job that was killed, brings the stack up, verifies it
#   diff      compares the cluster with the configuration; exit code 2 where something differs
set -eu

action=$1
stack=$2

case $action in
  preview)
    code=0
    npx pulumi preview --stack "$stack" --non-interactive --color never >preview.txt 2>&1 || code=$?
    # A change that nobody has agreed to yet makes no stack.
    if [ "$code" -ne 0 ] && grep -q "no stack named" preview.txt; then
      code=0
      echo "The backend has no stack $stack yet: the first up makes it." >preview.txt
    fi
    {
      printf 'Preview of stack `%s`, exit code %s\n\n~~~text\n' "$stack" "$code"
      # A comment has room for 65,536 characters.
      tail -c 60000 preview.txt
      printf '\n~~~\n'
    } >preview.md
    cat preview.txt
    exit "$code"
    ;;
  up)
    npx pulumi stack select --create --stack "$stack" --non-interactive
    # What is left alone may belong to another run: up waits for that as long as KRATEO_WAIT says, and ends with what is wrong.
    npx krateo repair --stack "$stack" || echo "krateo.sh: repair has left something alone; pulumi up goes on" >&2
    npx pulumi up --stack "$stack" --yes --continue-on-error --non-interactive
    npx krateo verify --stack "$stack"
    ;;
  diff)
    npx krateo diff --stack "$stack"
    ;;
  *)
    echo "krateo.sh: preview, up or diff, not $action" >&2
    exit 1
    ;;
esac
