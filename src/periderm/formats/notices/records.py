"""Notices as our own JSON: what a webhook is sent, and a line of a file. Its fields are stable (see the how-to page)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from periderm.model.notice import Message, Notice
from periderm.model.text import Text


def records_of(message: Message) -> Mapping[str, msgspec.Struct]:
    """The records of a message by their ids."""
    return {str(getattr(record, "id", "")): record for record in message.records}


def line(message: Message, notice: Notice, record: object = None) -> dict[str, Any]:
    """One notice; `record` is the subject as the API shows it, null if it is gone."""
    language = message.language
    return {
        "id": notice.id,
        "time": notice.time,
        "occasion": notice.occasion.value,
        "subject": notice.subject_id,
        "severity": notice.severity.name.lower(),
        "title": notice.title.pick(language),
        "summary": notice.summary.pick(language),
        "place": notice.place,
        "detector": notice.detector,
        "owner": notice.owner,
        "application": notice.application,
        "environment": notice.environment,
        "path": notice.path,
        "over": notice.ends,
        "facts": {
            fact.label.en: fact.value.pick(language) if isinstance(fact.value, Text) else fact.value for fact in notice.facts
        },
        "record": record,
    }


def body(message: Message) -> dict[str, Any]:
    """What a webhook is sent."""
    found = records_of(message)
    return {
        "type": "periderm.notices",
        "id": message.id,
        "time": message.time,
        "version": message.version,
        "title": message.title,
        "text": message.text,
        "link": message.link,
        "more": message.more,
        "notices": [line(message, notice, found.get(notice.subject_id)) for notice in message.notices],
    }
