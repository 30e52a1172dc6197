"""Writes a report in the form that was asked for. Each form is loaded only when it is wanted."""

from __future__ import annotations

import os
from collections.abc import Callable

from periderm.algorithms.documents import to_json
from periderm.model.errors import UsageError
from periderm.model.report import Report
from periderm.model.text import Text

Writer = Callable[[Report, str], bytes]


def _json(report: Report, _: str) -> bytes:
    return to_json(report)


def _sarif(report: Report, language: str) -> bytes:
    from periderm.formats import sarif

    return sarif.write(report, language)


def _cyclonedx(report: Report, _: str) -> bytes:
    from periderm.formats.cyclonedx import writing

    return writing.write(report)


def _spdx(report: Report, _: str) -> bytes:
    from periderm.formats.spdx import writing

    return writing.write(report)


def _junit(report: Report, language: str) -> bytes:
    from periderm.formats import junit

    return junit.write(report, language)


def _gitlab(report: Report, language: str) -> bytes:
    from periderm.formats import gitlab

    return gitlab.write(report, language)


def _gitlab_sast(report: Report, language: str) -> bytes:
    from periderm.formats import gitlab

    return gitlab.write_sast(report, language)


def _gitlab_secrets(report: Report, language: str) -> bytes:
    """The commit comes from the variable that GitLab sets in a job."""
    from periderm.formats import gitlab

    return gitlab.write_secrets(report, language, os.environ.get("CI_COMMIT_SHA", "")[:64])


def _codequality(report: Report, language: str) -> bytes:
    from periderm.formats import codequality

    return codequality.write(report, language)


def _github(report: Report, language: str) -> bytes:
    from periderm.formats import github

    return github.write(report, language)


def _snapshot(report: Report, _: str) -> bytes:
    """What the workflow is comes from the variables that GitHub sets in it."""
    from periderm.formats import github

    told = {name: os.environ.get(f"GITHUB_{name}", "") for name in ("SHA", "REF", "WORKFLOW", "JOB", "RUN_ID")}
    if not told["SHA"] or not told["REF"]:
        raise UsageError("GITHUB_SHA and GITHUB_REF are not set.", "Run it in a GitHub workflow, or set both.")
    correlator = f"{told['WORKFLOW']} {told['JOB']}".strip() or "periderm"
    return github.write_snapshot(report, commit=told["SHA"], ref=told["REF"], correlator=correlator, job=told["RUN_ID"] or "0")


def _openvex(report: Report, _: str) -> bytes:
    from periderm.correlate.statements import statements_of
    from periderm.formats import openvex

    tooling = f"Periderm {report.version}"
    return openvex.write(statements_of(report), author="periderm", time=report.time, tooling=tooling)


def _html(report: Report, language: str) -> bytes:
    from periderm.formats.html_report import page

    return page.write(report, language)


# name: (writer, what it is for, the endings of file names by which it is known)
FORMS: dict[str, tuple[Writer, Text, tuple[str, ...]]] = {
    "json": (_json, Text("everything, in the product's own stable form", "全部内容，产品自己的稳定格式"), (".json",)),
    "sarif": (_sarif, Text("SARIF 2.1.0, for code scanning pages", "SARIF 2.1.0，用于代码扫描页面"), (".sarif", ".sarif.json")),
    "cyclonedx": (
        _cyclonedx,
        Text("CycloneDX 1.6, a bill of materials with vulnerabilities", "CycloneDX 1.6，带漏洞的软件物料清单"),
        (".cdx.json", ".bom.json"),
    ),
    "spdx": (_spdx, Text("SPDX 2.3, a bill of materials", "SPDX 2.3，软件物料清单"), (".spdx.json",)),
    "openvex": (
        _openvex,
        Text("OpenVEX, what affects it and what does not", "OpenVEX，哪些漏洞有影响、哪些没有"),
        (".openvex.json", ".vex.json"),
    ),
    "junit": (_junit, Text("JUnit XML, for test pages", "JUnit XML，用于测试页面"), (".xml",)),
    "gitlab": (_gitlab, Text("GitLab's security report", "GitLab 安全报告"), ()),
    "gitlab-sast": (_gitlab_sast, Text("GitLab's report of build files", "GitLab 构建文件报告"), ("gl-sast-report.json",)),
    "gitlab-secrets": (
        _gitlab_secrets,
        Text("GitLab's report of secrets", "GitLab 密钥报告"),
        ("gl-secret-detection-report.json",),
    ),
    "gitlab-codequality": (
        _codequality,
        Text("GitLab's code quality report, shown in each merge request", "GitLab 代码质量报告，显示在合并请求中"),
        ("gl-code-quality-report.json",),
    ),
    "github": (_github, Text("annotations of a GitHub workflow", "GitHub 工作流注解"), ()),
    "github-snapshot": (_snapshot, Text("GitHub's dependency snapshot", "GitHub 依赖快照"), ()),
    "html": (_html, Text("one HTML page with plots", "一个带图表的 HTML 页面"), (".html", ".htm")),
}


def write_report(report: Report, form: str, language: str = "en") -> bytes:
    """The report in one of `FORMS`. Raises UsageError for another name."""
    if form not in FORMS:
        raise UsageError(f"{form!r} is no form of a report.", f"Choose one of {', '.join(FORMS)}.")
    return FORMS[form][0](report, language)


def form_of(path: str) -> str:
    """The form that a file's name ends in, the longest ending first; '' if none."""
    endings = sorted(((end, form) for form, (_, _, ends) in FORMS.items() for end in ends), key=lambda e: -len(e[0]))
    return next((form for end, form in endings if path.lower().endswith(end)), "")
