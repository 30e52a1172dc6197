"""What a program really is: its name behind loaders, applets and copies, and to which family it belongs.

It knows names and command lines only; whether running it is bad is for the detectors.
"""

from __future__ import annotations

import functools
import posixpath
import re
from typing import NamedTuple


def _words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


SHELLS = _words(
    """
    sh ash bash dash zsh ksh ksh93 lksh mksh pdksh posh csh tcsh fish rbash rksh rzsh yash hush xonsh elvish nu
    """
)
_INTERPRETER = re.compile(
    r"(python|pypy|perl|ruby|jruby|php|nodejs|node|lua|luajit|tclsh|wish|guile|pwsh|deno|bun)[\d.]*(m|-cgi|-cli)?"
)
_LOADER = re.compile(r"ld(?:-linux|-musl|64)?[\w.-]*\.so(?:\.\d+)*|ld-[\d.]+\.so|ld\.so")
_LOADER_VALUES = frozenset({"--library-path", "--preload", "--audit", "--argv0", "--inhibit-rpath", "--glibc-hwcaps-prepend",
                            "--glibc-hwcaps-mask"})  # fmt: skip
MULTICALL = frozenset({"busybox", "toybox", "busybox.static"})

SERVERS = _words(
    """
    nginx openresty angie apache2 httpd lighttpd caddy h2o thttpd mini_httpd boa hiawatha cherokee litespeed lshttpd
    fcgiwrap uwsgi uwsgi-core php-fpm php-cgi mysqld mariadbd postgres postmaster redis-server valkey-server keydb-
    server memcached mongod mongos couchdb cassandra clickhouse-server influxd etcd haproxy envoy traefik varnishd
    squid vsftpd proftpd pure-ftpd exim exim4 named unbound dnsmasq slapd smbd rabbitmq-server beam.smp tomcat
    catalina jetty gunicorn uvicorn hypercorn daphne waitress-serve puma unicorn passenger
    """
)
_VERSIONED = re.compile(r"(php-fpm|php-cgi|mysqld|postgres|gunicorn|uwsgi-core|uwsgi)[\d._-]\S*")
_DATABASES = frozenset({"postgres", "postmaster"})
_ALONE = (("--single",), ("--boot",), ("--check",), ("--describe-config",), ("--version",), ("-V",), ("-C",))
RUNTIMES_OF_SERVERS = frozenset({"java", "node", "nodejs", "dotnet", "deno", "bun"})
_APPLICATION_SERVERS = _words(
    """
    gunicorn uvicorn hypercorn daphne waitress-serve waitress flask uwsgi twistd tornado mod_wsgi-express puma
    pumactl unicorn unicorn_rails passenger thin webrick rackup starman plackup hypnotoad mojo
    """
)

CONTAINER_RUNTIMES = _words(
    """
    runc crun youki runsc kata-runtime conmon conmonrs podman buildah crio cri-o containerd containerd-shim
    containerd-shim-runc-v1 containerd-shim-runc-v2 dockerd docker-proxy docker-init nerdctl ctr crictl kubelet
    netavark aardvark-dns slirp4netns pasta pasta.avx2 fuse-overlayfs catatonit skopeo
    """
)
DEBUGGERS = _words(
    """
    gdb gdbserver lldb lldb-server strace ltrace dlv rr gcore valgrind uftrace perf bpftrace
    """
)
NET_TOOLS = _words(
    """
    nc ncat netcat nc.openbsd nc.traditional socat telnet openssl curl wget aria2c tftp ftp ssh scp rsync cryptcat
    """
)
FILE_READERS = _words(
    """
    cat tac head tail less more most grep egrep fgrep zgrep rg ag awk gawk mawk nawk sed cut sort strings xxd od
    hexdump base64 base32 openssl nl paste pr rev cp mv dd tar cpio gzip bzip2 xz zstd zip 7z rsync scp curl wget
    ftp tftp nc ncat netcat socat vi vim view nano emacs ed ex bat jq yq diff cmp tee xargs find install shuf uniq
    split comm column fold iconv pv sponge tr wc md5sum sha1sum sha256sum file
    """
)
TEXT_TOOLS = _words(
    """
    grep egrep fgrep zgrep rg ag ack less more cat head tail vi vim nano emacs echo printf man sed awk find locate
    pgrep pkill pidof ps kill killall apt apt-get apt-cache dpkg rpm dnf yum apk git docker podman file strings yara
    clamscan
    """
)
PACKAGE_MANAGERS = _words(
    """
    apt apt-get aptitude dpkg dpkg-deb dpkg-preconfigure unattended-upgrade unattended-upgrades debconf yum dnf dnf5
    microdnf tdnf rpm rpmbuild zypper apk pacman emerge xbps-install opkg snap flatpak brew nix nix-env pip pip3 pipx uv
    poetry conda mamba micromamba gem bundle bundler npm npx yarn pnpm corepack composer cargo go cpan cpanm luarocks
    helm gradle mvn
    """
)
_INSTALLERS = frozenset({"pip", "pip3", "uv", "poetry", "ensurepip", "npm-cli.js", "npm", "npx-cli.js", "yarn.js", "pnpm.cjs",
                         "gem", "bundle", "composer", "composer.phar", "conda", "easy_install"})  # fmt: skip


def installs(what: Command) -> bool:
    """An interpreter that runs a package manager: `python -m pip`, `node /usr/lib/node_modules/npm/bin/npm-cli.js`."""
    if not interpreter(what.name):
        return False
    return any(base(argument) in _INSTALLERS for argument in what.arguments[:3])


class Command(NamedTuple):
    """What runs: the base name behind loader or applet, the path that was meant, and its own arguments (without name)."""

    name: str
    path: str
    arguments: tuple[str, ...]
    called: str


@functools.lru_cache(maxsize=1024)
def base(path: str) -> str:
    """The last part of a path; a deleted file's mark and a memory file's prefix are taken off."""
    return path.removesuffix(" (deleted)").rpartition("/")[2]


def normal(path: str) -> str:
    """An absolute path with `..`, `//` and the detours through /proc/self/root taken out; others as they are."""
    if not path.startswith("/"):
        return path
    path = posixpath.normpath(path)
    if path.startswith("//"):
        path = path[1:]
    while (detour := _ROOT_DETOUR.match(path)) is not None:
        path = path[detour.end() - 1 :] if detour.end() < len(path) else "/"
    return path


_ROOT_DETOUR = re.compile(r"/proc/(?:self|thread-self|\d+)(?:/task/\d+)?/root/")


@functools.lru_cache(maxsize=2048)
def command(exe: str, argv: tuple[str, ...]) -> Command:
    """Sees through `ld.so prog`, `busybox sh`, applet links and login dashes. What cannot be told stays as it is."""
    path, rest = exe, argv
    for _ in range(3):  # a loader may be given a loader; more than that is nobody's habit
        name = base(path)
        if _LOADER.fullmatch(name):
            inner = _after_loader(rest[1:])
            if not inner:
                break
            path, rest = inner[0], inner
            continue
        if name in MULTICALL and rest:
            applet = base(rest[0].lstrip("-"))
            if applet in MULTICALL and len(rest) > 1:
                rest = rest[1:]
                applet = base(rest[0])
            if applet and applet not in MULTICALL:
                return Command(applet, path, rest[1:], rest[0])
        break
    return Command(base(path), path, rest[1:], rest[0] if rest else "")


def _after_loader(arguments: tuple[str, ...]) -> tuple[str, ...]:
    index = 0
    while index < len(arguments) and arguments[index].startswith("-"):
        index += 2 if arguments[index] in _LOADER_VALUES else 1
    return arguments[index:]


def is_loader(exe: str) -> bool:
    """Whether the file is the dynamic loader started as a program."""
    return _LOADER.fullmatch(base(exe)) is not None


def is_shell(what: Command) -> bool:
    """A shell by its name, or by the name that it was called by (`exec -a bash /opt/x`)."""
    return what.name in SHELLS or base(what.called.lstrip("-")) in SHELLS


def interpreter(name: str) -> str:
    """'python' for 'python3.11', 'perl' … or ''."""
    found = _INTERPRETER.fullmatch(name)
    return found[1] if found else ""


def script(what: Command) -> str:
    """The script that a shell or an interpreter is given, '' if it reads a command line, standard input or nothing."""
    for argument in what.arguments:
        if argument in ("-c", "-e", "-m", "-E", "-r", "-p", "-S", "--eval", "--print", "-"):
            return ""
        if len(argument) > 1 and argument[0] in "-+":
            if is_shell(what) and not argument.startswith("--") and "c" in argument:
                return ""
            continue
        return argument
    return ""


_RELAYED = re.compile(r"(?i)(^|,)(exec|system|shell):|^/(dev|proc)/|^-s$")


@functools.lru_cache(maxsize=2048)
def runs_file(exe: str, argv: tuple[str, ...]) -> bool:
    """A shell or an interpreter, by its file's name, that runs a script which is a file: its command line is no code, and its
    input is not what it runs. What a renamed relay would be told makes it no."""
    what = command(exe, argv)
    if what.name not in SHELLS and not interpreter(what.name):
        return False
    return bool(script(what)) and not any(_RELAYED.search(argument) for argument in what.arguments)


@functools.lru_cache(maxsize=2048)
def server(exe: str, argv: tuple[str, ...]) -> str:  # noqa: PLR0911 -- one way of serving a line
    """The name of the network server that this is ('nginx', 'gunicorn', 'java'), or ''."""
    what = command(exe, argv)
    name = what.name
    if name in _DATABASES and what.arguments[:1] in _ALONE:
        return ""  # initdb makes a cluster with it: nobody can connect
    if name in SERVERS or name in RUNTIMES_OF_SERVERS:
        return name
    versioned = _VERSIONED.fullmatch(name)
    if versioned is not None:
        return versioned[1]
    family = interpreter(name)
    if family in ("python", "pypy", "ruby", "perl"):
        for argument in what.arguments[:4]:
            candidate = base(argument)
            if candidate in _APPLICATION_SERVERS:
                return candidate
        if "runserver" in what.arguments[:4] or "http.server" in what.arguments[:4]:
            return family
    if family == "php" and "-S" in what.arguments[:4]:
        return "php"
    return ""


def names(words: frozenset[str] | set[str]) -> str:
    """A regular expression for any of the words, longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
