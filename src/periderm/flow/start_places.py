"""Where things lie in an image's final file system: programs on the search path, libraries, links, patterns. Says nothing of
what they do."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping, Sequence

from periderm.engines.image.view import View
from periderm.model.image import ImageConfig

_PATH = ("usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin")
_LIBRARIES = ("usr/local/lib", "lib64", "usr/lib64", "lib", "usr/lib")
_MOST_LINKS = 1_000
_MOST_MATCHES = 20
_MOST_LOOKED = 20_000  # files below one folder
_SETTLED = {"/var/run": "/run", "/var/lock": "/run/lock"}


class Places:
    """`executables` are {path: owning package, '' none} of the final file system."""

    def __init__(self, view: View, config: ImageConfig, executables: Mapping[str, str]) -> None:
        self.executables = executables
        self._view = view
        self._heads: dict[str, str] = {}
        self._folder = config.working_directory.strip("/")
        told = next((v.partition("=")[2] for v in config.environment if v.startswith("PATH=")), "")
        folders = [part.strip("/") for part in told.split(":")[:40] if part] or list(_PATH)
        self._folders = tuple(folder for folder in folders if self.canonical(folder))
        self.path = tuple(dict.fromkeys(map(self.canonical, self._folders)))
        self._by_name: dict[str, list[str]] = {}
        for path in executables:
            self._by_name.setdefault(path.rpartition("/")[2], []).append(path)
        self._default = self._library_folders()
        self._known: dict[str, str] = {}

    def canonical(self, path: str) -> str:
        """With every link resolved; '' if it leads nowhere."""
        return self._view.canonical(path)

    def real(self, path: str) -> str:
        """A path with the links of its folders resolved, and then its own; '' if there is nothing."""
        head, _, name = path.rpartition("/")
        folder = self._heads.get(head)
        if folder is None:
            folder = self._heads[head] = self.canonical(head) if head else ""
        if head and not folder:
            return ""
        whole = f"{folder}/{name}" if folder else name
        node = self._view.find(whole)
        if node is None:
            return ""
        return self.canonical(whole) if node.link is not None else whole

    def resolve(self, word: str, folder: str) -> list[str]:
        """The files that a command's first word may name: one, unless it is a pattern."""
        if "*" in word:
            return self._matching(word)
        if "/" in word:
            place = word.lstrip("/") if word.startswith("/") else "/".join(filter(None, (folder or self._folder, word)))
            found = self.canonical(place)
            return [found] if found in self.executables else []
        for folder_of in self.path:
            node = self._view.find(f"{folder_of}/{word}")
            if node is not None and (found := self.canonical(f"{folder_of}/{word}")) in self.executables:
                return [found]
        return []

    def called(self, word: str, found: str) -> str:
        """The path by which the kernel is asked for the file that a command's first word named: links are not resolved."""
        if "*" in word:
            return f"/{found}"
        if "/" in word:
            return word if word.startswith("/") else f"/{found}"
        return next((f"/{f}/{word}" for f in self._folders if self._view.find(f"{self.canonical(f)}/{word}")), f"/{found}")

    def _matching(self, word: str) -> list[str]:
        name = word.rpartition("/")[2]
        if word.count("*") > 4 or not word.startswith("/"):
            return []
        pool: Iterable[str] = self._by_name.get(name, ()) if "*" not in name else self.executables
        wanted = word.lstrip("/").split("/")
        found = []
        for path in pool:
            parts = path.split("/")
            if len(parts) == len(wanted) and all(map(fnmatch.fnmatchcase, parts, wanted)):
                found.append(path)
                if len(found) >= _MOST_MATCHES:
                    break
        return found

    def named(self, names: Sequence[str]) -> list[str]:
        """The executables of such base names, wherever they lie."""
        found: list[str] = []
        for name in names:
            several = [n for n in self._by_name if fnmatch.fnmatchcase(n, name)] if "*" in name else [name]
            found.extend(path for each in several for path in self._by_name.get(each, ()) if not path.startswith("etc/"))
        return found[:_MOST_MATCHES]

    def owner(self, path: str) -> str:
        """The package of an executable."""
        return self.executables.get(path, "")

    def executes(self, path: str) -> bool:
        """Whether it is an executable of the final file system."""
        return path in self.executables

    def enabled(self, path: str) -> bool:
        """Whether a file of settings counts: of Debian's `…-available` only what `…-enabled` links to."""
        head, _, name = path.rpartition("/")
        if not head.endswith("-available"):
            return True
        beside = head.removesuffix("-available") + "-enabled"
        if self._view.find(beside) is None:  # PHP links from elsewhere, with another name
            return True
        return self._view.find(f"{beside}/{name}") is not None

    def settled(self, value: str) -> str:
        """An absolute path (alone, or behind a word and a space) as the kernel tells it: links of its folders resolved as far
        as they are there."""
        word, space, path = value.rpartition(" ")
        return f"{word}{space}{self._settled(path)}" if path.startswith("/") else value

    def _settled(self, path: str) -> str:
        for old, new in _SETTLED.items():
            if path.startswith(old + "/"):
                return new + path[len(old) :]
        head, _, name = path.partition("*")[0].rpartition("/")
        real = self.canonical(head.lstrip("/")) if head else ""
        return f"/{real}/{name}{path[len(head) + 1 + len(name) :]}" if real else path

    def links(self) -> dict[str, str]:
        """{name or path of a link: the program} for all links on the search path."""
        found: dict[str, str] = {}
        for folder in self.path:
            node = self._view.find(folder)
            for name, child in sorted((node.children or {}).items()) if node is not None else ():
                if child.link is None or len(found) >= _MOST_LINKS:
                    continue
                program = self.canonical(f"{folder}/{name}")
                if program in self.executables:
                    found.setdefault(name, f"/{program}")
        return found

    def libraries(self, names: Iterable[str], paths: Sequence[str], of: str) -> list[str]:
        """The files that libraries' names lead to: the own search path of the file `of` first, then the system's."""
        own = of.rpartition("/")[0]
        folders = [
            self.canonical(told.replace("${ORIGIN}", "$ORIGIN").replace("$ORIGIN", f"/{own}").strip("/")) for told in paths
        ]
        found = []
        for name in names:
            if "/" in name:
                found.append(self.canonical(name.lstrip("/")))
                continue
            own_place = next((each for folder in filter(None, folders) if (each := self.canonical(f"{folder}/{name}"))), "")
            found.append(own_place or self._library(name))
        return [path for path in found if path]

    def _library(self, name: str) -> str:
        """In the system's folders; most libraries are asked for many times."""
        known = self._known.get(name)
        if known is None:
            places = (f"{folder}/{name}" for folder in self._default if self._view.find(f"{folder}/{name}") is not None)
            known = self._known[name] = self.canonical(next(places, "")) if name else ""
        return known

    def _library_folders(self) -> tuple[str, ...]:
        """The system's folders with those of the architecture, each once."""
        found: dict[str, None] = {}
        for folder in _LIBRARIES:
            node = self._view.find(real) if (real := self.canonical(folder)) else None
            if node is None or node.children is None:
                continue
            for name in sorted(node.children):
                if "-linux-" in name and node.children[name].children is not None:
                    found[f"{real}/{name}"] = None
            found[real] = None
        return tuple(found)

    def children(self, folder: str) -> tuple[str, ...]:
        """The names in a folder; () if it is none."""
        node = self._view.find(real) if (real := self.canonical(folder)) else None
        return tuple(node.children) if node is not None and node.children is not None else ()

    def below(self, folder: str, ending: str, most: int) -> list[str]:
        """The files below a folder whose names end so, with links of their folders resolved, in order; at most `most`."""
        real = self.canonical(folder.lstrip("/"))
        node = self._view.find(real) if real else None
        waiting = [(real, node)] if node is not None and node.children is not None else []
        found: list[str] = []
        looked = 0
        while waiting and looked < _MOST_LOOKED:
            path, at = waiting.pop()
            for name, child in (at.children or {}).items():
                looked += 1
                if child.children is not None:
                    waiting.append((f"{path}/{name}", child))
                elif child.link is None and name.endswith(ending):
                    found.append(f"{path}/{name}")
        return sorted(found)[:most]
