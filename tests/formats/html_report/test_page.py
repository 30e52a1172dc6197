"""The HTML report."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import msgspec
import pytest

from periderm.formats.html_report import page
from periderm.model.contents import LookedAt
from periderm.model.text import Text
from periderm.model.vulnerability import ChangeKind, PlannedChange
from tests.reports import many, report

VOID = {"meta", "rect"}


class Reader(HTMLParser):
    """Checks that tags nest, and collects them."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def read(text: str) -> Reader:
    """The page, read by Python's own parser."""
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_foreign_is_markup(language: str) -> None:
    """Hostile names are text: no tag, no attribute, no link of theirs, no hidden direction, and every tag is closed."""
    text = page.write(report(), language).decode()
    seen = read(text).seen
    assert "script" not in {tag for tag, _ in seen}
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert not [a for _, attrs in seen for a in attrs if a.startswith("on") or a == "style"]
    links = {str(attrs["href"]) for tag, attrs in seen if tag == "a"}
    assert links
    assert all(re.fullmatch(r"https://example\.invalid/CVE-[\w-]+", link) for link in links if "<" not in link)


@pytest.mark.parametrize(("language", "said"), [("en", "1,200 files"), ("zh", "1,200 个文件")])
def test_what_was_looked_at_for_malware(language: str, said: str) -> None:
    """With its figures; and not a word of it where nobody asked."""
    looked = msgspec.structs.replace(report().inventory, contents=LookedAt(sifted=1200, rules=15))
    told = page.write(msgspec.structs.replace(report(), inventory=looked), language).decode()
    assert said in told
    assert said not in page.write(report(), language).decode()


def test_loads_nothing() -> None:
    """Nothing but the style inside, and the policy says so."""
    text = page.write(report()).decode()
    assert "default-src 'none'" in text
    assert not re.search(r"<(?:script|img|link|iframe|object)|@import|url\(", text)


def test_says_it_in_order() -> None:
    """The plan comes before the findings, the most urgent finding first, what was not examined is there."""
    text = page.write(report()).decode()
    places = [text.index(word) for word in ("Upgrade log4j-core to 2.17.1.", "CVE-2021-44228", "CVE-2024-1", "Not examined")]
    assert places == sorted(places)
    assert "starter set" in text
    assert "ticket 7" in text
    assert "We never call it." in text


def test_both_languages() -> None:
    """Chinese is Chinese."""
    text = page.write(report(), "zh").decode()
    assert '<html lang="zh-CN">' in text
    assert "首先修改什么" in text
    assert "What to change first" not in text


def test_nothing_found() -> None:
    """An empty report says so."""
    empty = msgspec.structs.replace(report(), findings=(), plan=(), excepted=(), not_affected=())
    assert "Nothing was found." in page.write(empty).decode()
    read(page.write(empty).decode())


def test_many_are_all_there() -> None:
    """Thousands of findings stand in the page, those beyond the first few hundred behind one click."""
    text = page.write(many(3000)).decode()
    assert set(re.findall(r"<b>(CVE-2025-\d+)</b>", text)) == {f"CVE-2025-{10000 + n}" for n in range(3000)}
    assert "2500 more, less urgent" in text
    read(text)


def test_a_long_plan_is_numbered_through() -> None:
    """The first changes stand open, the others behind one click with their own numbers."""
    long = msgspec.structs.replace(report(), plan=report().plan * 10)
    text = page.write(long).decode()
    assert "12 more changes" in text
    assert re.findall(r"<li><i>(\d+)</i>", text) == [str(n) for n in range(1, 21)]
    read(text)


def test_a_step_for_a_file_shows_its_line() -> None:
    """Where it is, what stands there and what to write; all of it as text."""
    step = PlannedChange(
        kind=ChangeKind.EDIT,
        what=Text("Close it.", "关闭。"),
        path="compose.yaml",
        line=7,
        now="ports: ['<b>']",
        command="compose.yaml: 127.0.0.1:1:1",
        removes=("x",),
    )
    text = page.write(msgspec.structs.replace(report(), plan=(step,))).decode()
    assert "compose.yaml:7" in text
    assert "ports: [&#x27;&lt;b&gt;&#x27;]" in text or "ports: [&#39;&lt;b&gt;&#39;]" in text
    assert "127.0.0.1:1:1" in text
