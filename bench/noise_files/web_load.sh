#!/bin/sh
# Asks the web server next door, many at once, then rests.
while :; do ab -q -n 300 -c 8 "http://127.0.0.1/${1:-}" >/dev/null 2>&1; sleep 2; done
