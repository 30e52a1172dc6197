#!/bin/bash
# An application that is a shell script: settings from a template, a loop with the usual small tools, jobs from a spool.
# The fault: the title of a job is evaluated.
set -u
: "${INTERVAL:=2}"
trap 'exit 0' TERM
mkdir -p /run/app /var/log/app /spool /out
sed "s/@HOST@/$(hostname)/; s/@USER@/$(id -un)/" /srv/app/app.conf.in > /etc/app.conf
echo "started as $(id) on $(uname -r) with $(nproc) processors, $(df -h / | tail -1)"
while :; do
  date -u +%FT%TZ >> /var/log/app/app.log
  awk '/MemAvailable/ {print $2}' /proc/meminfo > /run/app/memory
  find /var/log/app -type f -size +1M -exec gzip -f {} \;
  env | sort | sha256sum | cut -c1-12 > /run/app/environment
  test "$(stat -c %s /var/log/app/app.log)" -lt 1000000 || : > /var/log/app/app.log
  for job in /spool/*.job; do
    [ -f "$job" ] || continue
    title=$(grep -m1 '^title=' "$job" | cut -d= -f2-)
    eval "echo title: $title" >> /out/titles 2>/dev/null
    sort "$job" | uniq -c | gzip > "/out/$(basename "$job" .job).gz"
    rm -f "$job"
  done
  mktemp -d /tmp/work.XXXXXX | xargs rm -rf
  sleep "$INTERVAL"
done
