"""What the two detectors of content matches share: how a matching file is told, and when it is milder."""

from __future__ import annotations

from collections.abc import Sequence

from periderm.engines.image.facts import Hit, SuspectFile
from periderm.model.content import ContentMatch
from periderm.model.severity import Severity
from periderm.model.text import Text

GONE = Text(
    " A later layer deletes or replaces it; the build that made this image had it.",
    "后面的层删除或替换了它，但构建该镜像时它存在。",
)
_KINDS = {"program": Text("program", "程序"), "script": Text("script", "脚本"), "text": Text("text", "文本")}
# Packages of languages bring tests and rules of their own that hold what they look for.
_BROUGHT = ("/site-packages/", "/dist-packages/", "/node_modules/", "/gems/", "/vendor/", "/pkg/mod/")
_TRIES = ("/test/", "/tests/", "/testing/", "/__tests__/", "/spec/", "/fixtures/", "/examples/", "/docs/", "/samples/")


def hit_of(file: SuspectFile, matches: Sequence[ContentMatch], more: Text) -> Hit:
    """One hit for a file. What a distribution's package brought, or lies in the tests of a language's package, is milder:
    it is what its maker meant it to be; what a later layer hides can no longer run."""
    worst = max(match.severity for match in matches)
    if file.package or _tried(file.path):
        worst = min(worst, Severity.LOW)
    elif file.gone:
        worst = min(worst, Severity.MEDIUM)
    en = "; ".join(f"{match.title} ({match.rule})" for match in matches)
    zh = "；".join(f"{match.title_zh or match.title}（{match.rule}）" for match in matches)
    return Hit(
        location=file.path,
        evidence=" | ".join(piece for match in matches for piece in match.found if len(piece) > 3)[:300],
        layer=file.layer,
        package=file.package,
        values={"path": file.path, "kind": _KINDS.get(file.kind, _KINDS["text"]), "what": Text(en, zh), "more": more},
        severity=worst,
        techniques=tuple(dict.fromkeys(t for match in matches for t in match.techniques)),
    )


def _tried(path: str) -> bool:
    whole = f"/{path}"
    return any(folder in whole for folder in _BROUGHT) and any(folder in whole for folder in _TRIES)
