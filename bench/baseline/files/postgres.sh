#!/bin/bash
# As the entry script of the common image: make the cluster, start it once to set it up, stop it, become the server.
set -eo pipefail
bin=$(echo /usr/lib/postgresql/*/bin)
export PGDATA=/var/lib/postgresql/data
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  mkdir -p "$PGDATA" && chmod 700 "$PGDATA"
  "$bin/initdb" -A trust >/dev/null
  echo 'host all all all trust' >> "$PGDATA/pg_hba.conf"
  "$bin/pg_ctl" -D "$PGDATA" -o "-c listen_addresses=" -w start
  psql -U postgres -c "CREATE DATABASE app" postgres
  pgbench -i -q -U postgres app
  "$bin/pg_ctl" -D "$PGDATA" -m fast -w stop
fi
exec "$bin/postgres" -D "$PGDATA" -c listen_addresses='*' -c archive_mode=on -c max_wal_size=64MB \
  -c archive_command='test ! -f /archive/%f && cp %p /archive/%f' -c archive_timeout=120
