"""To which family a program belongs, by its name: what a workload that has none of them would not start by itself.

Names only; what a renamed copy is called says nothing, and then its place and owner do (`surprise_programs`).
"""

from __future__ import annotations

import functools
import re

from periderm.model.text import Text


def _words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


SHELL, INTERPRETER, CLIENT, PRIVILEGE, INSTALLER, COMPILER = (
    "shell",
    "interpreter",
    "client",
    "privilege",
    "installer",
    "compiler",
)
DEBUGGER, LOOKING, ENCODER, SCHEDULER, SERVER, ADMINISTRATION = (
    "debugger",
    "looking",
    "encoder",
    "scheduler",
    "server",
    "administration",
)
_NAMES: dict[str, frozenset[str]] = {
    SHELL: _words("sh ash bash dash zsh ksh ksh93 mksh csh tcsh fish rbash busybox toybox pwsh script expect"),
    CLIENT: _words(
        """
        nc ncat netcat nc.openbsd nc.traditional socat telnet curl wget aria2c tftp ftp lftp ssh scp sftp rsync cryptcat
        openssl nmap masscan zmap dig nslookup host ping ping6 traceroute tcpdump tshark arp arping iperf iperf3 whois
        smbclient ldapsearch rclone s3cmd aws gsutil az kubectl oc docker podman crictl ctr nerdctl chisel frpc ngrok
        cloudflared proxychains tor mail sendmail
        """
    ),
    PRIVILEGE: _words(
        """
        su sudo doas pkexec runuser setpriv capsh newgrp unshare nsenter chroot mount umount insmod modprobe rmmod
        setcap chattr useradd adduser usermod groupadd passwd chpasswd gpasswd visudo crontab at batch systemctl
        update-rc.d losetup debugfs dmsetup kexec sysctl iptables ip6tables nft ipset auditctl
        """
    ),
    INSTALLER: _words(
        """
        apt apt-get aptitude dpkg dpkg-deb yum dnf microdnf rpm zypper apk pacman pip pip3 pipx uv npm npx yarn pnpm gem
        bundle composer cargo go cpan cpanm luarocks snap flatpak conda git
        """
    ),
    COMPILER: _words("gcc cc g++ c++ clang tcc ld as make cmake ld.bfd ld.gold cc1 collect2 javac rustc"),
    DEBUGGER: _words("gdb gdbserver lldb strace ltrace dlv rr gcore perf bpftrace bpftool valgrind"),
    LOOKING: _words(
        """
        id whoami groups uname hostname hostnamectl ps top pstree w who last lastlog users ss netstat lsof ip ifconfig
        route arp lsblk df findmnt lscpu lspci lsmod dmesg env printenv getent locate getcap lsattr mount.list
        finger arch nproc free uptime pgrep pidof
        """
    ),
    ENCODER: _words("base64 base32 basenc xxd od uuencode uudecode gpg gpg2 age zip 7z 7za rar tar gzip shred wipe srm dd"),
    SCHEDULER: _words("cron crond atd anacron fcron run-parts systemd supervisord s6-svscan runsvdir runit"),
    SERVER: _words(
        """
        nginx openresty apache2 httpd lighttpd caddy php-fpm php-cgi uwsgi gunicorn uvicorn mysqld mariadbd postgres
        postmaster redis-server valkey-server memcached mongod mongos couchdb clickhouse-server influxd etcd haproxy
        envoy traefik varnishd squid vsftpd proftpd exim4 named unbound dnsmasq slapd smbd beam.smp java tomcat node
        puma unicorn rabbitmq-server sshd
        """
    ),
    ADMINISTRATION: _words(
        """
        chmod chown chgrp cp mv rm ln mkdir rmdir touch install tee dd truncate kill killall pkill nohup setsid timeout
        ldconfig update-ca-certificates xargs awk gawk mawk sed perl head tail cat grep sort cut tr wc ls stat date sleep
        """
    ),
}
_VERSIONED = re.compile(
    r"(php-fpm|php-cgi|python|pypy|perl|ruby|php|nodejs|node|lua|luajit|tclsh|guile|deno|bun|gcc|g\+\+|clang)[\d._-]*"
)
_INTERPRETERS = _words("python pypy perl ruby php nodejs node lua luajit tclsh guile deno bun")
_FAMILIES: dict[str, tuple[str, ...]] = {}
for _family, _several in _NAMES.items():
    for _name in _several:
        _FAMILIES[_name] = (*_FAMILIES.get(_name, ()), _family)

WORDS: dict[str, Text] = {
    SHELL: Text("a shell", "命令行解释器（shell）"),
    INTERPRETER: Text("an interpreter", "解释器"),
    CLIENT: Text("a network client", "网络客户端"),
    PRIVILEGE: Text("a program that changes rights", "更改权限的程序"),
    INSTALLER: Text("a package manager", "软件包管理器"),
    COMPILER: Text("a compiler", "编译器"),
    DEBUGGER: Text("a debugger", "调试器"),
    LOOKING: Text("a program that looks around", "查看系统信息的程序"),
    ENCODER: Text("a program that packs or encodes", "打包或编码程序"),
    SCHEDULER: Text("a scheduler", "任务调度程序"),
    SERVER: Text("a server", "服务器程序"),
    ADMINISTRATION: Text("an everyday tool", "日常工具"),
}


@functools.lru_cache(maxsize=4096)
def families(program: str) -> frozenset[str]:
    """The families of a program as a Behaviour names it; empty where its name says nothing. An interpreter that runs a script
    is an interpreter still."""
    name = base(program)
    found = set(_FAMILIES.get(name, ()))
    versioned = _VERSIONED.fullmatch(name)
    if versioned is not None:
        plain = versioned[1]
        found |= {*_FAMILIES.get(plain, ())}
        if plain in _INTERPRETERS:
            found.add(INTERPRETER)
    return frozenset(found)


def base(program: str) -> str:
    """The base name of the acting file: 'sh' of '/bin/sh /etc/cron.daily/x'."""
    return program.partition(" ")[0].rpartition("/")[2]


def script(program: str) -> str:
    """The script of 'INTERPRETER SCRIPT', or ''."""
    return program.partition(" ")[2]


def acting(program: str) -> str:
    """What decides what is done: the script where there is one, else the executable."""
    return script(program) or program
