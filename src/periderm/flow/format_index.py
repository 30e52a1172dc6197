"""What each format of `catalogue.py` asks for, so that a scan loads a format when it meets a file of it: most images hold
few kinds. The list below is written by `tools/format_index.py` from the formats themselves, and says nothing of its own."""

from __future__ import annotations

import functools
import importlib

from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.text import Text

_UNTOLD = Text("", "")  # a scan shows no titles


@functools.cache
def _loaded(module: str) -> PackageFormat:
    one: PackageFormat = importlib.import_module("periderm.formats." + module).FORMAT
    return one


def _read(module: str, data: bytes, path: str) -> FileFacts:
    return _loaded(module).read(data, path)


def _accept(module: str, path: str) -> bool:
    accept = _loaded(module).accept
    return accept is None or accept(path)


def _later(
    module: str,
    id: str,
    *,
    paths: tuple[str, ...] = (),
    names: tuple[str, ...] = (),
    folders: tuple[str, ...] = (),
    suffixes: tuple[str, ...] = (),
    accepts: bool = False,
    unless: str = "",
    executables: bool = False,
    source_only: bool = False,
    most: int = 64 * MIB,
) -> PackageFormat:
    """The format with these fields, in `formats.MODULE`, which is loaded when it is asked."""
    return PackageFormat(
        id=id,
        title=_UNTOLD,
        read=functools.partial(_read, module),
        paths=paths,
        names=names,
        folders=folders,
        suffixes=suffixes,
        accept=functools.partial(_accept, module) if accepts else None,
        unless=unless,
        executables=executables,
        source_only=source_only,
        most=most,
    )


INDEX: tuple[PackageFormat, ...] = (
    _later("os_release", "os-release", paths=("etc/os-release", "usr/lib/os-release"), most=65536),
    _later(
        "dpkg", "dpkg", paths=("var/lib/dpkg/status",), folders=("var/lib/dpkg/status.d",), suffixes=(".list",), accepts=True
    ),
    _later("debian_copyright", "debian-copyright", names=("copyright",), most=16 * MIB, accepts=True),
    _later("chisel", "chisel", paths=("var/lib/chisel/manifest.wall",)),
    _later("apk", "apk", paths=("lib/apk/db/installed", "usr/lib/apk/db/installed")),
    _later(
        "rpm.sqlite",
        "rpm-sqlite",
        paths=(
            "var/lib/rpm/rpmdb.sqlite",
            "var/lib/rpm/rpmdb.sqlite-wal",
            "usr/lib/sysimage/rpm/rpmdb.sqlite",
            "usr/lib/sysimage/rpm/rpmdb.sqlite-wal",
            "usr/share/rpm/rpmdb.sqlite",
            "usr/share/rpm/rpmdb.sqlite-wal",
        ),
        most=256 * MIB,
    ),
    _later("rpm.ndb", "rpm-ndb", paths=("var/lib/rpm/Packages.db", "usr/lib/sysimage/rpm/Packages.db"), most=256 * MIB),
    _later(
        "rpm.bdb",
        "rpm-bdb",
        paths=("var/lib/rpm/Packages", "usr/lib/sysimage/rpm/Packages", "usr/share/rpm/Packages"),
        most=256 * MIB,
    ),
    _later("rpm.manifest", "rpm-manifest", paths=("var/lib/rpmmanifest/container-manifest-2",)),
    _later("binary.go", "go-binary", executables=True, most=512 * MIB),
    _later("binary.rust", "rust-binary", executables=True, most=512 * MIB),
    _later(
        "binary.recognised",
        "recognised",
        names=(
            "Drupal.php",
            "OTP_VERSION",
            "couch.app",
            "ejabberd.app",
            "elixir.app",
            "emqx.app",
            "node_version.h",
            "rabbit.app",
            "release",
            "version.php",
        ),
        executables=True,
        most=512 * MIB,
    ),
    _later("conda", "conda", suffixes=(".json",), accepts=True),
    _later("languages.bun_lock", "bun-lock", names=("bun.lock",), source_only=True, most=8 * MIB),
    _later("languages.cargo_lock", "cargo-lock", names=("Cargo.lock",), source_only=True, most=8 * MIB),
    _later("languages.composer", "composer", names=("composer.lock", "installed.json"), accepts=True),
    _later("languages.conan_lock", "conan-lock", names=("conan.lock",), source_only=True),
    _later("languages.dotnet_deps", "dotnet-deps", suffixes=(".json",), accepts=True),
    _later("languages.erlang_app", "erlang-app", suffixes=(".app",), most=4 * MIB, accepts=True),
    _later("languages.gemfile_lock", "gemfile-lock", names=("Gemfile.lock", "gems.locked"), source_only=True),
    _later("languages.gemspec", "ruby-gem", suffixes=(".gemspec",), most=4 * MIB, accepts=True),
    _later("languages.go_mod", "go-mod", names=("go.mod",), source_only=True),
    _later("languages.go_sum", "go-sum", names=("go.sum",), unless="go.mod", source_only=True),
    _later("languages.gradle_lock", "gradle-lock", suffixes=(".lockfile",), source_only=True, accepts=True),
    _later(
        "languages.java_archive",
        "java-archive",
        suffixes=(".jar", ".war", ".ear", ".aar", ".jpi", ".hpi", ".par", ".sar", ".rar", ".nar", ".kar"),
        most=192 * MIB,
        accepts=True,
    ),
    _later("languages.maven_pom", "maven-pom", names=("pom.xml",), source_only=True, most=16 * MIB),
    _later("languages.mix_lock", "mix-lock", names=("mix.lock",), source_only=True, most=8 * MIB),
    _later("languages.npm_installed", "npm-installed", names=("package.json",), most=8 * MIB, accepts=True),
    _later("languages.npm_lock", "npm-lock", names=("package-lock.json", "npm-shrinkwrap.json"), source_only=True),
    _later("languages.nuget_lock", "nuget-lock", names=("packages.lock.json", "packages.config"), source_only=True),
    _later("languages.pdm_lock", "pdm-lock", names=("pdm.lock",), source_only=True, most=8 * MIB),
    _later("languages.pipfile_lock", "pipfile-lock", names=("Pipfile.lock",), source_only=True),
    _later("languages.pnpm_lock", "pnpm-lock", names=("pnpm-lock.yaml",), source_only=True, most=16 * MIB),
    _later("languages.podfile_lock", "podfile-lock", names=("Podfile.lock",), source_only=True, most=16 * MIB),
    _later("languages.poetry_lock", "poetry-lock", names=("poetry.lock",), source_only=True, most=8 * MIB),
    _later("languages.pubspec_lock", "pubspec-lock", names=("pubspec.lock",), source_only=True, most=16 * MIB),
    _later("languages.pylock", "pylock", suffixes=(".toml",), source_only=True, most=8 * MIB, accepts=True),
    _later(
        "languages.python_metadata",
        "python-installed",
        names=("METADATA", "RECORD", "PKG-INFO", "installed-files.txt"),
        suffixes=(".egg-info",),
        accepts=True,
    ),
    _later("languages.python_vendored", "python-vendored", names=("vendor.txt",), most=1 * MIB, accepts=True),
    _later("languages.rebar_lock", "rebar-lock", names=("rebar.lock",), source_only=True, most=8 * MIB),
    _later("languages.renv_lock", "renv-lock", names=("renv.lock",), source_only=True),
    _later(
        "languages.requirements", "python-requirements", suffixes=(".txt", ".pip"), source_only=True, most=8 * MIB, accepts=True
    ),
    _later("languages.swift_resolved", "swift-resolved", names=("Package.resolved",), source_only=True),
    _later("languages.uv_lock", "uv-lock", names=("uv.lock",), source_only=True, most=8 * MIB),
    _later("languages.yarn_lock", "yarn-lock", names=("yarn.lock",), source_only=True, most=16 * MIB),
)
