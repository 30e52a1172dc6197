#!/bin/sh
# cron in the foreground: rotation with a script afterwards, cleaning, a folder of scripts, a backup, a rarer report.
set -e
cat > /etc/cron.d/app <<'J'
SHELL=/bin/sh
PATH=/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin
* * * * * root test -x /usr/sbin/logrotate && /usr/sbin/logrotate -f /etc/logrotate.d/app
* * * * * root find /tmp -mindepth 1 -mmin +60 -delete
* * * * * root for i in 1 2 3 4 5 6 7 8 9 10 11; do run-parts /etc/cron.often; sleep 5; done >/dev/null 2>&1
*/2 * * * * root /srv/app/backup.sh >/dev/null 2>&1
*/5 * * * * root dpkg-query -W | sort -k2 | tail -20 > /var/tmp/report.txt
* * * * * www-data date >> /tmp/www.log
J
chmod 644 /etc/cron.d/app
mkdir -p /var/log/app /etc/cron.often
cat > /etc/cron.often/beat <<'J'
#!/bin/sh
df -P / | tail -1 >> /var/log/app/disk.log
J
chmod 755 /etc/cron.often/beat
cat > /etc/logrotate.d/app <<'J'
/var/log/app/*.log {
  rotate 4
  compress
  missingok
  create 0640 root adm
  sharedscripts
  postrotate
    test ! -f /run/app.pid || kill -USR1 "$(cat /run/app.pid)"
  endscript
}
J
for i in 1 2 3; do head -c 20000 /etc/login.defs > "/var/log/app/$i.log"; done
exec cron -f
