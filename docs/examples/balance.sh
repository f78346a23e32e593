#!/bin/sh
# A handler that gsmd starts for each message: what it prints is the reply.
#
#   handlers:
#     - {name: balance, match: {keyword: BALANCE}, run: [/usr/local/bin/balance.sh], reply: true}
#
# Quoted, a text is data whatever is in it. Exit status 0 acknowledges; anything else means "later
# again", and the last line on standard error says why.
set -eu

: "${ACCOUNTS:=/var/lib/accounts}" # a file with a number and an amount on each line

if [ ! -r "$ACCOUNTS" ]; then
    echo "$ACCOUNTS cannot be read" >&2
    exit 1
fi
amount=$(awk -v "peer=$GSMD_PEER" '$1 == peer { print $2 }' "$ACCOUNTS")
echo "Your balance is ${amount:-0.00}"
