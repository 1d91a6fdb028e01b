#!/bin/sh
# Owns one attempt at a turn: supervisor.sh DIRECTORY OCCUPANT PROGRAM [ARG...], started detached in the worktree (see
# attempt.ts, and occupancy.ts for the file that names the worktree's occupant).
# The handlers keep it alive while its agent is told to stop, so that the exit is recorded; unlike ignored signals,
# handlers are not inherited by the agent.
directory=$1
occupant=$2
shift 2
trap : HUP INT TERM
echo $$ >"$directory/supervisor"
ln "$directory/supervisor" "$directory/gate" 2>/dev/null || exit 0
# Whoever takes the worktree over writes its name first, and ends this process afterwards.
read -r turn <"$occupant" && [ "$turn" = "$COPPICE_TURN" ] || exit 0
rm -f .coppice/outcome.json

# What of the output takes more than 16 MB keeps its first megabyte and its last four. What is between becomes a hole:
# lengths and offsets stay for whoever reads. Where no hole can be made, it is emptied.
shorten() {
  du -k "$directory/journal" "$directory/stderr" | while read -r kilobytes file; do
    [ "$kilobytes" -gt 16384 ] || continue
    length=$(wc -c <"$file")
    fallocate -p -o 1048576 -l $((length - 5242880)) "$file" || : >"$file"
  done
}
# No longer than this script lives, whatever ended it.
while sleep 1 && kill -0 $$; do shorten; done 2>/dev/null &
watch=$!

"$@" <"$directory/prompt" >>"$directory/journal" 2>>"$directory/stderr"
code=$?
# Another signal could be lost on one that has just begun. Its sleep ends by itself, or with the turn.
kill -9 $watch
shorten
# On a full disk there is no exit rather than an empty one.
echo $code >"$directory/exit.new" && mv "$directory/exit.new" "$directory/exit"
