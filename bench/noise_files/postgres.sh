#!/bin/bash
# As the entry script of the common image: make the cluster, start it once to set it up, stop it, become the server.
set -eo pipefail
bin=$(echo /usr/lib/postgresql/*/bin)
export PGDATA=/var/lib/postgresql/data
mkdir -p "$PGDATA" /run/postgresql
chmod 700 "$PGDATA"
find "$PGDATA" \! -user postgres -exec chown postgres '{}' +
chown -R postgres /run/postgresql
as() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
as "$bin/initdb" -A trust >/dev/null
as "$bin/pg_ctl" -D "$PGDATA" -o "-c listen_addresses=" -w start
as psql -U postgres -c "CREATE DATABASE app" postgres
as pgbench -i -q -U postgres app
as "$bin/pg_ctl" -D "$PGDATA" -m fast -w stop
exec setpriv --reuid=postgres --regid=postgres --clear-groups "$bin/postgres" -D "$PGDATA"
