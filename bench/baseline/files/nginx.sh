#!/bin/sh
# As the entry script of the common image: run what lies in a folder, set the number of workers, become the server.
set -e
mkdir -p /docker-entrypoint.d
find /docker-entrypoint.d -follow -type f -print | sort -V | while read -r f; do "$f"; done
sed -i "s/worker_processes auto;/worker_processes 2;/" /etc/nginx/nginx.conf
nginx -t
exec nginx -g 'daemon off;'
