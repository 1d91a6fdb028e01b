#!/bin/sh
# Owns one attempt at a turn: supervisor.sh DIRECTORY PROGRAM [ARG...], started detached in the worktree (see attempt.ts).
# The handlers keep it alive while its agent is told to stop, so that the exit is recorded; unlike ignored signals,
# handlers are not inherited by the agent.
directory=$1
shift
trap : HUP INT TERM
echo $$ >"$directory/supervisor"
ln "$directory/supervisor" "$directory/gate" 2>/dev/null || exit 0
rm -f .coppice/outcome.json
"$@" <"$directory/prompt" >>"$directory/journal" 2>>"$directory/stderr"
echo $? >"$directory/exit.new"
mv "$directory/exit.new" "$directory/exit"
