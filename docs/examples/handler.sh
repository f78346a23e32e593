#!/usr/bin/env bash
# The handler of handler.py in bash, with jq and socat.
#
# The text of an SMS only ever travels as data: jq reads it, jq quotes it.
set -euo pipefail

coproc daemon { exec socat - "UNIX-CONNECT:${GSMD_SOCKET:-/run/gsmd/gsmd.sock}"; }

printf '%s\n' '{"jsonrpc":"2.0","id":1,"method":"inbox.subscribe","params":{"handler":"balance"}}' >&"${daemon[1]}"

while IFS= read -r line <&"${daemon[0]}"; do
    case $(jq -r '.method // (if .error then "refused" else "answer" end)' <<<"$line") in
    refused)
        jq -r '.error.message' <<<"$line" >&2
        exit 1
        ;;
    inbox.deliver)
        text=$(jq -r '.params.message.text // "" | ascii_upcase' <<<"$line")
        case $text in
        BALANCE) reply='Your balance is 5.00' ;;
        *) reply='Text BALANCE to see your balance.' ;;
        esac
        # the answer with the request's id is the acknowledgement
        jq -c --arg reply "$reply" '{jsonrpc: "2.0", id: .id, result: {reply: $reply}}' <<<"$line" >&"${daemon[1]}"
        ;;
    esac
done
