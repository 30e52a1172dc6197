#!/bin/sh
# php-fpm behind nginx in one container.
set -e
printf '%s\n' 'server { listen 80; root /var/www/html; location ~ \.php$ {' 'include fastcgi_params;' \
  "fastcgi_param SCRIPT_FILENAME \$document_root\$fastcgi_script_name; fastcgi_pass 127.0.0.1:9000; } }" \
  > /etc/nginx/sites-enabled/default
fpm=$(echo /usr/sbin/php-fpm*)
sed -i 's,^listen = .*,listen = 127.0.0.1:9000,' /etc/php/*/fpm/pool.d/www.conf
nginx
exec "$fpm" -F
