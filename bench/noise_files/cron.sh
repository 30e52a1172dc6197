#!/bin/sh
# cron in the foreground: logrotate with a script afterwards, cleaning, run-parts, a backup.
set -e
cat > /etc/cron.d/noise <<'X'
SHELL=/bin/sh
PATH=/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin
* * * * * root test -x /usr/sbin/logrotate && /usr/sbin/logrotate -f /etc/logrotate.d/noise
* * * * * root find /tmp -mindepth 1 -mmin +60 -delete; run-parts --report /etc/cron.hourly
* * * * * root cd / && run-parts --report /etc/cron.daily >/dev/null 2>&1
* * * * * root /srv/noise/backup.sh >/dev/null 2>&1
* * * * * www-data date >> /tmp/www.log
X
chmod 644 /etc/cron.d/noise
mkdir -p /var/log/noise
cat > /etc/logrotate.d/noise <<'X'
/var/log/noise/*.log /var/log/dpkg.log /var/log/alternatives.log {
  rotate 4
  compress
  missingok
  create 0640 root adm
  sharedscripts
  postrotate
    test ! -f /run/noise.pid || kill -USR1 "$(cat /run/noise.pid)"
  endscript
}
X
for i in 1 2 3; do head -c 20000 /etc/services > "/var/log/noise/$i.log"; done
exec cron -f
