"""The READMEs: one says what the other says, and what they show was really printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import readme

ENGLISH = readme.ENGLISH.read_text(encoding="utf-8")
CHINESE = readme.CHINESE.read_text(encoding="utf-8")


def test_the_translation_is_of_this_text() -> None:
    """Whoever changes the English changes the Chinese, and says so with `python tools/docs.py --translated`."""
    assert readme.translated_from(CHINESE) == readme.digest(ENGLISH)


def test_both_have_the_same_shape() -> None:
    """The same headings, the same blocks of output, the same pictures."""
    assert readme.headings(CHINESE) == readme.headings(ENGLISH)
    assert readme.blocks(CHINESE) == readme.blocks(ENGLISH)
    assert CHINESE.count("](docs/images/") == ENGLISH.count("](docs/images/")


def test_a_changed_sentence_is_noticed_and_a_reflow_is_not() -> None:
    """The digest is of the words."""
    assert readme.digest(ENGLISH + "\nOne more sentence.\n") != readme.digest(ENGLISH)
    assert readme.digest(ENGLISH.replace(" ", "\n", 3)) == readme.digest(ENGLISH)


def test_captured_output_is_no_part_of_the_words() -> None:
    """A new run does not need a new translation."""
    text = "a\n<!-- output: run -->\n```text\nold\n```\n<!-- end -->\nb\n"
    changed = readme.put(text, "run", "\x1b[1mnew\x1b[0m\r\n")
    assert readme.blocks(changed) == {"run": "```text\nnew\n```\n"}
    assert readme.digest(changed) == readme.digest(text)


def test_a_block_that_is_not_there_is_told() -> None:
    """Rather than lost."""
    with pytest.raises(KeyError):
        readme.put("text", "run", "new")
    with pytest.raises(ValueError, match="fence"):
        readme.put("<!-- output: run -->\n<!-- end -->", "run", "```")


def test_noting_a_translation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once or twice, the note is there once."""
    english, chinese = tmp_path / "en.md", tmp_path / "zh.md"
    english.write_text("# One\n", encoding="utf-8")
    chinese.write_text("# 一\n", encoding="utf-8")
    monkeypatch.setattr(readme, "ENGLISH", english)
    monkeypatch.setattr(readme, "CHINESE", chinese)
    assert readme.translated_from(chinese.read_text(encoding="utf-8")) == ""
    readme.note_translation()
    readme.note_translation()
    noted = chinese.read_text(encoding="utf-8")
    assert noted.count("Translated from") == 1
    assert readme.translated_from(noted) == readme.digest("# One\n")


def test_every_block_holds_a_real_run() -> None:
    """No page is published with a promise where its output should be: `python tools/readme.py BLOCK FILE` fills it."""
    empty = [
        (page.name, name)
        for page in readme.pages()
        for name, body in readme.blocks(page.read_text()).items()
        if readme.PLACEHOLDER in body
    ]
    assert empty == []


def test_a_run_is_put_on_every_page_that_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a block that no page has is told."""
    block = "<!-- output: run -->\n<!-- end -->\n"
    pages = [tmp_path / name for name in ("a.md", "b.md", "c.md")]
    for page, text in zip(pages, (block, block, "nothing\n"), strict=True):
        page.write_text(text, encoding="utf-8")
    monkeypatch.setattr(readme, "pages", lambda: pages)
    run = tmp_path / "run.txt"
    run.write_text("it ran\n", encoding="utf-8")
    assert readme.main(["run", str(run)]) == 0
    assert [page.read_text(encoding="utf-8").count("it ran") for page in pages] == [1, 1, 0]
    assert readme.main(["other", str(run)]) == 4
    assert readme.main([]) == 2
