#!/bin/sh
# As the entry script of the common image: own the data, give up root, become the server.
set -e
cd /data
find . \! -user redis -exec chown redis '{}' +
umask 0077
exec setpriv --reuid=redis --regid=redis --clear-groups redis-server /etc/redis/app.conf
