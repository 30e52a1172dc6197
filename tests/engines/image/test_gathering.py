"""What is gathered of files, and what of it the final file system shows."""

from __future__ import annotations

from periderm.engines.image.gathering import MOST_SPECIAL, Gathered
from periderm.engines.image.view import View
from periderm.model.content import ContentMatch
from periderm.model.contents import COSTLY, UNFINISHED, FoundContent, LayerContents, LookedAt
from periderm.model.image import FileType, LayerEntry
from periderm.model.text import Text


def entry(path: str, mode: int = 0o755) -> LayerEntry:
    """A file."""
    return LayerEntry(path, FileType.REGULAR, mode, 0, 0, 4, 0)


def test_later_layers_hide() -> None:
    """A replaced file is gone, its sum and its mode are not told any more."""
    view, missed, layers = View(), list[Text](), ["a"]
    gathered = Gathered(view, layers, missed.append)
    one = entry("usr/bin/x", 0o777)
    view.begin_layer()
    view.place(one)
    gathered.special(one)
    gathered.summed(one, "md5:0")
    gathered.contents(LayerContents((FoundContent(0, "script", (ContentMatch(rule="r", title="t"),)),)), (one,))
    assert [s.gone for s in gathered.suspects((("usr/bin/x", "p"),))] == [False]
    assert [s.package for s in gathered.specials((("usr/bin/x", "p"),))] == ["p"]
    assert gathered.sums()["usr/bin/x"].layer == "a"
    assert gathered.names("usr/bin") == ("x",)
    layers.append("b")
    view.begin_layer()
    view.place(entry("usr/bin/x"))
    assert [s.gone for s in gathered.suspects(())] == [True]
    assert gathered.specials(()) == ()
    assert gathered.sums() == {}


def test_what_was_left_out_is_said() -> None:
    """Limits of the look, and of the list."""
    missed: list[Text] = []
    gathered = Gathered(View(), ["a"], missed.append)
    gathered.contents(LayerContents(looked=LookedAt(left={UNFINISHED: 1, COSTLY: 2, "too large": 9})), ())
    assert len(missed) == 2
    for _ in range(MOST_SPECIAL + 1):
        gathered.special(entry("x"))
    assert len(missed) == 3
    assert gathered.names("nowhere") == ()
