"""The file system that layers add up to."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.engines.image.view import View
from periderm.model.image import FileType, LayerEntry

X = 0o755


def entry(path: str, kind: FileType = FileType.REGULAR, mode: int = X, link: str = "") -> LayerEntry:
    """An entry."""
    return LayerEntry(path, kind, mode, 0, 0, 1, 0, link)


def view(*layers: list[LayerEntry]) -> View:
    """The view after layers."""
    seen = View()
    for layer in layers:
        seen.begin_layer()
        for item in layer:
            seen.place(item)
    return seen


def programs(*layers: list[LayerEntry]) -> list[str]:
    """Paths of executables after layers."""
    return sorted(path for path, _ in view(*layers).executables())


def test_whiteouts_hide_lower_layers_only() -> None:
    """A whiteout hides the file or folder below, and not what its own layer brings, in whatever order."""
    below = [entry("a"), entry("d/x"), entry("d/y")]
    assert programs(below, [entry(".wh.a"), entry("d/.wh.x")]) == ["d/y"]
    assert programs(below, [entry(".wh.d")]) == ["a"]
    assert programs(below, [entry(".wh.a"), entry("a")]) == programs(below, [entry("a"), entry(".wh.a")]) == ["a", "d/x", "d/y"]
    assert programs(below, [entry("d/new"), entry(".wh.d")]) == ["a", "d/new"]


def test_opaque_folders() -> None:
    """An opaque mark empties the folder of all that lies below, also deep, and keeps its own layer's, in any order."""
    below = [entry("d/x"), entry("d/e/y"), entry("o")]
    mark = entry("d/.wh..wh..opq")
    assert programs(below, [mark]) == ["o"]
    assert programs(below, [mark, entry("d/n")]) == programs(below, [entry("d/n"), mark]) == ["d/n", "o"]
    assert programs(below, [entry("d/e/z"), mark]) == ["d/e/z", "o"]


def test_kinds_replace_each_other() -> None:
    """A file replaces a folder with all in it; a folder replaces a file; a folder joins a folder."""
    assert programs([entry("a/b")], [entry("a")]) == ["a"]
    assert programs([entry("a")], [entry("a/b")]) == ["a/b"]
    assert programs([entry("a/b")], [entry("a", FileType.DIRECTORY), entry("a/c")]) == ["a/b", "a/c"]


def test_hard_links() -> None:
    """A hard link is the same file; one to nowhere, to itself or to a folder is no file."""
    seen = view([entry("a"), entry("l", FileType.HARDLINK, link="a")])
    assert programs([entry("a"), entry("l", FileType.HARDLINK, link="a")]) == ["a", "l"]
    assert seen.place(entry("n", FileType.HARDLINK, link="gone")) == (None, "nowhere")
    assert seen.place(entry("s", FileType.HARDLINK, link="s")) == (None, "nowhere")


def test_a_hard_link_sets_the_mode() -> None:
    """As when it is unpacked, the link's mode becomes the file's: a link can make a plain file a program, or end one."""
    plain, link = entry("a", mode=0o644), entry("l", FileType.HARDLINK, link="a")
    assert programs([plain, link]) == ["a", "l"]
    assert programs([entry("a"), entry("l", FileType.HARDLINK, mode=0o644, link="a")]) == []
    assert programs([entry("a")], [entry("l", FileType.HARDLINK, mode=0o755, link="a")]) == ["a", "l"]
    assert programs([plain], [entry("l", FileType.HARDLINK, mode=0o644, link="a")]) == []


def test_links_resolve_inside() -> None:
    """Links are resolved inside the root, upward ones stop at it, circles lead nowhere."""
    seen = view(
        [
            entry("usr/bin/sh"),
            entry("bin", FileType.SYMLINK, link="usr/bin"),
            entry("deep/up", FileType.SYMLINK, link="../../../usr"),
            entry("abs", FileType.SYMLINK, link="/usr/bin"),
            entry("x", FileType.SYMLINK, link="y"),
            entry("y", FileType.SYMLINK, link="x"),
            entry("self", FileType.SYMLINK, link="self/self"),
        ]
    )
    assert seen.canonical("bin/sh") == seen.canonical("deep/up/bin/sh") == seen.canonical("abs/sh") == "usr/bin/sh"
    assert [seen.canonical(p) for p in ("x", "self", "gone/x", "usr/bin/sh/x")] == [""] * 4


def test_entries_through_links() -> None:
    """A path through a link of its own layer goes where the link leads; through one of a lower layer it replaces it."""
    link = entry("bin", FileType.SYMLINK, link="usr/bin")
    assert programs([entry("usr/bin/a"), link, entry("bin/b")]) == ["usr/bin/a", "usr/bin/b"]
    assert programs([entry("usr/bin/a"), link], [entry("bin/b")]) == ["bin/b", "usr/bin/a"]


def test_depth_is_bounded() -> None:
    """Deeper than the limit is told and not placed."""
    seen = View(deepest=3)
    seen.begin_layer()
    assert seen.place(entry("a/b/c"))[1] == ""
    assert seen.place(entry("a/b/c/d")) == (None, "deep")


segments = st.sampled_from(["a", "b", "c"])
paths = st.lists(segments, min_size=1, max_size=3).map("/".join)
one = st.tuples(paths, st.sampled_from(["file", "folder", "whiteout", "opaque"]))


def apply(root: Path, layer: list[tuple[str, str]]) -> None:
    """What unpacking a layer over lower ones does, with a real folder: first the deletions, then the files."""
    import shutil

    def remove(path: Path) -> None:
        if path.is_dir():
            shutil.rmtree(path)
        elif path.exists():
            path.unlink()

    for path, kind in layer:
        target = root / path
        if kind == "whiteout":
            remove(target)
        elif kind == "opaque" and target.is_dir():
            for child in list(target.iterdir()):
                remove(child)
    for path, kind in layer:
        target = root / path
        if kind in ("whiteout", "opaque"):
            continue
        for parent in reversed(target.parents):
            if root in parent.parents and not parent.is_dir():
                remove(parent)
                parent.mkdir()
        if kind == "folder":
            if not target.is_dir():
                remove(target)
                target.mkdir()
        else:
            remove(target)
            target.write_bytes(b"x")


@settings(max_examples=120, deadline=None)
@given(layers=st.lists(st.lists(one, max_size=5), min_size=1, max_size=3))
def test_as_unpacked_into_a_folder(layers: list[list[tuple[str, str]]], tmp_path_factory: object) -> None:
    """Random layers give the same files as a real folder into which they are unpacked (deletions before additions,
    parents of a deletion that are no folders left out of the comparison)."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        made = []
        for layer in layers:
            # A deletion below something that is a file, or both deleted and made, is not what a builder writes.
            written = {p for p, k in layer if k in ("file", "folder")}
            clean = []
            for path, kind in layer:
                if kind in ("whiteout", "opaque"):
                    below = path if kind == "opaque" else os.path.dirname(path)
                    if below and not (root / below).is_dir():
                        continue
                    if any(w == path or path.startswith(w + "/") or w.startswith(path + "/") for w in written):
                        continue
                clean.append((path, kind))
            apply(root, clean)
            entries = []
            for path, kind in clean:
                head, _, tail = path.rpartition("/")
                if kind == "whiteout":
                    entries.append(entry(f"{head}/.wh.{tail}" if head else f".wh.{tail}"))
                elif kind == "opaque":
                    entries.append(entry(f"{path}/.wh..wh..opq"))
                else:
                    entries.append(entry(path, FileType.DIRECTORY if kind == "folder" else FileType.REGULAR))
            made.append(entries)
        truth = sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file())
    assert programs(*made) == truth


def test_python_reads_the_same_tar() -> None:
    """The last of several entries with one name counts, as Python's extractor has it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for mode in (0o644, X):
            info = tarfile.TarInfo("a")
            info.mode = mode
            archive.addfile(info)
    out.seek(0)
    with tarfile.open(fileobj=out) as archive:
        last = archive.getmember("a").mode
    assert [n.mode for _, n in view([entry("a", mode=0o644), entry("a", mode=last)]).executables()] == [X]
