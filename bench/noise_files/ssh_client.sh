#!/bin/sh
# Logs in every few seconds, does a little, and copies a file.
mkdir -p /root/.ssh && cp /srv/noise/key /root/.ssh/id_ed25519 && chmod 600 /root/.ssh/id_ed25519
while :; do
  ssh -o BatchMode=yes -o StrictHostKeyChecking=accept-new ops@127.0.0.1 'uptime; df -h /; ls -la' >/dev/null 2>&1
  scp -q -o BatchMode=yes /etc/hostname ops@127.0.0.1:hostname 2>/dev/null
  sleep 5
done
