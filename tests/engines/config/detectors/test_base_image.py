"""Base images that can change."""

from __future__ import annotations

from tests.engines.config.files import hits, judged, lines


def test_each_from_is_judged_by_itself() -> None:
    """Stages, `scratch`, digests and variables told apart, each at its line."""
    text = (
        "ARG B=node\nARG C\nFROM ${B} AS one\nFROM one AS two\nFROM scratch\nFROM $C\nFROM a:1\nFROM a:1@sha256:"
        + "0" * 64
        + "\n"
    )
    assert lines(text, "CFG-001") == [3]
    assert lines(text, "CFG-002") == [7]


def test_images_that_files_are_copied_from() -> None:
    """Numbers, names of stages and of build contexts are no images."""
    text = "FROM a:1 AS x\nFROM b:1\nCOPY --from=0 /a /b\nCOPY --from=X /a /b\nCOPY --from=ctx /a /b\n"
    text += "COPY --from=r.example/t /a /b\n"
    assert lines(text, "CFG-003") == [6]
    assert judged(text, only="CFG-003")[0].change.en.startswith("Name the release")
    assert ("CFG-001", 1) not in hits(text)
