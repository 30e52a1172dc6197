#!/bin/sh
# Asks postgres next door; dumps the database as a backup does.
while :; do
  pgbench -n -h 127.0.0.1 -U postgres -c 4 -T 3 app >/dev/null 2>&1
  pg_dump -h 127.0.0.1 -U postgres app | gzip > /tmp/app.sql.gz
  sleep 3
done
