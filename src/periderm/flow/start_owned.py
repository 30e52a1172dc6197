"""Which folders belong to a program: those in which its package, and the packages that it needs, keep files that nobody else
keeps there. Folders that all packages share are never among them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from periderm.flow.start_places import Places
from periderm.model.image import Package

_MOST_PACKAGES = 40  # that one program needs, its own first
_MOST_FOLDERS = 60  # of one program
# A file's own folder is the first name below one of these; what lies directly in them is named file by file.
_SHARED = re.compile(
    r"(?:usr/(?:local/)?)?(?:s?bin|lib(?:32|64|x32)?|libexec|share|etc|include|src|games)(?:/[^/]*-linux-[^/]*)?/"
    r"|etc/|opt/|srv/|var/(?:lib|cache|log|spool|www|opt|run|lock)/|run/"
)
# Folders that many packages put their files into, below the ones above: of no single one.
_WORDS = """doc man info locale lintian bug doc-base menu applications icons pixmaps zsh bash-completion fish vim emacs systemd
init.d default cron.d cron.daily cron.weekly cron.hourly cron.monthly logrotate.d pam.d profile.d sudoers.d apparmor.d
ld.so.conf.d tmpfiles.d sysusers.d modprobe.d udev alternatives dpkg apt perl-base security pkgconfig girepository-1.0 metainfo
polkit-1 dbus-1 insserv.conf.d rc0.d rc1.d rc2.d rc3.d rc4.d rc5.d rc6.d rcS.d ssl ca-certificates"""
_COMMON = frozenset(_WORDS.split())
_EVERYBODYS = frozenset(
    ("debconf", "debianutils", "base-files", "adduser", "perl-base", "dpkg", "iproute2", "init-system-helpers")
)
_UNPACKAGED = ("lib", "lib64", "share", "libexec", "etc")


def owned_folders(programs: Mapping[str, str], places: Places, packages: Sequence[Package]) -> dict[str, tuple[str, ...]]:
    """{program: folders and files, absolute, '/**' behind a folder}. `programs` maps a program's name to the file that runs."""
    by_name = {package.name: package for package in packages if package.files and not package.owner}
    of_package: dict[str, tuple[str, ...]] = {}
    found: dict[str, tuple[str, ...]] = {}
    for program, file in programs.items():
        owner = places.owner(file.lstrip("/"))
        folders: dict[str, None] = {}
        for name in _needed(owner, by_name) if owner else ():
            if name not in of_package:
                of_package[name] = _folders(by_name[name].files)
            folders.update(dict.fromkeys(of_package[name]))
        if not owner:
            folders.update(dict.fromkeys(_beside(file, places)))
        if folders:
            found[program] = tuple(folders)[:_MOST_FOLDERS]
    return found


def _needed(name: str, by_name: Mapping[str, Package]) -> list[str]:
    """A package and what it needs directly, and of both the siblings from one source that they need in turn (python3 needs
    python3.11 needs libpython3.11-stdlib); those of its own source first. What all the system needs is nobody's own."""
    own = by_name[name].source if name in by_name else ""
    found: list[str] = []
    waiting = [(name, 0)]
    while waiting and len(found) < _MOST_PACKAGES:
        one, away = waiting.pop(0)
        package = by_name.get(one)
        if package is None or one in found or (one in _EVERYBODYS and one != name):
            continue
        found.append(one)
        for other in package.dependencies:
            sibling = other in by_name and by_name[other].source == package.source and package.source != ""
            if sibling or away == 0:
                waiting.append((other, away if sibling else away + 1))
    return sorted(found, key=lambda each: by_name[each].source != own)


def _folders(files: Sequence[str]) -> tuple[str, ...]:
    """The private folders of a package's files."""
    found: dict[str, None] = {}
    for path in files:
        shared = _SHARED.match(path)
        if shared is None:
            continue
        first, slash, _ = path[shared.end() :].partition("/")
        if slash and first not in _COMMON:
            found[f"/{shared[0]}{first}/**"] = None
    return tuple(found)


def _beside(file: str, places: Places) -> list[str]:
    """For a program that no package brought: what lies beside it under its own name (/usr/local/lib/python3.11), and its own
    folder where that is not one of the system's."""
    folder, _, name = file.lstrip("/").rpartition("/")
    prefix, _, last = folder.rpartition("/")
    if last not in ("bin", "sbin"):
        return [] if _SHARED.match(folder + "/") and folder.count("/") < 2 else [f"/{folder}/**"] if folder.count("/") else []
    if prefix.startswith("opt/"):
        return [f"/{prefix}/**"]
    stem = re.match(r"[a-z]+", name)
    short = stem[0] if stem is not None else name
    return [
        f"/{prefix}/{kind}/{child}/**"
        for kind in _UNPACKAGED
        for child in places.children(f"{prefix}/{kind}")
        if len(short) > 2 and child.startswith(short)
    ][:10]
