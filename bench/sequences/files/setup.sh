# Inside the root, once: accounts, sites, programs that the tasks use.
set -e
export DEBIAN_FRONTEND=noninteractive
printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d
apt-get update -q
apt-get install -qy --no-install-recommends apache2 libapache2-mod-php php-cli php-mysql php-sqlite3 nginx-light redis-server \
  mariadb-server openssh-server vsftpd hydra gcc libc6-dev make git perl python3 strace lynx wget curl groff man-db vim-tiny \
  sqlite3 default-jre-headless exim4-daemon-light cron logrotate rsyslog bsd-mailx netcat-openbsd lftp procps iproute2 file \
  bzip2 xz-utils zip unzip rsync ed openssl ghostscript tmux less adduser postgresql nodejs ruby imagemagick cmake subversion \
  haproxy jq bind9-dnsutils emacs-nox graphviz sox gawk lua5.4 tcl gnuplot-nox units dovecot-imapd dropbear-bin \
  lighttpd texlive-latex-base memcached mosquitto mosquitto-clients w3m mutt mercurial gnupg screen xmlstarlet aspell aspell-en \
  libcgi-pm-perl guile-3.0 bc dc m4 sudo at cpio libcap2-bin e2fsprogs \
  libhiredis0.14 libidn2-0 libmemcached11 libmemcachedutil2 libpcre2-posix3
# Two servers for files on one host: the second one is put there without the package system, which forbids it.
test -e /usr/sbin/proftpd || (cd /tmp && apt-get download -q proftpd-core && dpkg-deb --fsys-tarfile proftpd-core_*.deb | tar -x --keep-directory-symlink -C / && rm proftpd-core_*.deb)
id proftpd > /dev/null 2>&1 || useradd -r -d /run/proftpd -s /usr/sbin/nologin proftpd
id worker > /dev/null 2>&1 || useradd -m -s /bin/bash worker
echo worker:pass-word-9 | chpasswd
mkdir -p /run/sshd /var/run/vsftpd/empty /run/mysqld /root/.ssh /home/worker/.ssh /var/www/pages /opt
chown mysql /run/mysqld; chown www-data /var/www/pages
test -e /root/.ssh/id_ed25519 || ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
cp /root/.ssh/id_ed25519.pub /home/worker/.ssh/authorized_keys; chown -R worker: /home/worker/.ssh
for n in $(seq 14); do echo "word$n"; done > /opt/words
printf 'listen=YES\nlisten_ipv6=NO\nanonymous_enable=NO\nlocal_enable=YES\nwrite_enable=YES\nsecure_chroot_dir=/var/run/vsftpd/empty\npam_service_name=vsftpd\nseccomp_sandbox=NO\n' > /etc/vsftpd.conf
printf 'server { listen 8080; root /usr/share; autoindex on; }\n' > /etc/nginx/sites-enabled/default
cp /files/wiki.php /var/www/html/; cp /files/shell.txt /opt/shell.txt
gcc -w -O1 -o /opt/stager /files/stager.c
# A program that plays a game and does something else besides.
printf '#include <stdlib.h>\n#include <stdio.h>\nint main(int c,char**v){for(int k=0;k<9;k++)printf("%%d\\n",rand()%%6);fflush(stdout);return c>1?system(v[1]):0;}\n' > /opt/game.c
gcc -w -o /opt/game /opt/game.c
printf '#!/usr/bin/perl\nuse IO::Socket::INET; my $p=shift; my $l=IO::Socket::INET->new(LocalAddr=>"127.0.0.1",LocalPort=>$p,Listen=>1,ReuseAddr=>1); alarm 20; my $s=$l->accept; print $s "abcd\\n"; for(@ARGV){select undef,undef,undef,0.5; print $s "$_\\n"; } sleep 1;' > /opt/talk
chmod +x /opt/talk
sed -i "s/pam_unix.so nullok/pam_unix.so nullok nodelay/" /etc/pam.d/common-auth
gcc -w -O1 -shared -fPIC -o /opt/evil.so /files/evil.c
gcc -w -O1 -o /opt/inject /files/inject.c
cp /files/web.js /opt/web.js
printf 'defaults\n mode http\n timeout connect 2s\n timeout client 9s\n timeout server 9s\nlisten l\n bind 127.0.0.1:8899\n server s 127.0.0.1:8898\n' > /etc/haproxy/haproxy.cfg
rm -rf /opt/pg; install -d -o postgres /opt/pg
su postgres -c "/usr/lib/postgresql/15/bin/initdb -D /opt/pg -A trust" > /dev/null
install -d /var/www/cgi-bin /etc/dropbear; install -m 755 /files/guest.pl /var/www/cgi-bin/; cp /files/agent.txt /opt/agent.py
echo 'Read me first.' > /var/www/pages/guide.txt
test -e /root/.ssh/db || dropbearkey -t ed25519 -f /root/.ssh/db > /dev/null
dropbearkey -y -f /root/.ssh/db | grep ^ssh- >> /home/worker/.ssh/authorized_keys
printf 'server.port=80\nserver.document-root="/var/www"\nserver.modules=("mod_cgi")\ncgi.assign=(".pl"=>"/usr/bin/perl")\nserver.username="www-data"\n' > /opt/lighttpd.conf
printf 'ServerType standalone\nDefaultAddress 127.0.0.1\nPort 21\nUseIPv6 off\nUseReverseDNS off\nUser proftpd\nGroup nogroup\nRequireValidShell off\nAuthOrder mod_auth_unix.c\n' > /opt/proftpd.conf
printf 'protocols = imap\nlisten = 127.0.0.1\nssl = no\ndisable_plaintext_auth = no\nmail_location = maildir:~/Maildir\nauth_failure_delay = 0\npassdb {\n driver = pam\n}\nuserdb {\n driver = passwd\n}\n' > /opt/dovecot.conf
