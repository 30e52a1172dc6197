#!/bin/bash
# An application that is a shell script: settings from templates, a loop with the usual small tools.
set -eu
: "${INTERVAL:=2}"
trap 'exit 0' TERM
mkdir -p /run/app /var/log/app
sed "s/@HOST@/$(hostname)/; s/@USER@/$(id -un)/" /srv/noise/app.conf.in > /etc/app.conf
echo "started as $(id) on $(uname -r) with $(nproc) processors, $(df -h / | tail -1)"
while :; do
  date -u +%FT%TZ >> /var/log/app/app.log
  awk '/MemAvailable/ {print $2}' /proc/meminfo > /run/app/memory
  find /var/log/app -type f -size +1M -exec gzip -f {} \;
  env | sort | sha256sum | cut -c1-12 > /run/app/environment
  ps -ef | wc -l > /run/app/processes
  test "$(stat -c %s /var/log/app/app.log)" -lt 1000000 || : > /var/log/app/app.log
  mktemp -d /tmp/work.XXXXXX | xargs rm -rf
  sleep "$INTERVAL"
done
