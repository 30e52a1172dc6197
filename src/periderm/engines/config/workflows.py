"""A GitHub workflow as detectors look at it: triggers, jobs, steps, and which texts of it come from strangers.

Sources: GitHub's "Workflow syntax", "Script injections" and "Secure use reference". Reusable workflows and actions that it
names are other files, and not looked into.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Iterator
from collections.abc import Mapping as Map

import msgspec

from periderm.engines.config.facts import Facts
from periderm.engines.config.gathering import jobs_of, steps_of
from periderm.model.build_file import FileKind, Listing, Mapping, Scalar

# Started by strangers, and run with the repository's own secrets and token.
TRUSTED_RUN = frozenset({"pull_request_target", "workflow_run", "issue_comment", "issues", "discussion", "discussion_comment"})
FROM_STRANGERS = TRUSTED_RUN | {"pull_request", "pull_request_review", "pull_request_review_comment", "fork", "watch"}
LONGEST = 2_000  # characters of an expression
# Conditions that keep out what comes from a fork, or from whom nobody knows.
OWN_CODE = re.compile(
    r"head\.repo\.full_name\s*==\s*github\.repository|head_repository\.full_name\s*==\s*github\.repository|"
    r"head\.repo\.fork\s*==\s*false|!\s*github\.event\.pull_request\.head\.repo\.fork|"
    r"head\.repo\.owner\.login\s*==|author_association"
)
_NAME = r"[\w*\[\]'\"-]{1,60}"
_UNTRUSTED = re.compile(
    r"\bgithub\s*\.\s*head_ref\b|\bgithub\.event\.(?:"
    r"issue\.(?:title|body)|discussion\.(?:title|body)|comment\.body|review\.body|review_comment\.body|"
    r"pull_request\.(?:title|body|head\.(?:ref|label|repo\.(?:default_branch|description|homepage)))|"
    rf"pages(?:\.|\[){_NAME}\.page_name|commits(?:\.|\[){_NAME}\.(?:message|author\.(?:name|email))|"
    r"head_commit\.(?:message|author\.(?:name|email)|committer\.(?:name|email))|"
    r"workflow_run\.(?:head_branch|display_title|head_commit\.(?:message|author\.(?:name|email))|head_repository\.description)"
    r")\b|\btoJSON\(\s*github(?:\.event(?:\.(?:issue|comment|pull_request|discussion|review))?)?\s*\)",
    re.IGNORECASE,
)
_TESTS = re.compile(r"(?i)\b(?:contains|startsWith|endsWith|hashFiles)\((?:[^()]|\([^()]*\)){0,500}\)")
_COMPARED = re.compile(r"[\w.\[\]'\"*-]{1,200}\s*(?:==|!=)\s*[\w.\[\]'\"*/-]{1,200}")
_ENV = re.compile(r"\benv\.([A-Za-z_]\w*)|\benv\[['\"]([A-Za-z_]\w*)['\"]\]")


class Step(msgspec.Struct, frozen=True):
    """One step of a job. `uses` is the action without its reference, `ref` what follows '@' ('' for a local one)."""

    body: Mapping
    job: str
    job_body: Mapping
    uses: str
    ref: str
    line: int


def triggers(tree: Mapping) -> frozenset[str]:
    """The names of the events that start it. A bare `on` is a truth value to readers of YAML 1.1, and a text here."""
    found = tree.get("on")
    if isinstance(found, Scalar):
        return frozenset({found.text})
    if isinstance(found, Listing):
        return frozenset(item.text for item in found.items if isinstance(item, Scalar))
    return frozenset(found.pairs) if isinstance(found, Mapping) else frozenset()


def steps(facts: Facts) -> Iterator[Step]:
    """All steps of all jobs, or of an action; a job that is a reusable workflow is a step of its own."""
    if facts.kind is FileKind.ACTION:
        for body in steps_of(facts.tree.get("runs", "steps")):
            yield _step(body, "", facts.tree)
        return
    for key, job in jobs_of(facts.tree):
        if "uses" in job.pairs:
            yield _step(job, key.text, job)
        for body in steps_of(job.get("steps")):
            yield _step(body, key.text, job)


def jobs_in(tree: Mapping) -> Iterator[Mapping]:
    """The jobs of a workflow, without their names."""
    return (job for _, job in jobs_of(tree))


def by_job(facts: Facts) -> dict[str, list[Step]]:
    """The steps of each job."""
    found: dict[str, list[Step]] = {}
    for step in steps(facts):
        found.setdefault(step.job, []).append(step)
    return found


def _step(body: Mapping, job: str, job_body: Mapping) -> Step:
    uses, _, ref = body.text("uses").partition("@")
    key = body.key("uses")
    return Step(body, job, job_body, uses, ref, key.line if key else body.line)


def scripts(facts: Facts) -> Iterator[tuple[Step, Scalar]]:
    """What is run as code: `run`, and the script of github-script."""
    for step in steps(facts):
        for found in (step.body.get("run"), step.body.get("with", "script") if step.uses == "actions/github-script" else None):
            if isinstance(found, Scalar):
                yield step, found


def expressions(script: Scalar) -> Iterator[tuple[str, int]]:
    """(expression, line) of each `${{ … }}`."""
    placed, at = script.script(), script.text.find("${{")
    while at >= 0:
        end = script.text.find("}}", at)
        if end < 0:
            return
        if end - at <= LONGEST:
            yield script.text[at + 3 : end].strip(), placed.line_at(at)
        at = script.text.find("${{", end)


def untrusted(expression: str) -> str:
    """What of an expression a stranger writes, if its value holds it and not only a test of it; else ''."""
    bare = _COMPARED.sub(" ", _TESTS.sub(" ", expression))
    match = _UNTRUSTED.search(bare)
    return match[0] if match else ""


class Tainted:
    """Which environment variables of a step hold a stranger's text. The file's and the jobs' are looked at once."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._known: dict[int, dict[str, str]] = {}

    def of(self, step: Step) -> Map[str, str]:
        """Name to the expression that put the text in; the step's own come before the job's and the file's."""
        places = (step.body, step.job_body, self._facts.tree)
        return ChainMap(*(self._place(place.mapping("env")) for place in places))

    def _place(self, place: Mapping) -> dict[str, str]:
        found = self._known.get(id(place)) if place.pairs else {}
        if found is None:
            found = self._known[id(place)] = {}
            for key, value in place.items():
                if isinstance(value, Scalar):
                    origin = next((u for e, _ in expressions(value) if (u := untrusted(e))), "")
                    if origin:
                        found[key.text] = origin
        return found


def variables_of(expression: str) -> Iterator[str]:
    """Names of environment variables that an expression puts in as text."""
    for match in _ENV.finditer(expression):
        yield match[1] or match[2]
