"""Which folders are a program's own."""

from __future__ import annotations

from collections.abc import Mapping

from periderm.engines.image.view import View
from periderm.flow.start_owned import owned_folders
from periderm.flow.start_places import Places
from periderm.model.image import FileType, ImageConfig, LayerEntry, Package


def package(name: str, *files: str, source: str = "", needs: tuple[str, ...] = ()) -> Package:
    """A package of Debian."""
    return Package(name=name, version="1", type="deb", purl="", source=source or name, files=files, dependencies=needs)


def places(executables: Mapping[str, str], *more: str) -> Places:
    """A file system with these executables and files."""
    view = View()
    view.begin_layer()
    for path in (*executables, *more):
        view.place(LayerEntry(path, FileType.REGULAR, 0o755 if path in executables else 0o644, 0, 0, 1, 0))
    return Places(view, ImageConfig(), executables)


def test_private_folders_of_a_package_and_its_siblings() -> None:
    """What its source brought at any distance, and what it needs directly; folders that all share are nobody's."""
    packages = [
        package("python3", "usr/bin/python3", source="python3-defaults", needs=("python3.11", "debconf")),
        package(
            "python3.11",
            "usr/bin/python3.11",
            "usr/share/doc/python3.11/x",
            source="python3.11",
            needs=("libpython3.11-stdlib",),
        ),
        package("libpython3.11-stdlib", "usr/lib/python3.11/os.py", "usr/lib/x86_64-linux-gnu/libx.so", source="python3.11"),
        package("debconf", "usr/share/debconf/x"),
    ]
    found = owned_folders({"P": "/usr/bin/python3"}, places({"usr/bin/python3": "python3"}), packages)
    assert found == {"P": ("/usr/lib/python3.11/**",)}


def test_a_program_that_no_package_brought() -> None:
    """What lies beside it under its own name, or its own folder; the system's folders never."""
    there = places(
        {"usr/local/bin/python3.11": "", "opt/app/bin/run": "", "usr/bin/x": ""},
        "usr/local/lib/python3.11/os.py",
        "usr/local/lib/other/x",
    )
    found = owned_folders({"A": "/usr/local/bin/python3.11", "B": "/opt/app/bin/run", "C": "/usr/bin/x"}, there, [])
    assert found == {"A": ("/usr/local/lib/python3.11/**",), "B": ("/opt/app/**",)}
