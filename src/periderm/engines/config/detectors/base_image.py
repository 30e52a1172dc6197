"""Container files whose base image can change under them, or is none that is meant for building on."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.config.facts import Facts, Hit, check
from periderm.engines.config.images import reference
from periderm.model.build_file import FileKind, Stage
from periderm.model.severity import Severity
from periderm.model.text import Text


def _outside(facts: Facts) -> Iterator[Stage]:
    """Stages that are built on an image from outside, by a name that is known."""
    if facts.container is not None:
        for stage in facts.container.stages:
            if stage.parent < 0 and stage.base and stage.base != "scratch" and stage.known:
                yield stage


def _moving(facts: Facts) -> Iterator[Hit]:
    for stage in _outside(facts):
        named = reference(stage.base)
        if named.moves:
            change = Text(
                f"Write the release, and best the digest: `FROM {named.name}:VERSION@sha256:…`.",
                f"写明发布版本，最好加上摘要：`FROM {named.name}:VERSION@sha256:…`。",
            )
            yield Hit(line=stage.line, values={"image": stage.base}, change=change)


def _undigested(facts: Facts) -> Iterator[Hit]:
    for stage in _outside(facts):
        named = reference(stage.base)
        if not named.digest and not named.moves and not named.open:
            change = Text(
                f"Add the digest that was tested: `FROM {stage.base}@sha256:…`; let a bot renew it.",
                f"加上测试过的摘要：`FROM {stage.base}@sha256:…`，并让机器人更新它。",
            )
            yield Hit(line=stage.line, values={"image": stage.base}, change=change)


def _copied(facts: Facts) -> Iterator[Hit]:
    names = {stage.name for stage in facts.container.stages if stage.name} if facts.container else set()
    for one in facts.instructions("COPY"):
        origin = one.flag("from") or ""
        if origin and origin.lower() not in names and not origin.isdigit() and origin != "scratch":
            named = reference(origin)
            if named.moves and ("/" in named.name or ":" in origin):  # a bare word may be a named build context
                yield Hit(line=one.line, values={"image": origin})


DETECTORS = (
    check(
        "CFG-001",
        Severity.MEDIUM,
        FileKind.CONTAINER,
        _moving,
        title=("Build on an image that moves", "基础镜像会变动"),
        says=("{image} is another image after each release.", "{image} 在每次发布后都会变成另一个镜像。"),
        change=("Name the release, and best the digest.", "写明发布版本，最好加上摘要。"),
        techniques=("T1195.002",),
        weaknesses=("CWE-829",),
        references=("https://docs.docker.com/build/building/best-practices/",),
        fires=(
            ("FROM debian\n", "no tag is `latest`"),
            ("ARG V=latest\nFROM docker.io/library/node:${V} AS b\n", "a variable gives the tag"),
        ),
        quiet=(
            ("FROM debian:12.9\n", "a release"),
            ("FROM scratch\n", "nothing to move"),
            ("FROM a:1 AS base\nFROM base\n", "an earlier stage"),
            ("ARG IMAGE\nFROM $IMAGE\n", "whoever builds names it"),
            ("FROM debian@sha256:" + "0" * 64 + "\n", "a digest"),
        ),
    ),
    check(
        "CFG-002",
        Severity.INFORMATIONAL,
        FileKind.CONTAINER,
        _undigested,
        title=("Build on an image without its digest", "基础镜像没有摘要"),
        says=("{image} is named by a tag, which its owner can move.", "{image} 以标签命名，其所有者可以改动标签。"),
        change=("Add `@sha256:…` to the image.", "在镜像后加上 `@sha256:…`。"),
        techniques=("T1195.002",),
        weaknesses=("CWE-829",),
        fires=(("FROM debian:12.9\n", "a tag alone"),),
        quiet=(("FROM debian:12.9@sha256:" + "0" * 64 + "\n", "tag and digest"),),
    ),
    check(
        "CFG-003",
        Severity.LOW,
        FileKind.CONTAINER,
        _copied,
        title=("Copy files from an image that moves", "从会变动的镜像复制文件"),
        says=(
            "Files come from {image}, which is another image after each release.",
            "文件来自 {image}，该镜像在每次发布后都会变动。",
        ),
        change=(
            "Name the release and the digest: `COPY --from=IMAGE:VERSION@sha256:…`.",
            "写明版本和摘要：`COPY --from=IMAGE:VERSION@sha256:…`。",
        ),
        techniques=("T1195.002",),
        weaknesses=("CWE-829",),
        fires=(("FROM a:1\nCOPY --from=ghcr.io/astral-sh/uv:latest /uv /bin/\n", "a tag that moves"),),
        quiet=(("FROM a:1 AS b\nFROM a:2\nCOPY --from=b /x /y\n", "an earlier stage"),),
    ),
)
