"""Reads pages as a browser would: elements, texts, and whether anything foreign became markup."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "img", "col", "wbr"}
SVG_EMPTY = {"path", "rect", "circle", "use"}


class Reader(HTMLParser):
    """Collects elements with their attributes and the text of each `<td>`, heading and so on."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An empty element of SVG."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Each end has its beginning: a template that forgets one fails here."""
        assert self.open, tag
        begun = self.open.pop()
        assert begun == tag, f"<{begun}> ended by </{tag}>"

    def handle_data(self, data: str) -> None:
        """Text."""
        self.text.append(data)


def read(page: str) -> Reader:
    """The page, read whole; it must be well-formed."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    unclosed = [tag for tag in reader.open if tag not in ("li", "p", "td", "tr", "option")]
    assert unclosed == []
    return reader


def texts(page: str) -> str:
    """All text with single spaces."""
    return " ".join(" ".join(read(page).text).split())


def all_of(page: str, tag: str) -> list[dict[str, str | None]]:
    """The attributes of all elements of a kind."""
    return [attributes for name, attributes in read(page).elements if name == tag]
