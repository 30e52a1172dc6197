"""Finds libraries that every program of the image loads: by etc/ld.so.preload, and by the image's environment. Few images have
a reason for one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.file_note import Note, NoteReader
from periderm.model.finding import FindingKind
from periderm.model.image import ImageConfig
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_READER = "IMG-066-preload"
_ODD = ("/tmp/", "/var/tmp/", "/dev/", "/.", "/run/")  # noqa: S108 -- places that are looked for
# Allocators and the like that people preload on purpose.
_KNOWN = ("jemalloc", "tcmalloc", "mimalloc", "faketime", "eatmydata", "gcompat", "libnss_wrapper", "libgomp", "stdbuf", "asan")

_SETTINGS = ("LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH")  # ld.so(8)

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-066",
    title=Text("Load a library into every program", "在所有程序中预加载库"),
    message=Text("{path} has {library} loaded into every program.", "{path} 使所有程序加载 {library}。"),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Remove the line. What one program needs is set for that program alone (LD_PRELOAD in its own start script).",
        "删除该行。单个程序所需的库应仅为该程序设置（在其启动脚本中使用 LD_PRELOAD）。",
    ),
    techniques=("T1574.006",),
    references=("https://man7.org/linux/man-pages/man8/ld.so.8.html",),
    fires=(
        Example(GivenImage(layers=((GivenFile("etc/ld.so.preload", b"/usr/lib/libhide.so\n"),),)), "a library for everyone"),
        Example(GivenImage(config=ImageConfig(environment=("LD_PRELOAD=/tmp/.x.so",))), "by the environment"),
        Example(GivenImage(config=ImageConfig(environment=("LD_AUDIT=/opt/agent/audit.so",))), "by its other door"),
        Example(GivenImage(config=ImageConfig(environment=("LD_LIBRARY_PATH=/usr/lib:/tmp/lib",))), "from where anyone writes"),
    ),
    quiet=(
        Example(GivenImage(layers=((GivenFile("etc/ld.so.preload", b"# nothing\n\n"),),)), "a comment alone"),
        Example(GivenImage(config=ImageConfig(environment=("LD_PRELOAD=/usr/lib/libjemalloc.so.2",))), "an allocator"),
        Example(GivenImage(config=ImageConfig(environment=("LD_LIBRARY_PATH=/usr/local/lib:/opt/x/lib",))), "its own"),
    ),
)


def _read(data: bytes, _path: str) -> Sequence[Note]:
    notes = []
    for number, line in enumerate(data[:65536].decode("utf-8", "replace").split("\n"), 1):
        words = line.partition("#")[0].replace(":", " ").split()
        notes += [Note("library", number, word[:200]) for word in words]
    return notes


def _known(library: str) -> bool:
    return any(name in library for name in _KNOWN) and not any(sign in library for sign in _ODD)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a line, and for a setting."""
    for noted in facts.noted:
        if noted.reader == _READER:
            library = noted.note.evidence
            yield Hit(
                location=noted.path,
                line=noted.note.line,
                key=str(noted.note.line),
                evidence=library,
                layer=noted.layer,
                values={"path": noted.path, "library": library},
                severity=Severity.LOW if _known(library) else None,
            )
    packaged = {file.path for file in facts.executables if file.package}
    for setting in facts.config.environment:
        name, _, value = setting.partition("=")
        if name in _SETTINGS and value:
            yield from _set(name, value, packaged)


def _set(name: str, value: str, packaged: Collection[str]) -> Iterator[Hit]:
    """One hit for a variable, as bad as the worst of its paths."""
    paths = [one for one in value.replace(":", " ").split() if not _known(one)]
    grades = [_grade(one, packaged) for one in paths if name != "LD_LIBRARY_PATH" or _is_odd(one)]
    if grades:
        yield Hit(
            location=f"env:{name}",
            evidence=value[:200],
            values={"path": name, "library": value[:200]},
            severity=max(grades),
        )


def _is_odd(path: str) -> bool:
    """Whether it lies where anyone may write, or hides."""
    return any(sign in f"{path}/" for sign in _ODD)


def _grade(path: str, packaged: Collection[str]) -> Severity:
    """By where a library lies: where none belongs, a package's, the system's or an application's (monitoring agents do
    that), by its bare name (ld.so looks for that in the system's folders)."""
    if _is_odd(path):
        return Severity.HIGH
    if path.lstrip("/") in packaged:
        return Severity.INFORMATIONAL
    absolute = path.startswith(("/", "$")) or "/" not in path
    return Severity.LOW if absolute else Severity.MEDIUM  # relative: what lies in the folder of the moment


DETECTOR = Detector(
    SPEC, judge, FindingKind.MALWARE, readers=(NoteReader(id=_READER, read=_read, paths=("etc/ld.so.preload",)),)
)
