"""The file system that layers add up to: entries in order, whiteouts, opaque folders, links. Holds no contents.

Rules: image-spec v1.1, layer.md, "Whiteouts" and "Changeset". Files that are neither executable nor special share
one node for each layer, so that a million of them cost little more than their names.
"""

from __future__ import annotations

from collections.abc import Iterator

from periderm.model.image import OPAQUE, WHITEOUT, FileType, LayerEntry

_MOST_LINKS = 40  # as Linux: MAXSYMLINKS in include/linux/namei.h
_SPECIAL = 0o6111  # executable by anyone, set-uid or set-gid


class Node:
    """A file or, with `children`, a folder. `layer` is the number of the layer that brought it."""

    __slots__ = ("children", "layer", "link", "mode", "opaque", "sha256", "size")

    def __init__(self, layer: int, mode: int = 0, size: int = 0, link: str | None = None) -> None:
        self.layer = layer
        self.mode = mode
        self.size = size
        self.link = link  # of a symbolic link
        self.sha256 = ""
        self.children: dict[str, Node] | None = None
        self.opaque = -1  # the layer that last hid what was below


def folder(layer: int) -> Node:
    """An empty folder."""
    node = Node(layer)
    node.children = {}
    return node


class View:
    """Feed entries layer by layer; then ask. Not a file system: it never touches one."""

    def __init__(self, deepest: int = 256) -> None:
        self.root = folder(-1)
        self.files = 0  # entries placed, all layers together
        self._deepest = deepest
        self._layer = -1
        self._plain = Node(-1)
        self._folders: dict[str, Node] = {}

    def begin_layer(self) -> int:
        """The next layer; returns its number."""
        self._layer += 1
        self._plain = Node(self._layer)
        self._folders = {"": self.root}
        return self._layer

    def place(self, entry: LayerEntry) -> tuple[Node | None, str]:
        """Applies one entry. Returns its node, or None with '', 'whiteout', 'deep' or 'nowhere' as the reason."""
        path = entry.path
        if not path:
            return None, ""
        parent_path, _, name = path.rpartition("/")
        if path.count("/") >= self._deepest:
            return None, "deep"
        parent = self._folders.get(parent_path)
        if parent is None:
            parent = self._folders[parent_path] = self._make(parent_path)
        if name.startswith(WHITEOUT):
            self._hide(parent, name)
            return None, "whiteout"
        self.files += 1
        children = parent.children
        assert children is not None  # noqa: S101 -- _make returns folders only; this tells mypy
        old = children.get(name)
        if entry.type is FileType.DIRECTORY:
            if old is None or old.children is None:
                old = children[name] = folder(self._layer)
                self._folders[path] = old
            old.layer = self._layer
            return old, ""
        node = self._file(entry)
        if node is None:
            return None, "nowhere"
        if old is not None and old.children is not None:
            self._folders = {"": self.root}  # a folder vanished: forget what lay below
        children[name] = node
        return node, ""

    def _file(self, entry: LayerEntry) -> Node | None:
        """The node of an entry that is no folder; None for a hard link to nothing."""
        if entry.type is FileType.REGULAR and entry.mode & _SPECIAL:
            return Node(self._layer, entry.mode, entry.size)
        if entry.type is FileType.SYMLINK:
            return Node(self._layer, link=entry.link)
        if entry.type is not FileType.HARDLINK:
            return self._plain
        return self._hard_link(entry)

    def _hard_link(self, entry: LayerEntry) -> Node | None:
        """A second name of a file. Runtimes give the file the mode of the link's header (containers/storage,
        pkg/archive, handleLChmod), so a link can make a plain file executable; its content was not hashed then."""
        target = self.find(entry.link)
        if target is None or target.children is not None:
            return None
        if target.link is not None:
            return Node(self._layer, link=target.link)
        if target is self._plain and not entry.mode & _SPECIAL:
            return target
        if target is self._plain or target.layer != self._layer:
            node = Node(self._layer, entry.mode, target.size)
            node.sha256 = target.sha256
            if target is self._plain:
                self._replace(entry.link, node)
            return node
        target.mode = entry.mode
        return target

    def _replace(self, path: str, node: Node) -> None:
        parent_path, _, name = path.rpartition("/")
        parent = self._folders.get(parent_path) or self._walk(self.root, parent_path.split("/") if parent_path else [])[0]
        if parent is not None and parent.children is not None:
            parent.children[name] = node

    def _make(self, path: str) -> Node:
        """The folder at a path, made where it is missing. Symbolic links of this layer are followed inside the root,
        those of lower layers are replaced, as it is when a layer is unpacked into an overlay."""
        node = self.root
        for name in path.split("/"):
            children = node.children
            assert children is not None  # noqa: S101 -- only folders are walked; this tells mypy
            child = children.get(name)
            if child is not None and child.link is not None and child.layer == self._layer:
                child = self._target(node, child.link)
                if child is not None and child.children is not None:
                    node = child
                    continue
            if child is None or child.children is None:
                child = children[name] = folder(self._layer)
            node = child
        return node

    def _hide(self, parent: Node, name: str) -> None:
        """A whiteout hides what lower layers brought, whatever its place in the layer."""
        children = parent.children
        assert children is not None  # noqa: S101 -- as above
        if name == OPAQUE:
            self._prune(parent)
            return
        target = name[len(WHITEOUT) :]
        child = children.get(target)
        if child is None:
            return
        if child.children is not None:
            self._prune(child)
            if child.children or child.layer == self._layer:
                return
            self._folders = {"": self.root}
        if child.layer < self._layer:
            del children[target]

    def _prune(self, node: Node) -> None:
        """Removes all that lower layers brought below a folder; once a layer is enough."""
        if node.opaque == self._layer or node.children is None:
            return
        node.opaque = self._layer
        for name, child in list(node.children.items()):
            if child.children is not None:
                self._prune(child)
                if child.children:
                    continue
            if child.layer < self._layer:
                del node.children[name]
        self._folders = {"": self.root}

    def _target(self, start: Node, link: str) -> Node | None:
        """Where a symbolic link in the folder `start` leads; an upward one is taken from the root (good enough for
        links of one layer into itself, which are absolute or go down)."""
        base = self.root if link.startswith("/") or ".." in link.split("/") else start
        parts = [p for p in link.split("/") if p not in ("", ".", "..")]
        return self._walk(base, parts)[0]

    def _walk(self, base: Node, parts: list[str]) -> tuple[Node | None, list[str]]:
        """Follows names and links from a folder; the node and its canonical path if the base is the root."""
        todo = parts[::-1]
        trail: list[Node] = [base]
        names: list[str] = []
        links = 0
        while todo:
            name = todo.pop()
            if name == "..":
                if names:
                    names.pop()
                    trail.pop()
                continue
            children = trail[-1].children
            child = children.get(name) if children is not None else None
            if child is None:
                return None, []
            if child.link is not None:
                links += 1
                if links > _MOST_LINKS:
                    return None, []
                if child.link.startswith("/"):
                    trail, names = [self.root], []
                todo.extend(p for p in reversed(child.link.split("/")) if p not in ("", "."))
                if len(todo) > 4096:
                    return None, []
                continue
            trail.append(child)
            names.append(name)
        return trail[-1], names

    def find(self, path: str) -> Node | None:
        """The node at a path, its last name not followed if it is a link."""
        parent_path, _, name = path.rpartition("/")
        parent = self._folders.get(parent_path)
        if parent is None:
            parent = self._walk(self.root, parent_path.split("/") if parent_path else [])[0]
        if parent is None or parent.children is None:
            return None
        return parent.children.get(name)

    def canonical(self, path: str) -> str:
        """The path with every link in it resolved inside the root, '' if it leads nowhere."""
        node, names = self._walk(self.root, [p for p in path.split("/") if p not in ("", ".")])
        return "/".join(names) if node is not None else ""

    def executables(self) -> Iterator[tuple[str, Node]]:
        """Executable or set-uid regular files of the final file system, by path."""
        stack: list[tuple[str, Node]] = [("", self.root)]
        while stack:
            prefix, node = stack.pop()
            for name, child in (node.children or {}).items():
                if child.children is not None:
                    stack.append((f"{prefix}{name}/", child))
                elif child.link is None and child.mode & _SPECIAL:
                    yield prefix + name, child
