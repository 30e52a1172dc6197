#!/bin/sh
# A backup of what matters, with digests; old ones are removed.
set -e
mkdir -p /backup
tar -C / --exclude=backup -czf "/backup/etc-$(date +%s).tar.gz" etc var/lib/dpkg/status home root
cd /backup && sha256sum ./*.tar.gz > SHA256SUMS
find /backup -name 'etc-*.tar.gz' -type f | sort | head -n -3 | xargs -r rm -f
