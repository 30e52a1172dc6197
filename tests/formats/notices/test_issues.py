"""Notices as issues: what Jira and GitHub take, whatever an attacker wrote."""

from __future__ import annotations

import re

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.notices import issues
from periderm.model.text import Text
from tests.told import hostile_notice, message, notice

# https://developer.atlassian.com/cloud/jira/platform/rest/v2/ 'Create issue', and the limits of its system fields.
_NAMED = {"type": "object", "additionalProperties": False}
JIRA = {
    "type": "object",
    "required": ["fields"],
    "additionalProperties": False,
    "properties": {
        "fields": {
            "type": "object",
            "required": ["project", "issuetype", "summary"],
            "additionalProperties": False,
            "properties": {
                "project": _NAMED | {"properties": {"key": {"type": "string"}}},
                "issuetype": _NAMED | {"properties": {"name": {"type": "string"}}},
                "summary": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[^\n\r]*$"},
                "description": {"type": "string", "maxLength": 32767},
                "labels": {"type": "array", "items": {"type": "string", "pattern": r"^\S+$", "maxLength": 255}},
            },
        }
    },
}
# https://docs.github.com/en/rest/issues/issues 'Create an issue'.
GITHUB = {
    "type": "object",
    "required": ["title"],
    "additionalProperties": False,
    "properties": {
        "title": {"type": "string", "minLength": 1, "maxLength": 256},
        "body": {"type": "string", "maxLength": 65536},
        "labels": {"type": "array", "items": {"type": "string"}},
    },
}


@given(st.text(max_size=200), st.sampled_from([1, 300]))
def test_issues_are_as_documented(words: str, times: int) -> None:
    """For any text."""
    made = message(notice(title=Text(words * times, ""), summary=Text(words * times, "")))
    jsonschema.validate(issues.jira_fields(made, "OPS", "Task", ["a"]), JIRA)
    jsonschema.validate(issues.github_fields(made, []), GITHUB)


@pytest.mark.parametrize("words", ["@", "{noformat}", "`", "``` ", "{noform{noformat}at}", "@a\n"])
def test_what_is_put_between_counts(words: str) -> None:
    """Markup that is made harmless becomes longer, and stays within what they take."""
    made = message(notice(title=Text(words * 20_000, ""), summary=Text(words * 20_000, "")))
    jsonschema.validate(issues.jira_fields(made, "OPS", "Task", []), JIRA)
    jsonschema.validate(issues.github_fields(made, []), GITHUB)
    assert issues.jira_text(made).count("{noformat}") == 2


def test_an_attacker_leaves_no_block() -> None:
    """Jira's {noformat} and GitHub's fence hold to the end, and nobody is mentioned."""
    jira = issues.jira_text(message(hostile_notice()))
    assert jira.count("{noformat}") == 2
    github = issues.github_text(message(hostile_notice()))
    fence = re.match(r"(`+)text\n", github)
    assert fence is not None
    assert github.count(fence[1]) == 2
    assert not re.search(r"@\w", issues.github_fields(message(hostile_notice()), [])["title"])
    told = issues.github_fields(message(notice(title=Text("@octocat did it", ""))), [])["title"]
    assert told.endswith("@\N{ZERO WIDTH SPACE}octocat did it")  # which nobody sees


def test_an_issue_is_found_again_by_its_subject() -> None:
    """The same mark for the same subject, and one that both take as a label."""
    assert issues.marker('inc-1 x"y') == "periderm-inc-1xy"
    assert issues.marker("inc-shop") in issues.jira_fields(message(), "OPS", "Bug", [])["fields"]["labels"]
    assert f"<!-- {issues.marker('inc-shop')} -->" in issues.github_fields(message(), ["sec"])["body"]
