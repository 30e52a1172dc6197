"""Notices as issues: the fields of Jira's REST API 2 (server, data centre and cloud take it) and of GitHub's issues API.

Foreign text stands in blocks that are not read as markup: '{noformat}' in Jira, a fence longer than any inside in GitHub.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from periderm.formats.notices.fitting import one_line, printed, short
from periderm.model.notice import Message

LONGEST = 30_000  # Jira's own limit is 32,767, GitHub's 65,536
LONGEST_FENCE = 40  # backticks in a row; more of them in a text are shown as so many


def marker(subject_id: str) -> str:
    """By which a ticket of this subject is found again: a label in Jira, a line of the text in GitHub."""
    return f"periderm-{re.sub(r'[^a-zA-Z0-9-]', '', subject_id)}"


def title(message: Message, harmless: Callable[[str], str] = str) -> str:
    """Of the issue: Jira takes 255 characters, GitHub 256. What `harmless` puts between them counts."""
    return short(harmless(one_line(message.title)), 250) or "Periderm"


def jira_fields(message: Message, project: str, kind: str, labels: Sequence[str]) -> dict[str, Any]:
    """Body of POST /rest/api/2/issue."""
    own = ("periderm", marker(message.notices[0].subject_id))
    return {
        "fields": {
            "project": {"key": project},
            "issuetype": {"name": kind},
            "summary": title(message),
            "description": jira_text(message),
            "labels": list(dict.fromkeys((*own, *labels))),
        }
    }


def jira_text(message: Message) -> str:
    """Description or comment."""
    text = short(printed(message.text).replace("{noformat}", "{ noformat }"), LONGEST)
    link = f"\n{message.link}" if message.link else ""
    return f"{{noformat}}\n{text}\n{{noformat}}{link}"


def github_fields(message: Message, labels: Sequence[str]) -> dict[str, Any]:
    """Body of POST /repos/OWNER/NAME/issues."""
    mark = marker(message.notices[0].subject_id)
    own: dict[str, Any] = {"title": title(message, _unmentioned), "body": f"{github_text(message)}\n\n<!-- {mark} -->"}
    if labels:
        own["labels"] = list(labels)
    return own


def github_text(message: Message) -> str:
    """Body or comment. Inside a fence nobody is mentioned and nothing linked."""
    text = short(re.sub(rf"`{{{LONGEST_FENCE},}}", "`" * LONGEST_FENCE, printed(message.text)), LONGEST)
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    link = f"\n\n{message.link}" if message.link else ""
    return f"{fence}text\n{text}\n{fence}{link}"


def _unmentioned(text: str) -> str:
    return text.replace("@", "@\N{ZERO WIDTH SPACE}")
