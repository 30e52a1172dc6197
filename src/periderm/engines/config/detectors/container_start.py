"""Container files whose steps or processes run otherwise than they should: with more rights, unwatched, deaf to signals."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.config.facts import Facts, Hit, check
from periderm.model.build_file import FileKind, Instruction
from periderm.model.severity import Severity
from periderm.model.text import Text


def _last(facts: Facts, *names: str) -> Instruction | None:
    """The instruction that holds in the image: the last one of its stages."""
    for stage in facts.container.lineage() if facts.container else ():
        for one in reversed(stage.instructions):
            if one.name in names and not one.onbuild:
                return one
    return None


def _insecure(facts: Facts) -> Iterator[Hit]:
    for one in facts.instructions("RUN"):
        if one.flag("security") == "insecure":
            yield Hit(line=one.line, values={"option": "--security=insecure"})
        elif one.flag("network") == "host":
            yield Hit(line=one.line, values={"option": "--network=host"}, severity=Severity.LOW)


def _unwatched(facts: Facts) -> Iterator[Hit]:
    started, watched = _last(facts, "CMD", "ENTRYPOINT"), _last(facts, "HEALTHCHECK")
    if watched is not None:
        if watched.script.text.strip().upper() == "NONE":
            yield Hit(line=watched.line)
    elif started is not None:
        yield Hit(line=started.line)


def _deaf(facts: Facts) -> Iterator[Hit]:
    one = _last(facts, "ENTRYPOINT") or _last(facts, "CMD")
    if one is None or one.exec or not one.script.text.strip() or one.script.text.lstrip().startswith("exec "):
        return
    words = one.script.text.split()
    simple = len(words) <= 8 and not any(c in one.script.text for c in "$&|;<>`\\'\"(")
    listed = ", ".join(f'"{word}"' for word in words)
    change = Text(f"Write `{one.name} [{listed}]`.", f"写成 `{one.name} [{listed}]`。") if simple else None
    yield Hit(line=one.line, values={"name": one.name}, change=change)


DETECTORS = (
    check(
        "CFG-023",
        Severity.HIGH,
        FileKind.CONTAINER,
        _insecure,
        title=("Run a build step with the host's rights", "以宿主机权限运行构建步骤"),
        says=(
            "A step runs with {option}: it can reach what lies around the build.",
            "某步骤以 {option} 运行：它能触及构建环境之外的资源。",
        ),
        change=(
            "Leave the option out; give the step what it needs by COPY or --mount.",
            "去掉该选项；用 COPY 或 --mount 提供所需内容。",
        ),
        techniques=("T1611",),
        weaknesses=("CWE-250",),
        fires=(
            ("FROM a:1\nRUN --security=insecure mount x\n", "all rights"),
            ("FROM a:1\nRUN --network=host make\n", "the host's network"),
        ),
        quiet=(("FROM a:1\nRUN --mount=type=secret,id=t --network=none make\n", "no network, and a secret handed in well"),),
    ),
    check(
        "CFG-024",
        Severity.INFORMATIONAL,
        FileKind.CONTAINER,
        _unwatched,
        title=("Skip the health check", "没有健康检查"),
        says=(
            "No HEALTHCHECK: a hung process stays in service, where no probe of an orchestrator looks.",
            "没有 HEALTHCHECK：若无编排器探针，挂起的进程会继续服务。",
        ),
        change=(
            "Add HEALTHCHECK, or a liveness probe where the image is deployed.",
            "加入 HEALTHCHECK，或在部署处配置存活探针。",
        ),
        fires=(('FROM a:1\nCMD ["x"]\n', "none"), ('FROM a:1\nHEALTHCHECK NONE\nCMD ["x"]\n', "switched off")),
        quiet=(
            ('FROM a:1\nHEALTHCHECK CMD ["x", "-t"]\nCMD ["x"]\n', "one is there"),
            ("FROM scratch\nCOPY x /\n", "nothing runs"),
        ),
    ),
    check(
        "CFG-025",
        Severity.INFORMATIONAL,
        FileKind.CONTAINER,
        _deaf,
        title=("Start the program through a shell", "通过 shell 启动程序"),
        says=(
            "{name} stands in shell form: a shell is process 1, and signals do not reach the program.",
            "{name} 使用 shell 形式：1 号进程是 shell，信号到不了程序。",
        ),
        change=("Write the JSON form.", "改用 JSON 形式。"),
        weaknesses=("CWE-1357",),
        fires=(("FROM a:1\nENTRYPOINT /app --port 80\n", "a text"),),
        quiet=(
            ('FROM a:1\nENTRYPOINT ["/app"]\nCMD run\n', "the JSON form"),
            ("FROM a:1\nCMD exec /app\n", "the shell makes way"),
        ),
    ),
)
