#!/bin/sh
# Runs the Temporal server: server.sh RELAY PROGRAM [ARG...]. It ends, gently, when our standard input does: with the process that
# started us, however that ended. With RELAY=yes the server has a network of its own, where nobody else is, and is reached through
# the sockets server.sock and web-ui.sock of the working directory.
umask 077
relay=$1
shift
exec 3<&0 </dev/null

"$@" 3<&- &
server=$!
relays=
if [ "$relay" = yes ]; then
  socat UNIX-LISTEN:server.sock,fork,unlink-early TCP:127.0.0.1:7233 3<&- &
  relays=$!
  socat UNIX-LISTEN:web-ui.sock,fork,unlink-early TCP:127.0.0.1:8233 3<&- &
  relays="$relays $!"
fi
{ read -r _ <&3; kill -TERM "$server"; } &
relays="$relays $!"

wait "$server"
code=$?
kill $relays 2>/dev/null
exit "$code"
