#!/bin/sh
# Runs one attempt of a turn: supervisor.sh DIRECTORY OCCUPANT PROGRAM [ARG...]. It is started detached, in the worktree.
# attempt.ts describes DIRECTORY. OCCUPANT is the file that names the worktree's occupant, see occupancy.ts.
# The signal handlers keep it alive while its agent is stopped, so that it records the exit. The agent does not inherit
# handlers, as it would inherit ignored signals.
directory=$1
occupant=$2
shift 2
trap : HUP INT TERM
echo $$ >"$directory/supervisor"
ln "$directory/supervisor" "$directory/gate" 2>/dev/null || exit 0
# A new occupant of the worktree first writes its id, and then ends this process. So the id is read after the gate is made.
read -r turn <"$occupant" && [ "$turn" = "$COPPICE_TURN" ] || exit 0
rm -f .coppice/outcome.json

# An output file that takes more than 16 MB on disk keeps its first megabyte and its last four. The part between them
# becomes a hole, so that lengths and offsets stay the same for readers. If no hole can be made, the file is emptied.
shorten() {
  du -k "$directory/journal" "$directory/stderr" | while read -r kilobytes file; do
    [ "$kilobytes" -gt 16384 ] || continue
    length=$(wc -c <"$file")
    fallocate -p -o 1048576 -l $((length - 5242880)) "$file" || : >"$file"
  done
}
# The loop ends when this script has ended, whatever ended it.
while sleep 1 && kill -0 $$; do shorten; done 2>/dev/null &
watch=$!

"$@" <"$directory/prompt" >>"$directory/journal" 2>>"$directory/stderr"
code=$?
# SIGKILL, because another signal could be lost on a process that has just started. Its `sleep` ends by itself.
kill -9 $watch
shorten
# Written to another file first, so that a full disk leaves no `exit` file, and not an empty one.
echo $code >"$directory/exit.new" && mv "$directory/exit.new" "$directory/exit"
