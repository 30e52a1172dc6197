"""Packages of an image, put together from what files told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from periderm.engines.image.view import View
from periderm.flow.layer_facts import LayerFacts, ReadFile
from periderm.flow.packages import Composed, Packages, steps
from periderm.model.image import FileType, History, ImageConfig, LayerEntry, Origin, OsRelease, Package
from periderm.model.limits import ScanLimits
from periderm.model.package_format import FileFacts, Licensed, Owned, Vouched

STATUS = "var/lib/dpkg/status"
Files = Mapping[str, FileFacts | None]


def deb(name: str, version: str = "1", **fields: object) -> Package:
    """A distribution's package as its database tells it."""
    return Package(name=name, version=version, type="deb", purl="", path=STATUS, **fields)  # type: ignore[arg-type]


def pypi(name: str, path: str, **fields: object) -> Package:
    """A language's package."""
    return Package(name=name, version="1", type="pypi", purl=f"pkg:pypi/{name}@1", path=path, **fields)  # type: ignore[arg-type]


def compose(
    layers: Sequence[Files], limits: ScanLimits | None = None, links: Mapping[str, str] | None = None, declared: bool = False
) -> tuple[Composed, Packages]:
    """Layers of files, each with what it told; `links` are symbolic links of the first layer."""
    view = View()
    packages = Packages(view, limits or ScanLimits())
    for number, files in enumerate(layers):
        view.begin_layer()
        entries = [LayerEntry(p, FileType.SYMLINK, 0o777, 0, 0, 0, 0, t) for p, t in (links or {}).items() if not number]
        entries += [LayerEntry(path, FileType.REGULAR, 0o644, 0, 0, 1, 0) for path in files]
        for entry in entries:
            view.place(entry)
        first = len(entries) - len(files)
        told = [ReadFile(first + i, "f", declared, facts) for i, facts in enumerate(files.values()) if facts]
        packages.add(number, LayerFacts(0, entries, tuple(told)))
    names = [f"sha256:{n}" for n in range(len(layers))]
    return packages.compose(names, [f"step {n}" for n in range(len(layers))]), packages


def test_which_layer_brought_what() -> None:
    """A package belongs to the first layer whose database lists that version; an upgrade to the layer that made it."""
    first = FileFacts(packages=(deb("bash"), deb("libc6")))
    second = FileFacts(packages=(deb("bash"), deb("libc6", "2"), deb("new")))
    found, _ = compose([{STATUS: first}, {STATUS: second}, {STATUS: second}])
    assert {p.name: (p.layer, p.created_by) for p in found.packages} == {
        "bash": ("sha256:0", "step 0"),
        "libc6": ("sha256:1", "step 1"),
        "new": ("sha256:1", "step 1"),
    }


def test_removed_and_brought_again() -> None:
    """What was gone for a while belongs to the layer that brought it back."""
    both, one = FileFacts(packages=(deb("a"), deb("b"))), FileFacts(packages=(deb("a"),))
    found, _ = compose([{STATUS: both}, {STATUS: one}, {STATUS: both}])
    assert {p.name: p.layer for p in found.packages} == {"a": "sha256:0", "b": "sha256:2"}


def test_only_what_is_still_there() -> None:
    """A whiteout hides what a file told, and a replaced file tells nothing any more."""
    facts = FileFacts(packages=(pypi("x", "app/METADATA"),))
    assert len(compose([{"app/METADATA": facts}])[0].packages) == 1
    assert compose([{"app/METADATA": facts}, {"app/.wh.METADATA": None}])[0].packages == ()
    assert compose([{"app/METADATA": facts}, {".wh.app": None}])[0].packages == ()
    assert compose([{"app/METADATA": facts}, {"app/.wh..wh..opq": None}])[0].packages == ()
    assert compose([{"app/METADATA": facts}, {"app/METADATA": None}])[0].packages == ()


def test_the_distribution_names_itself() -> None:
    """etc/os-release comes before usr/lib's; the package URL is the final distribution's."""
    files: Files = {
        "usr/lib/os-release": FileFacts(os=OsRelease("ubuntu", "24.04")),
        "etc/os-release": FileFacts(os=OsRelease("debian", "12")),
        STATUS: FileFacts(packages=(deb("bash", architecture="amd64"),)),
    }
    found, _ = compose([files])
    assert found.os.id == "debian"
    assert found.packages[0].purl == "pkg:deb/debian/bash@1?arch=amd64&distro=debian-12"
    assert compose([files, {"etc/.wh.os-release": None}])[0].os.id == "ubuntu"


def test_files_licences_and_owners() -> None:
    """Lists of other files are joined by key, through the merged /bin too; what a distribution owns names its owner."""
    info = "usr/lib/python3/dist-packages/yaml.dist-info/METADATA"
    files: Files = {
        STATUS: FileFacts(packages=(deb("python3-yaml"), deb("bash", architecture="amd64"))),
        "l1": FileFacts(owned=(Owned("deb:python3-yaml", (info, "usr/lib/python3/yaml.py")),)),
        "l2": FileFacts(owned=(Owned("deb:bash:amd64", ("bin/bash",)),), licensed=(Licensed("deb:bash", "GPL-3.0-or-later"),)),
        info: FileFacts(packages=(pypi("pyyaml", info),), owned=(Owned("path:" + info.rpartition("/")[0], ("x/y.py",)),)),
        "usr/bin/bash": None,
        "x/y.py": None,
    }
    found, _ = compose([files], links={"bin": "usr/bin"})
    by_name = {p.name: p for p in found.packages}
    assert by_name["pyyaml"].owner == "deb:python3-yaml"
    assert by_name["pyyaml"].files == ("x/y.py",)
    assert by_name["bash"].licence == "GPL-3.0-or-later"
    assert by_name["bash"].files == ("bin/bash",)
    assert found.owners["usr/bin/bash"] == "deb:bash"
    assert all(p.on_disk for p in found.packages)


def test_a_recognised_program_is_one_for_its_folder() -> None:
    """Its executable, its library and the file that names its release tell the same; another installation is another."""

    def told(path: str) -> FileFacts:
        name = "openjdk" if path.startswith("opt") else "x"
        purl = f"pkg:generic/{name}@1"
        one = Package(name=name, version="1", type="generic", purl=purl, path=path, origin=Origin.RECOGNISED)
        return FileFacts(packages=(one,))

    paths = ("opt/a/bin/java", "opt/a/release", "opt/b/release", "usr/lib/x86_64-linux-gnu/libx.so", "usr/bin/x")
    files: Files = {path: told(path) for path in paths}
    found, _ = compose([files])
    assert [(p.name, p.path) for p in found.packages] == [
        ("openjdk", "opt/a/bin/java"),
        ("openjdk", "opt/b/release"),
        ("x", "usr/lib/x86_64-linux-gnu/libx.so"),
    ]


def test_a_shared_folder_of_documents() -> None:
    """libgcc-s1 has no copyright file of its own: its folder is a link to another package's."""
    files: Files = {
        STATUS: FileFacts(packages=(deb("libgcc-s1"), deb("gcc-12-base"), deb("alone"))),
        "usr/share/doc/gcc-12-base/copyright": FileFacts(licensed=(Licensed("deb:gcc-12-base", "GPL-3.0-or-later"),)),
    }
    found, _ = compose([files], links={"usr/share/doc/libgcc-s1": "gcc-12-base", "usr/share/doc/alone": "/nowhere"})
    assert {p.name: p.licence for p in found.packages} == {
        "libgcc-s1": "GPL-3.0-or-later",
        "gcc-12-base": "GPL-3.0-or-later",
        "alone": "",
    }


def test_what_a_conda_package_brought() -> None:
    """Many packages have their records in one folder, so that each owns its files by its own name."""
    info, record = "opt/lib/numpy.dist-info/METADATA", "opt/conda-meta/numpy-1.json"
    numpy = Package(name="numpy", version="1", type="conda", purl="pkg:conda/numpy@1", path=record)
    files: Files = {
        record: FileFacts(packages=(numpy,), owned=(Owned("conda:numpy", (info,)),)),
        info: FileFacts(packages=(pypi("numpy", info),)),
    }
    found, _ = compose([files])
    by_type = {p.type: p for p in found.packages}
    assert by_type["conda"].files == (info,)
    assert by_type["pypi"].owner == "conda:numpy"


@pytest.mark.parametrize(
    ("listed", "there"),
    [
        (("usr/bin", "usr/bin/gone"), False),
        (("usr/bin", "usr/bin/kept", "usr/bin/gone"), True),
        (("usr/share/doc/x/copyright",), True),  # a package of documents only: minimal images leave those out
        (("usr", "usr/bin"), True),  # folders alone say nothing
    ],
)
def test_what_is_only_listed(listed: tuple[str, ...], there: bool) -> None:
    """A package none of whose files is left is told so."""
    files: Files = {
        STATUS: FileFacts(packages=(deb("x"),)),
        "l": FileFacts(owned=(Owned("deb:x", listed),)),
        "usr/bin/kept": None,
    }
    assert compose([files])[0].packages[0].on_disk is there


def test_what_is_owned_need_not_be_recognised() -> None:
    """A program that is known by its bytes only counts where no distribution's package brought it."""
    facts = FileFacts(packages=(pypi("bash", "usr/bin/bash", origin=Origin.RECOGNISED),))
    files: Files = {"usr/bin/bash": facts, "l": FileFacts(owned=(Owned("deb:bash", ("bin/bash",)),))}
    assert compose([files], links={"bin": "usr/bin"})[0].packages == ()
    assert len(compose([{"usr/bin/bash": facts}])[0].packages) == 1


def test_the_better_witness() -> None:
    """Where a format's better file lies beside it, it is not asked; elsewhere it is."""
    view = View()
    packages = Packages(view, ScanLimits(), {"sum": "go.mod"})
    view.begin_layer()
    paths = ("a/go.sum", "a/go.mod", "b/go.sum", "go.sum")
    entries = [LayerEntry(path, FileType.REGULAR, 0o644, 0, 0, 1, 0) for path in paths]
    for entry in entries:
        view.place(entry)
    told = [
        ReadFile(i, "sum", True, FileFacts(packages=(pypi("x", e.path),)))
        for i, e in enumerate(entries)
        if e.path.endswith("sum")
    ]
    packages.add(0, LayerFacts(0, entries, tuple(told)))
    assert [p.path for p in packages.compose(["sha256:0"], [""]).packages] == ["b/go.sum", "go.sum"]


def test_twice_told_is_once() -> None:
    """One file's repetition is one package, another place is another; a distribution's package is one in any file."""
    twice = FileFacts(packages=(pypi("x", "a"), pypi("x", "a")))
    files: Files = {"a": twice, "b": FileFacts(packages=(pypi("x", "b"),))}
    assert [p.path for p in compose([files])[0].packages] == ["a", "b"]
    listed: Files = {STATUS: FileFacts(packages=(deb("x"),)), "var/lib/dpkg/status.d/x": FileFacts(packages=(deb("x"),))}
    assert len(compose([listed])[0].packages) == 1


def test_a_lock_file_only_declares() -> None:
    """What a lock file in an image names is declared, whatever its reader thinks."""
    found, _ = compose([{"a": FileFacts(packages=(pypi("x", "a"),))}], declared=True)
    assert found.packages[0].origin is Origin.DECLARED


def test_what_packages_say_of_contents() -> None:
    """By the path that the final file system shows, of the last database alone; two packages may bring one file."""
    old = FileFacts(vouched=(Vouched("a", {"bin/a": "0", "bin/gone": "0"}),))
    new = FileFacts(vouched=(Vouched("a", {"bin/a": "1"}), Vouched("a32", {"usr/bin/a": "2"})))
    found, _ = compose([{STATUS: old}, {STATUS: new}, {"usr/bin/a": None}], links={"bin": "usr/bin"})
    assert found.vouched == {"usr/bin/a": {"1": "a", "2": "a32"}}


def test_limits_are_said() -> None:
    """Packages and files beyond the limits are left out, and that is told."""
    files: Files = {
        "a": FileFacts(packages=tuple(pypi(f"x{i}", "a") for i in range(5))),
        "b": FileFacts(owned=(Owned("deb:x", ("1", "2", "3")),)),
    }
    found, packages = compose([files], ScanLimits(packages=3, owned=2))
    assert len(found.packages) == 3
    assert set(found.owners) == {"1", "2"}
    assert [m.en.split()[0] for m in packages.missed] == ["1", "2"]


def test_steps_of_the_build() -> None:
    """Empty layers have no step; a history that does not fit the layers is not believed."""
    config = ImageConfig(history=(History("FROM"), History("ENV x", empty_layer=True), History("COPY")))
    assert steps(config, 2) == ("FROM", "COPY")
    assert steps(config, 3) == ("", "", "")


def test_names_that_are_no_text() -> None:
    """Bytes of names that are not UTF-8 never leave as such."""
    files: Files = {STATUS: FileFacts(packages=(deb("x"),)), "l": FileFacts(owned=(Owned("deb:x", ("caf\udce9",)),))}
    assert compose([files])[0].packages[0].files == ("caf\\xe9",)
