"""What is read in every layer so that later, when all layers are known, one can say what a start of the image will do: what the
loader needs, what scripts name, what services' settings say, who has an account. Joins nothing (`flow.start_facts` does).

Each module is loaded when a file of its kind is met: most images hold few.
"""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Sequence

from periderm.model.file_note import Note, NoteReader

PREFIX = "start-"
ELF, SCRIPT, COMMAND, ACCOUNT, URL = "elf", "script", "command", "account", "url"
NUL = "\0"  # between the words of one value
_SCRIPT_SIZE = 64 << 10
_SETTINGS_SIZE = 256 << 10
_MOST_ACCOUNTS = 200
# Below these a distribution's packages have hundreds of scripts; of those only the ones that start services are read in full.
_SYSTEM = re.compile(
    r"(?:usr/)?(?:bin|sbin|lib|lib64|libexec|share|src)/|var/lib/|etc/(?!cont-init\.d/|services\.d/|s6-overlay/|my_init\.d/|service/)"
)
_STARTERS = re.compile(
    r"apache2?ctl|apachectl|httpd-foreground|mysqld_safe|mariadbd-safe|catalina\.sh|startup\.sh|rabbitmq-server|standalone\.sh"
    r"|docker-(?:php-)?entrypoint\.sh|elasticsearch|kafka-server-start\.sh|zkServer\.sh|php-fpm\d*|.*entrypoint.*"
)
_NAMING = re.compile(
    rb"subprocess|os\.(?:system|popen|posix_spawn)|exec|spawn|system|passthru|proc_open|popen|https?://|`|qx|open"
)
SERVICES: dict[str, tuple[str, ...]] = {  # module in formats.service_settings: its programs
    "nginx": ("nginx", "openresty", "angie"),
    "redis": ("redis-server", "redis-check-rdb", "valkey-server", "valkey-check-rdb", "keydb-server"),
    "postgres": ("postgres",),
    "php_fpm": ("php-fpm*",),
    "apache": ("apache2", "httpd"),
    "lighttpd": ("lighttpd",),
    "haproxy": ("haproxy",),
    "mysql": ("mysqld", "mariadbd"),
    "ssh": ("sshd", "sshd-session"),
    "supervisor": ("supervisord",),
    "cron": ("cron", "crond"),
}


def _elf(data: bytes, _path: str) -> Sequence[Note]:
    from periderm.formats.binary.needed import needed

    found = needed(data)
    if found is None:
        return ()
    values = {"needed": NUL.join(found.libraries)}
    if found.paths:
        values["paths"] = NUL.join(found.paths)
    if found.interpreter:
        values["interpreter"] = found.interpreter
    return (Note(ELF, values=values),)


def _script(data: bytes, path: str) -> Sequence[Note]:
    from periderm.formats import shell_script

    first = shell_script.shebang(data)
    if not first:
        return ()
    notes = [Note(SCRIPT, values={"interpreter": NUL.join(first)})]
    if shell_script.is_shell(first) and makers(path):
        for command in shell_script.commands(data.decode("utf-8", "replace")):
            values = {"words": NUL.join(command.words), "last": "1"} if command.last else {"words": NUL.join(command.words)}
            notes.append(Note(COMMAND, command.line, values=values))
    return notes


def makers(path: str) -> bool:
    """Whether an image's maker may have put a script there to be started, rather than a distribution for its own ends."""
    return _SYSTEM.match(path) is None or _STARTERS.fullmatch(path.rpartition("/")[2]) is not None


def _accounts(data: bytes, _path: str) -> Sequence[Note]:
    """passwd(5) and group(5): names and numbers, nothing else of them."""
    values: dict[str, str] = {}
    for line in data.decode("utf-8", "replace").split("\n")[:2000]:
        parts = line.split(":")
        if len(parts) > 3 and parts[2].isdigit() and len(parts[2]) < 11 and len(values) < _MOST_ACCOUNTS:
            values.setdefault(parts[0][:64], parts[2])
    return (Note(ACCOUNT, values=values),) if values else ()


def _source(data: bytes, path: str) -> Sequence[Note]:
    """Commands and addresses of a program in a scripting language; most files name none."""
    if _NAMING.search(data) is None or not makers(path):
        return ()
    from periderm.formats import source_text

    notes = []
    for each in source_text.named(data.decode("utf-8", "replace"), direct=_direct(data, path)):
        if each.url:
            notes.append(Note(URL, each.line, values={"url": each.url}))
        else:
            words = ("/bin/sh", "-c", each.words[0]) if each.shell else each.words
            notes.append(Note(COMMAND, each.line, values={"words": NUL.join(words)}))
    return notes


def _direct(data: bytes, path: str) -> bool:
    """Whether it is in a language that starts plain text itself, Perl or Ruby."""
    return path.endswith((".pl", ".rb")) or re.match(rb"#![^\n]*(?:perl|ruby)", data) is not None


def _settings(module: str, data: bytes, path: str) -> Sequence[Note]:
    if b"\0" in data:
        return ()
    found: Sequence[Note] = importlib.import_module(f"periderm.formats.service_settings.{module}").read(data, path)
    return found


def _of(
    service: str,
    *,
    names: tuple[str, ...] = (),
    folders: tuple[str, ...] = (),
    paths: tuple[str, ...] = (),
    suffixes: tuple[str, ...] = (),
    fits: str = "",
) -> NoteReader:
    pattern = re.compile(fits) if fits else None
    return NoteReader(
        id=f"{PREFIX}{service}/1",
        read=functools.partial(_settings, service),
        names=names,
        folders=folders,
        paths=paths,
        suffixes=suffixes,
        accept=None if pattern is None else lambda path: pattern.search(path) is not None,
        most=_SETTINGS_SIZE,
    )


_NGINX = "etc/nginx"
_APACHE = "etc/apache2"
_LIGHTTPD = "etc/lighttpd"
_LIGHTTPD_PARTS = ("conf-available", "conf-enabled", "conf.d", "vhosts.d")
READERS: tuple[NoteReader, ...] = (
    NoteReader(id=f"{PREFIX}elf/2", read=_elf, executables=True, most=512 << 20, accept=lambda path: "/gconv/" not in path),
    NoteReader(
        id=f"{PREFIX}script/2",
        read=_script,
        suffixes=(".sh", ".cgi"),
        most=_SCRIPT_SIZE,
        scripts=True,
    ),
    NoteReader(
        id=f"{PREFIX}source/2",
        read=_source,
        suffixes=(".py", ".js", ".mjs", ".cjs", ".php", ".rb", ".pl", ".cgi"),
        accept=lambda path: (
            "/node_modules/" not in path and "-packages/" not in path and "/vendor/" not in path and makers(path)
        ),
        most=_SCRIPT_SIZE,
    ),
    NoteReader(id=f"{PREFIX}accounts/1", read=_accounts, paths=("etc/passwd", "etc/group"), most=_SETTINGS_SIZE),
    _of(
        "nginx",
        names=("nginx.conf",),
        folders=(*(f"{_NGINX}/{name}" for name in ("conf.d", "sites-available", "sites-enabled", "modules-available")),),
        paths=("usr/local/nginx/conf/nginx.conf", "usr/local/openresty/nginx/conf/nginx.conf"),
    ),
    _of("redis", names=("redis.conf", "valkey.conf", "keydb.conf"), folders=("etc/redis", "usr/local/etc/redis")),
    _of("postgres", names=("postgresql.conf",)),
    _of(
        "php_fpm",
        suffixes=(".conf", ".ini"),
        fits=r"(?:^|/)(?:php-fpm\.conf|php\.ini|pool\.d/[^/]*|php-fpm\.d/[^/]*|php/[^/]*/mods-available/[^/]*|php/conf\.d/[^/]*)\Z",
    ),
    _of(
        "apache",
        names=("apache2.conf", "httpd.conf"),
        folders=(
            *(f"{_APACHE}/{name}-available" for name in ("mods", "conf", "sites")),
            "etc/httpd/conf.d",
            "etc/httpd/conf.modules.d",
        ),
        paths=(f"{_APACHE}/ports.conf",),
    ),
    _of("lighttpd", names=("lighttpd.conf",), folders=(_LIGHTTPD, *(f"{_LIGHTTPD}/{name}" for name in _LIGHTTPD_PARTS))),
    _of("haproxy", names=("haproxy.cfg",)),
    _of(
        "mysql",
        names=("my.cnf", "mysqld.cnf"),
        folders=("etc/mysql/conf.d", "etc/mysql/mysql.conf.d", "etc/mysql/mariadb.conf.d", "etc/my.cnf.d"),
    ),
    _of("ssh", paths=("etc/ssh/sshd_config",), folders=("etc/ssh/sshd_config.d",)),
    _of("supervisor", names=("supervisord.conf",), folders=("etc/supervisor/conf.d", "etc/supervisord.d")),
    _of("cron", paths=("etc/crontab",), folders=("etc/cron.d", "var/spool/cron/crontabs", "etc/crontabs")),
)


def reads(source: str) -> bool:
    """Whether anybody starts what lies at such a place: no folder, source code, disk or host is started as one container."""
    return not source.startswith(("folder:", "source:", "host:", "disk:", "pipeline:")) and source != "host"
