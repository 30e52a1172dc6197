"""What well-known services do wherever they run: what no file of settings says, as their sources and manuals do. Data only.

Each row names the program by its base name. A path is one that the service makes or keeps by itself; `{group}` and the like are
not used: users come from the image. Nothing here starts a shell unless that is what the service is for.
"""

from __future__ import annotations

import fnmatch

import msgspec


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """One service. `writes` are files that it makes, writes, renames and removes; `reads` what it only reads; `listens` where
    its settings say nothing; `user` whose rights it takes; `starts` base names of programs that it starts itself,
    `by_shell` that it asks a shell to; `uses` are capabilities; with `anybody` it takes the rights of any account that people
    have; `acts`, `namespaces`, `sockets` as in `model.behaviour.Aspect`."""

    programs: tuple[str, ...]
    writes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    listens: tuple[str, ...] = ()
    user: str = ""
    starts: tuple[str, ...] = ()
    by_shell: bool = False
    uses: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    sockets: tuple[str, ...] = ()
    anybody: bool = False


_MASTER = ("CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_NET_BIND_SERVICE", "CAP_SETGID", "CAP_SETUID", "CAP_KILL")
SAME = "="  # of `starts`: the program of its own name
KNOWN: tuple[Known, ...] = (
    Known(
        programs=("nginx", "openresty", "angie"),
        writes=(
            "/run/nginx.pid",
            "/run/nginx/nginx.pid",
            "/var/log/nginx/*",
            *(f"/var/lib/nginx/{name}/**" for name in ("body", "proxy", "fastcgi", "uwsgi", "scgi", "tmp")),
            *(f"/var/lib/nginx/{name}" for name in ("body", "proxy", "fastcgi", "uwsgi", "scgi", "tmp")),
            "/var/cache/nginx/**",
        ),
        reads=("/etc/nginx/**", "/usr/share/nginx/**", "/usr/lib/nginx/modules/*"),
        listens=("tcp/80",),
        user="www-data",
        uses=_MASTER,
        acts=("signal nginx",),
    ),
    Known(
        programs=("redis-server", "redis-check-rdb", "valkey-server", "keydb-server"),
        writes=("/var/log/redis/redis-server.log", "/run/redis/redis-server.pid", "/run/redis/redis-server.sock"),
        reads=("/etc/redis/**", "/proc/sys/net/core/somaxconn"),
        listens=("tcp/6379",),
    ),
    Known(
        programs=("postgres",),
        writes=(
            "/run/postgresql/.s.PGSQL.*",
            "/var/log/postgresql/*",
            "/dev/shm/PostgreSQL.*",  # noqa: S108 -- compared only
            "/tmp/PostgreSQL.*",  # noqa: S108 -- compared only
        ),
        reads=("/etc/postgresql/**", "/usr/share/postgresql/**", "/usr/lib/postgresql/**"),
        listens=("tcp/5432",),
        acts=("signal postgres",),
    ),
    Known(
        programs=("php-fpm*",),
        writes=(
            "/run/php/*",
            "/var/log/php*-fpm.log",
            "/var/lib/php/sessions/sess_*",
            "/tmp/.ZendSem.*",  # noqa: S108 -- compared only
            "/tmp/php*",  # noqa: S108 -- compared only
        ),
        reads=("/etc/php/**", "/usr/lib/php/**", "/usr/share/php/**", "/usr/local/etc/php/**"),
        user="www-data",
        uses=_MASTER,
        acts=("signal php-fpm*",),
    ),
    Known(
        programs=("apache2", "httpd"),
        writes=("/run/apache2/**", "/var/log/apache2/*", "/run/httpd/**", "/var/log/httpd/*", "/run/lock/apache2/**"),
        reads=("/etc/apache2/**", "/usr/share/apache2/**", "/usr/lib/apache2/**", "/etc/httpd/**"),
        listens=("tcp/80",),
        user="www-data",
        uses=_MASTER,
        acts=("signal apache2", "signal httpd"),
    ),
    Known(
        programs=("lighttpd",),
        writes=(
            "/run/lighttpd.pid",
            "/run/lighttpd/*",
            "/var/log/lighttpd/*",
            "/var/cache/lighttpd/**",
            "/var/tmp/lighttpd-upload-*",  # noqa: S108 -- compared only
        ),
        reads=("/etc/lighttpd/**", "/usr/share/lighttpd/**", "/usr/lib/lighttpd/*"),
        listens=("tcp/80",),  # its settings say whose rights it takes; without a word on it none
        uses=("CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_NET_BIND_SERVICE"),
        acts=("signal lighttpd",),
    ),
    Known(
        programs=("mysqld", "mariadbd"),
        writes=("/run/mysqld/*", "/var/lib/mysql/**", "/var/log/mysql/*", "/tmp/ib*", "/tmp/#sql*"),  # noqa: S108 -- compared only
        reads=("/etc/mysql/**", "/usr/share/mysql/**", "/usr/lib/mysql/**", "/etc/my.cnf", "/etc/my.cnf.d/**"),
        listens=("tcp/3306", "tcp/33060"),
        user="mysql",
    ),
    Known(
        programs=("haproxy",),
        writes=("/run/haproxy/*", "/run/haproxy.pid"),
        user="haproxy",
        namespaces=("chroot",),
        uses=_MASTER,
    ),
    Known(
        programs=("sshd", "sshd-session"),
        writes=(
            "/run/sshd.pid",
            "/var/log/lastlog",
            "/var/log/wtmp",
            "/var/log/btmp",
            "/run/utmp",
            "/run/sshd",
            "/dev/ptmx",
            "/proc/*/loginuid",
            "/run/motd.dynamic*",
        ),
        reads=(
            "/etc/ssh/**",
            "/etc/pam.d/**",
            "/etc/security/**",
            "/etc/passwd",
            "/etc/group",
            "/etc/shadow",
            "/etc/login.defs",
            "/etc/environment",
            "/etc/default/locale",
            "/etc/motd",
            "/run/motd.dynamic",
            "/home/*/.ssh/authorized_keys",
            "/root/.ssh/authorized_keys",
            "/usr/lib/x86_64-linux-gnu/security/*",
        ),
        listens=("tcp/22",),
        user="sshd",
        starts=("sshd", "sshd-session", "sshd-auth", "sftp-server", "unix_chkpwd", "sh", "bash"),
        uses=(*_MASTER, "CAP_SYS_CHROOT", "CAP_AUDIT_WRITE", "CAP_FOWNER", "CAP_SYS_RESOURCE"),
        acts=("signal sshd", "signal bash", "keyctl", "stdio-socket"),
        namespaces=("chroot",),
        sockets=("netlink/raw",),
        anybody=True,
    ),
    Known(programs=("ssh-keygen",), writes=("/etc/ssh/ssh_host_*",), reads=("/etc/passwd", "/etc/group"), uses=("CAP_CHOWN",)),
    Known(programs=("sftp-server",), reads=("/etc/passwd", "/etc/group")),
    Known(programs=("run-parts",), starts=("sh",)),
    Known(
        programs=("python*", "pypy*"),
        reads=("/usr/lib/python*/**", "/usr/local/lib/python*/**", "/usr/local/lib/python*", "/opt/venv/**"),
    ),
    Known(
        programs=("perl*",),
        reads=(
            "/usr/share/perl5/**",
            "/usr/share/perl/**",
            "/etc/perl/**",
            "/usr/local/share/perl/**",
            "/usr/lib/*-linux-gnu/perl-base/**",
            "/usr/lib/*-linux-gnu/perl/**",
            "/usr/lib/*-linux-gnu/perl5/**",
            "/usr/lib/perl5/**",  # Alpine
            "/usr/lib64/perl5/**",  # distributions with RPM
        ),
    ),
    Known(
        programs=("cron", "crond"),
        writes=("/run/crond.pid", "/run/crond.reboot"),
        reads=(
            "/etc/crontab",
            "/etc/cron.d",  # the tables in it are those that the image brings: another one is news
            "/var/spool/cron/crontabs",
            "/etc/pam.d/**",
            "/etc/security/**",
            "/etc/passwd",
            "/etc/group",
            "/etc/login.defs",
            "/etc/environment",
            "/etc/default/locale",
        ),
        starts=("sh", "unix_chkpwd"),
        uses=(*_MASTER, "CAP_AUDIT_WRITE"),
        sockets=("netlink/raw",),
    ),
    Known(
        programs=("logrotate",),
        writes=("/var/lib/logrotate/status*", "/var/log/*"),
        reads=("/etc/logrotate.conf", "/etc/logrotate.d", "/etc/logrotate.d/*"),
        uses=("CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER"),
    ),
    Known(  # Debian's wrapper, which finds the cluster and becomes the program of that version
        programs=(
            "psql",
            "pg_isready",
            "pg_dump",
            "pg_dumpall",
            "pgbench",
            "createdb",
            "createuser",
            "vacuumdb",
            "pg_basebackup",
        ),
        reads=("/etc/postgresql-common/**", "/etc/postgresql/**", "/usr/lib/postgresql/**", "/usr/share/perl5/PgCommon.pm"),
        starts=(SAME,),
    ),
    Known(programs=("pg_ctl", "initdb"), starts=("postgres",), by_shell=True, reads=("/usr/share/postgresql/**",)),
    Known(programs=("tini", "dumb-init", "catatonit"), acts=("signal *",)),
)
_LOOKING = (
    "bash initdb psql chown chgrp find id install ls ps stat tar su runuser setpriv gosu sudo useradd whoami logname groups"
)
LOOKS_UP = frozenset(_LOOKING.split())  # utilities that look up names of users and groups at each start


def rows(program: str) -> tuple[Known, ...]:
    """All rows that a program has: a script its own and its interpreter's."""
    interpreter = program.partition(" ")[0]
    found = (known(program), known(interpreter) if interpreter != program else None)
    return tuple(row for row in found if row is not None)


def known(program: str) -> Known | None:
    """The row of a program by its name in a Behaviour (of a script, the script's), None for others."""
    name = program.rpartition("/")[2]
    return next((row for row in KNOWN if any(fnmatch.fnmatchcase(name, each) for each in row.programs)), None)
