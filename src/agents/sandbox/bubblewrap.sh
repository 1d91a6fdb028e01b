#!/bin/sh
# Runs bubblewrap with the arguments of sandbox-runtime, and adds two things:
# - Paths of $SANDBOX_BENEATH, one on each line, are mounted read-only before the writable paths inside them.
# - Directories that an empty file system covers become read-only. What is written there would be lost with the sandbox.
IFS='
'
set -f
first=1 options=1 before=
for word in "$@"; do
  [ "$first" = 1 ] && set --
  first=0
  if [ "$options" = 1 ] && [ "$word" = -- ]; then
    options=0 before=
    for option in "$@"; do
      [ "$before" = --tmpfs ] && set -- "$@" --remount-ro "$option"
      before=$option
    done
    before=
  fi
  set -- "$@" "$word"
  if [ "$options" = 1 ] && [ "$before" = --tmpfs ]; then
    for path in $SANDBOX_BENEATH; do
      case $path in
      "$word"/*) set -- "$@" --ro-bind "$path" "$path" ;;
      esac
    done
  fi
  before=$word
done
unset SANDBOX_BENEATH
exec bwrap "$@"
