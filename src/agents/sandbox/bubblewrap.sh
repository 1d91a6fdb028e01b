#!/bin/sh
# bubblewrap as it is called for the sandbox, with what that call lacks:
# - what $SANDBOX_BENEATH lists, a path on each line, is opened read-only beneath what is writable in it;
# - directories that were emptied can't be written: what is written there would be gone with the sandbox, unseen.
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
