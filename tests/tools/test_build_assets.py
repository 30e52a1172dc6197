"""Building the browser assets."""

from __future__ import annotations

import json
from pathlib import Path

from tools.build_assets import KINDS, SOURCE, build


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
    """Nothing is forgotten."""
    assert set(build(target=tmp_path)) == {p.name for p in SOURCE.iterdir() if p.suffix in KINDS}


def test_assets_reach_for_nothing_outside() -> None:
    """No foreign script, font, picture or beacon: the console works offline and tells nobody."""
    for path in SOURCE.iterdir():
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        for word in ("http://", "https://", "@import", "url(", "eval(", "innerHTML", "document.write"):
            assert word not in text, f"{path.name}: {word}"
