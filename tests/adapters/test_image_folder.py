"""Root file systems in folders."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from periderm.adapters.image_folder import DEEPEST, ImageFolder, Tree, folder_layer, kind_of, overlay_layer
from periderm.model.errors import FormatError, ImageSourceError
from periderm.model.image import FileType
from periderm.ports.image_source import TreeLayer


def walk(path: Path) -> tuple[dict[str, tuple[FileType, bytes]], tuple[str, ...]]:
    """({path: (type, content)}, what was missed) of a folder."""
    layer = folder_layer(Tree(str(path)), "")
    found = {i.entry.path: (i.entry.type, i.read() if i.entry.type is FileType.REGULAR else b"") for i in layer.entries()}
    return found, tuple(layer.missed())


def test_everything_is_listed(tmp_path: Path) -> None:
    """Files, folders, links, pipes and names that are not UTF-8, in a fixed order; links are not followed."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "passwd").write_bytes(b"root")
    (tmp_path / "out").symlink_to("/etc")
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "pipe")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")).write_bytes(b"x")
    found, missed = walk(tmp_path)
    assert list(found) == ["caf\udce9", "etc", "etc/passwd", "loop", "out", "pipe"]
    assert found["etc/passwd"] == (FileType.REGULAR, b"root")
    assert found["out"][0] is FileType.SYMLINK
    assert missed == ()


def test_exchange_is_noticed(tmp_path: Path) -> None:
    """A file that becomes a link between listing and reading is an error and not another file's content."""
    (tmp_path / "a").write_bytes(b"harmless")
    for item in Tree(str(tmp_path)).entries():
        (tmp_path / "a").unlink()
        (tmp_path / "a").symlink_to("/etc/passwd")
        with pytest.raises(FormatError, match="cannot be read"):
            item.read()
        (tmp_path / "b").write_bytes(b"another file")
        (tmp_path / "b").rename(tmp_path / "a")
        with pytest.raises(FormatError, match="exchanged"):
            item.read()


def test_depth_is_bounded(tmp_path: Path) -> None:
    """Folders nested deeper than the limit are said, and do not exhaust file descriptors."""
    path = tmp_path
    fd = os.open(path, os.O_RDONLY)
    for _ in range(DEEPEST + 20):
        os.mkdir("d", dir_fd=fd)
        below = os.open("d", os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = below
    os.close(fd)
    found, missed = walk(tmp_path)
    assert len(found) == DEEPEST
    assert "deeper" in missed[0]


def test_unreadable_is_counted() -> None:
    """What this user may not read is counted and said; root becomes nobody for it."""
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o755)  # noqa: S103 -- an empty folder that nobody must be able to enter
        os.mkdir(os.path.join(folder, "closed"), 0o700 if root else 0)
        if root:
            os.seteuid(65534)
        try:
            missed = walk(Path(folder))[1]
        finally:
            if root:
                os.seteuid(0)
    assert missed == ("1 entries could not be read, the first is closed.",)


@pytest.mark.root
def test_overlay_whiteouts(tmp_path: Path) -> None:
    """Devices 0/0 and opaque folders of an overlay become the whiteouts of the image specification."""
    (tmp_path / "d").mkdir()
    os.mknod(tmp_path / "d" / "gone", 0o20000, os.makedev(0, 0))
    (tmp_path / "o").mkdir()
    os.setxattr(tmp_path / "o", "trusted.overlay.opaque", b"y")
    layer = overlay_layer(str(tmp_path), "sha256:x")
    assert isinstance(layer, TreeLayer)
    assert [i.entry.path for i in layer.entries()] == ["d", "d/.wh.gone", "o", "o/.wh..wh..opq"]


def test_kinds(tmp_path: Path) -> None:
    """A file, a layout, a folder, nothing; an image of a folder has a digest of its path."""
    (tmp_path / "f").write_bytes(b"")
    (tmp_path / "l").mkdir()
    (tmp_path / "l" / "oci-layout").write_text("{}")
    assert [kind_of(str(tmp_path / n)) for n in ("f", "l", "", "none")] == ["archive", "layout", "folder", ""]
    with ImageFolder().open(str(tmp_path), "") as one, ImageFolder().open(str(tmp_path / "l"), "") as two:
        assert one.digest != two.digest
        assert one.source.startswith("folder:/")
    with pytest.raises(ImageSourceError), ImageFolder().open(str(tmp_path / "f"), ""):
        pass
