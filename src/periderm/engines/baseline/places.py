"""What kind of place a path is, for who would write or read there by himself. Says nothing of who did."""

from __future__ import annotations

import functools
import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


_HOME = r"/(?:root|home/[^/]+|var/lib/[^/]+|var/www)"
SECRET = "secret"  # noqa: S105 -- a kind of place
PERSISTENT = "persistent"
PROGRAMS = "programs"
SETTINGS = "settings"
KERNEL = "kernel"
OTHERS = "others"  # another process's folder in /proc
OWN = "own"  # its own folder in /proc, terminals, the null device
DEVICE = "device"
WEB = "web"
LOGS = "logs"
TEMPORARY = "temporary"
HOME = "home"
RUN = "run"
DATA = "data"
ELSEWHERE = "elsewhere"

_PLACES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        OWN,
        _any(
            r"/dev/(?:null|zero|full|random|urandom|tty|ptmx|pts/.*|stdin|stdout|stderr|fd/.*|console|log)",
            r"/proc/(?:self|thread-self)(?:/(?!environ|mem$|root/).*)?",
            r"(?:pipe|socket|anon_inode):.*",
        ),
    ),
    (
        PERSISTENT,
        _any(
            r"/etc/cron(?:tab|\.[^/]+)?(?:/.*)?",
            r"/var/spool/(?:cron|at|anacron)(?:/.*)?",
            r"/etc/(?:init\.d|rc\S*|inittab|profile|profile\.d)(?:/.*)?",
            r"/(?:etc|usr/lib|lib|run)/systemd/.*",
            r"/etc/(?:passwd|shadow|group|gshadow|sudoers|doas\.conf|ld\.so\.preload|pam\.conf)-?",
            r"/etc/(?:sudoers\.d|pam\.d|security|update-motd\.d|xdg/autostart|modules-load\.d|udev/rules\.d)(?:/.*)?",
            r"/etc/(?:apt/apt\.conf\.d|logrotate\.d)(?:/.*)?",
            r"/etc/(?:bash\.bashrc|bashrc|zsh/.*|environment|ssh/.*)",
            r"(?:/usr)?/lib/[^/]+/security/.*",
            _HOME + r"/\.(?:ssh(?:/.*)?|bashrc|bash_profile|bash_login|bash_logout|profile|zshrc|zprofile|forward|rhosts)",
            _HOME + r"/\.config/(?:autostart|systemd)(?:/.*)?",
            r"(?:/usr)?/lib/python[^/]*/(?:site|dist)-packages/[^/]*\.pth",
            r".*/\.git/hooks/.*",
        ),
    ),
    (
        SECRET,
        _any(
            r"/etc/(?:shadow|gshadow)-?",
            r"/etc/ssh/ssh_host_.*_key",
            r"/etc/ssl/private/.*",
            r"/etc/kubernetes/.*\.(?:conf|key)",
            r"/(?:var/)?run/secrets/.*",
            r"/proc/(?:\*|\d+|self)/(?:environ|mem)",
            _HOME + r"/\.(?:ssh/(?!known_hosts).*|aws/.*|kube/.*|gnupg/.*|azure/.*|config/gcloud/.*|docker/config\.json)",
            _HOME + r"/\.(?:netrc|pgpass|my\.cnf|git-credentials|bash_history|npmrc|pypirc|vault-token)",
            r".*/(?:id_(?:rsa|dsa|ecdsa|ed25519)|\.env(?:\.\w+)?|wp-config\.php|credentials(?:\.json)?)",
            r".*/secrets?\.(?:ya?ml|json|env)",
            r".*\.(?:key|p12|pfx|jks|keystore|kdbx)",
        ),
    ),
    (
        KERNEL,
        _any(
            r"/proc/sys(?:/.*)?",
            r"/proc/(?:sysrq-trigger|kcore|kallsyms|kmsg)",
            r"/sys/(?:kernel|module|firmware|fs/bpf|fs/cgroup)(?:/.*)?",
            r".*/release_agent",
            r"/dev/(?:mem|kmem|port|kmsg)",
            r"/lib/modules(?:/.*)?",
            r"/boot(?:/.*)?",
        ),
    ),
    (OTHERS, _any(r"/proc/(?:\*|\d+)(?:/.*)?", r"/proc/(?:self|thread-self)/root(?:/.*)?")),
    (TEMPORARY, _any(r"/(?:var/)?tmp(?:/.*)?", r"/dev/(?:shm|mqueue)(?:/.*)?", r"/(?:var/)?run/(?:lock|shm|user)(?:/.*)?")),
    (DEVICE, _any(r"/dev/.*")),
    (
        WEB,
        _any(
            r"/(?:var/www|usr/share/nginx/html|usr/local/apache2/htdocs|srv/www|srv/http)(?:/.*)?",
            r".*/(?:public_html|htdocs|wwwroot|webapps)(?:/.*)?",
        ),
    ),
    (SETTINGS, _any(r"/(?:usr/local/)?etc(?:/.*)?")),
    (
        PROGRAMS,
        _any(r"/(?:usr|bin|sbin|lib\w*)(?:/.*)?", r"/opt/[^/]+/(?:bin|lib)(?:/.*)?"),
    ),
    (LOGS, _any(r"/var/log(?:/.*)?", r".*/logs?/[^/]*", r"/var/(?:run/utmp|lib/lastlog)")),
    (HOME, _any(r"/(?:root|home)(?:/.*)?")),
    (RUN, _any(r"/(?:var/)?run(?:/.*)?")),
    (DATA, _any(r"/var/(?:lib|cache|spool|opt|backups|mail|local)(?:/.*)?", r"/(?:data|srv|mnt|media)(?:/.*)?")),
)
_CODE = re.compile(
    r".*\.(?:php\d?|phtml|phar|jspx?|war|aspx?|cgi|pl|py|pyc|pth|rb|sh|bash|so(?:\.[\d*]+)*|ko|elf|bin|js|mjs|lua|class|jar|htaccess)"
)
_SECRET = dict(_PLACES)[SECRET]
_LIBRARY = re.compile(r"/(?:usr/)?(?:local/)?lib\w*/.*")


@functools.lru_cache(maxsize=16384)
def place(path: str) -> str:
    """The kind of place: the first that fits, most telling first; ELSEWHERE if none does (an application's own folder)."""
    return next((kind for kind, pattern in _PLACES if pattern.fullmatch(path)), ELSEWHERE)


@functools.lru_cache(maxsize=16384)
def secret(path: str) -> bool:
    """Whether it holds what gives access, whatever else the place is."""
    return _SECRET.fullmatch(path) is not None


def code(path: str) -> bool:
    """Whether something would run it, by its ending."""
    return _CODE.fullmatch(path) is not None


def script(path: str) -> bool:
    """Whether somebody wrote it to be run, by its ending. Not what programs make for themselves, or what is as often data."""
    return code(path) and not path.endswith((".pyc", ".class", ".bin", "*"))


_MAKES = ("rename ", "link ", "symlink ", "chmod ", "/")


def overreaches(pattern: str, value: str, *, promised: bool = False) -> bool:
    """Whether a pattern of all files of a folder is taken for a script there: that there are other files explains none. Also of
    values with a verb before the path; taking a script away is not meant. All that lies below a folder is meant by '**' if it
    was seen; if it was only `promised`, nobody thought of scripts."""
    if not script(value) or not value.startswith(_MAKES):
        return False
    last = pattern[pattern.rfind("/") + 1 :]
    return "*" in last and (last != "**" or promised) and not code(pattern)


def writable(path: str) -> bool:
    """A place from which no image runs programs: everybody may write there, or it has no file at all."""
    return path.startswith(("/memfd:", "memfd:", "/proc/")) or place(path) in (TEMPORARY, RUN)


def library_folder(path: str) -> bool:
    """Where a system keeps its libraries."""
    return _LIBRARY.fullmatch(path) is not None


def folder(path: str) -> str:
    """All before the last slash, with it."""
    return path[: path.rfind("/") + 1]
