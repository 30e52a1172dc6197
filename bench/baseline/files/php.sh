#!/bin/sh
# php-fpm behind nginx in one container.
set -e
fpm=$(echo /usr/sbin/php-fpm*)
sed -i 's,^listen = .*,listen = 127.0.0.1:9000,' /etc/php/*/fpm/pool.d/www.conf
nginx
exec "$fpm" -F
