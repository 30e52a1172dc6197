# Inside the root and its namespaces: services under strace, then the tasks of a file. $1 the tasks, $2 the folder of traces.
T="strace -f -n -q -e signal=none -e raw=all"
O=$2; mkdir -p $O; ip link set lo up
mkdir -p /run/sshd /run/mysqld /var/run/vsftpd/empty /run/exim4; chown mysql /run/mysqld
case $1 in
*-other*)
  $T -o $O/d.postgres su postgres -c "exec /usr/lib/postgresql/15/bin/postgres -D /opt/pg -k /tmp -c listen_addresses=" > /dev/null 2>&1 &
  $T -o $O/d.node node /opt/web.js 8898 > /dev/null 2>&1 &
  $T -o $O/d.haproxy haproxy -db -f /etc/haproxy/haproxy.cfg > /dev/null 2>&1 &
  sleep 9;;
*-third*)
  mkdir -p /run/proftpd /run/dovecot /run/mosquitto /var/www/cgi-bin; touch /var/www/pages/book; chown www-data /var/www/pages/book
  $T -o $O/d.lighttpd lighttpd -D -f /opt/lighttpd.conf > /dev/null 2>&1 &
  $T -o $O/d.proftpd proftpd -n -c /opt/proftpd.conf > /dev/null 2>&1 &
  $T -o $O/d.dropbear dropbear -F -E -R -p 22 > /dev/null 2>&1 &
  $T -o $O/d.dovecot dovecot -F -c /opt/dovecot.conf > /dev/null 2>&1 &
  $T -o $O/d.memcached memcached -u nobody -l 127.0.0.1 > /dev/null 2>&1 &
  $T -o $O/d.mosquitto mosquitto > /dev/null 2>&1 &
  sleep 9;;
*)
  $T -o $O/d.mariadb mariadbd --user=mysql --skip-log-error --innodb-buffer-pool-size=8M > /dev/null 2>&1 &
  . /etc/apache2/envvars; mkdir -p $APACHE_RUN_DIR
  $T -o $O/d.apache apache2 -k start -D FOREGROUND > /dev/null 2>&1 &
  $T -o $O/d.nginx nginx -g 'daemon off;' > /dev/null 2>&1 &
  $T -o $O/d.redis redis-server --save '' > /dev/null 2>&1 &
  $T -o $O/d.sshd /usr/sbin/sshd -D -o MaxStartups=50 > /dev/null 2>&1 &
  $T -o $O/d.vsftpd vsftpd /etc/vsftpd.conf > /dev/null 2>&1 &
  $T -o $O/d.rsyslog rsyslogd -n > /dev/null 2>&1 &
  $T -o $O/d.cron cron -f > /dev/null 2>&1 &
  for k in $(seq 60); do sleep 1; mysql -e "create database if not exists wiki; create table if not exists wiki.hits(p text); create user if not exists wiki@localhost identified by 'wiki-word'; grant all on wiki.* to wiki@localhost" 2>/dev/null && break; done
;;
esac
while IFS="$(printf '\t')" read -r name times command helper; do
  case $name in '#'*|'') continue;; esac
  for i in $(seq $times); do
    export i
    case $2:$name in
      */attack*:'>>'*)
        test -z "$helper" || { timeout 25 sh -c "$helper" > /dev/null 2>&1 < /dev/null & sleep 0.4; }
        timeout -k 5 60 $T -o $O/t.${name#>>}.$i-$(echo "$command" | cksum | cut -c1-4) sh -c "$command" > /dev/null 2>&1 < /dev/null;;
      */attack*) echo "$name $(date +%s.%N)" >> $O/marks; timeout 20 sh -c "$command" > /dev/null 2>&1 < /dev/null;;
      *) timeout -k 5 90 $T -o $O/t.$name.$i sh -c "$command" > /dev/null 2>&1 < /dev/null;;
    esac
  done
done < $1
sleep 1
for p in $(pgrep -f '^strace'); do pkill -TERM -P $p; done; sleep 2
for p in $(ps -eo pid,comm | awk '$2!="sh"&&$2!="strace"&&$1>1{print $1}'); do kill $p 2>/dev/null; done; sleep 1
exit 0
