"""RUN-047: a compiler or linker runs in a container that is no build.

What a compiler starts (cc1, as, ld) is not told again, and modules that a package manager builds belong to it.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, Where
from periderm.engines.runtime.scene import runs, scene
from periderm.engines.runtime.situation import graded, words
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_NAMES = (
    r"([\w]+-)*(linux|w64|elf|musl|gnu)[\w]*-(gcc|g\+\+|cc|c\+\+|as|ld)(-[\d.]+)?|(gcc|g\+\+|cc|c\+\+|cpp|clang|clang\+\+|gfortran|tcc|"
    r"c89|c99|gnat|gccgo|ld\.lld|lld|icc|pcc|ld|gold|ld\.gold|ld\.bfd|as|nasm|yasm|fasm)(-[\d.]+)?|cc1|cc1plus|collect2|rustc|"
    r"javac|kotlinc|scalac|ghc|ocamlopt|swiftc|zig|dmd|fpc|nim|v|mcs|csc|dkms|musl-gcc|diet|llc|opt"
)
_NAME = re.compile(_NAMES)
_AMBIGUOUS = frozenset({"v", "opt", "as", "ld", "cpp", "diet", "llc", "nim", "zig"})
_ASKS = words(
    """
    --version -v -dumpversion -dumpmachine --help -print-multiarch -print-search-dirs -version -V version
    """
)
_BUILDS = words(
    """
    make gmake cmake ninja meson cargo go bazel mvn gradle sbt dune scons dpkg-buildpackage rpmbuild node-gyp tox ant
    """
)


def _compiler(name: str, arguments: tuple[str, ...]) -> bool:
    if name == "go":
        return arguments[:1] in (("build",), ("run",), ("install",), ("tool",), ("test",))
    if name == "perl" or not _NAME.fullmatch(name):
        return False
    return name not in _AMBIGUOUS or len(arguments) > 0


def _judge(context: Context) -> Verdict | None:
    what = context.command
    if context.event.kind is not EventKind.EXEC or context.process.runtime:
        return None
    if not _compiler(what.name, what.arguments) or _ASKS.intersection(what.arguments[:2]) or not what.arguments:
        return None
    for ancestor in context.ancestors:
        above = programs.command(ancestor.exe, ancestor.argv)
        if _compiler(above.name, above.arguments) and not ancestor.drifted:
            return None
    routine = any(programs.command(p.exe, p.argv).name in _BUILDS for p in context.ancestors)
    severity = graded(context, own=Severity.LOW, start=Severity.LOW, session=Severity.LOW if routine else Severity.MEDIUM)
    if severity is None:
        return None
    return Verdict(object=what.name, severity=severity, fill={"line": context.line[:120]})


_SESSION = EventFlag.EXEC_SESSION

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-047",
        title=Text("Run a compiler in a container", "在容器中运行编译器"),
        message=Text("{process} compiles in {subject}: {line}", "{process} 在 {subject} 中编译：{line}"),
        severity=Severity.MEDIUM,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Build in a stage of its own and copy only the result into the final image; without a compiler an exploit must "
            "be brought ready-made, which drift control stops.",
            "在单独的构建阶段编译，只把结果复制进最终镜像；没有编译器，攻击者只能带来成品，而漂移控制可以阻止它。",
        ),
        techniques=("T1027.004",),
        behaviours=(47,),
        fires=(
            Example(scene(runs(2, 900, "/usr/bin/x86_64-linux-gnu-gcc-12", "gcc", "x.c", flags=_SESSION)), "gcc in a session"),
            Example(scene(runs(2, 1, "/usr/bin/tcc", "tcc", "-run", "-")), "tcc from its input"),
            Example(scene(runs(2, 1, "/usr/local/go/bin/go", "go", "run", "x.go")), "go run"),
            Example(
                scene(runs(2, 1, "/tmp/c", "c"), runs(3, 2, "/usr/lib/gcc/x86_64-linux-gnu/12/cc1", "cc1", "-quiet", "x.c")),
                "a renamed driver still starts the compiler proper",
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/sbin/apache2", "apache2", at=0.0),
                    runs(2, 1, "/usr/bin/dash", "sh", "-c", "…"),
                    runs(3, 2, "/lib64/ld-linux-x86-64.so.2", "ld.so", "/usr/bin/clang-14", "e.c"),
                ),
                "below a web server's shell",
            ),
        ),
        quiet=(
            Example(scene(runs(2, 900, "/usr/bin/gcc-12", "gcc", "--version", flags=_SESSION)), "its version is asked"),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/python3", "python3", "-m", "pip", "install", "lxml"),
                    runs(3, 2, "/usr/bin/gcc-12", "gcc", "-c", "lxml.c"),
                ),
                "pip builds an extension",
            ),
            Example(scene(runs(2, 1, "/usr/bin/java", "java", "-jar", "app.jar")), "a program that compiles within itself"),
            Example(scene(runs(2, 1, "/usr/sbin/ldconfig", "ldconfig")), "ldconfig"),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.EXEC,),
            text=(rf"(^|/)({_NAMES}|go)$",),
            args=(rf"^[^\x00]*ld[^\x00]*\x00([^\x00]*\x00)*[^\x00]*/({_NAMES})(\x00|$)",),
            where=Where.CONTAINER,
        ),
    ),
    judge=_judge,
)
