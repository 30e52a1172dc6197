"""Messages in the forms of chats, held against what their makers document, whatever an attacker wrote."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.notices import chat
from periderm.model.severity import Severity
from periderm.model.text import Text
from tests.told import HOSTILE, hostile_notice, message, notice


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties, "additionalProperties": False}


def _text(most: int = 10**6, least: int = 1) -> dict[str, Any]:
    return {"type": "string", "maxLength": most, "minLength": least}


# As each maker documents them, and only what we write of them: an attribute that is not here is a mistake.
_PLAIN = _object("type text", type={"const": "plain_text"}, text=_text(3000), emoji={"type": "boolean"})
SLACK = _object(
    "text blocks",
    text=_text(4000),
    unfurl_links={"const": False},
    unfurl_media={"const": False},
    blocks={
        "type": "array",
        "maxItems": 50,
        "items": {
            "oneOf": [
                _object(
                    "type text",
                    type={"const": "header"},
                    text=_object("type text", **(_PLAIN["properties"] | {"text": _text(150)})),
                ),
                _object("type text", type={"const": "section"}, text=_PLAIN),
                _object(
                    "type elements",
                    type={"const": "actions"},
                    elements={
                        "type": "array",
                        "maxItems": 25,
                        "items": _object("type text url", type={"const": "button"}, text=_PLAIN, url=_text(3000)),
                    },
                ),
            ]
        },
    },
)
_RUN = _object(
    "type text",
    type={"const": "TextRun"},
    text=_text(),
    weight={"enum": ["lighter", "default", "bolder"]},
    size={"enum": ["small", "default", "medium", "large", "extraLarge"]},
    color={"enum": ["default", "dark", "light", "accent", "good", "warning", "attention"]},
)
_CARD = {
    "type": "object",
    "required": ["type", "version", "body"],
    "properties": {
        "$schema": {"type": "string"},
        "type": {"const": "AdaptiveCard"},
        "version": {"enum": ["1.2", "1.3", "1.4"]},
        "body": {
            "type": "array",
            "items": _object("type inlines", type={"const": "RichTextBlock"}, inlines={"type": "array", "items": _RUN}),
        },
        "actions": {
            "type": "array",
            "items": _object("type url", type={"const": "Action.OpenUrl"}, title=_text(), url=_text()),
        },
    },
    "additionalProperties": False,
}
TEAMS = _object(
    "type attachments",
    type={"const": "message"},
    attachments={
        "type": "array",
        "minItems": 1,
        "maxItems": 1,
        "items": _object(
            "contentType content",
            contentType={"const": "application/vnd.microsoft.card.adaptive"},
            contentUrl={"type": "null"},
            content=_CARD,
        ),
    },
)
_LARK = _object("tag content", tag={"const": "plain_text"}, content=_text())
FEISHU = _object(
    "msg_type card",
    msg_type={"const": "interactive"},
    card=_object(
        "header elements",
        config=_object("", wide_screen_mode={"type": "boolean"}),
        header=_object(
            "title",
            title=_LARK,
            template={"enum": ["blue", "green", "yellow", "orange", "red", "grey"]},
        ),
        elements={
            "type": "array",
            "items": {
                "oneOf": [
                    _object("tag text", tag={"const": "div"}, text=_LARK),
                    _object(
                        "tag actions",
                        tag={"const": "action"},
                        actions={
                            "type": "array",
                            "items": _object(
                                "tag text url",
                                tag={"const": "button"},
                                text=_LARK,
                                url=_text(),
                                type={"enum": ["default", "primary", "danger"]},
                            ),
                        },
                    ),
                ]
            },
        },
    ),
)
_NOBODY = {"type": "array", "maxItems": 0}
DINGTALK = _object(
    "msgtype text",
    msgtype={"const": "text"},
    text=_object("content", content=_text()),
    at=_object("isAtAll", atMobiles=_NOBODY, atUserIds=_NOBODY, isAtAll={"const": False}),
)
WECOM = _object("msgtype text", msgtype={"const": "text"}, text=_object("content", content=_text()))
# What is written, its schema, and the most bytes of a request.
FORMS = {
    "slack": (chat.slack, SLACK, 100_000),
    "teams": (chat.teams, TEAMS, 28 * 1024),
    "feishu": (chat.feishu, FEISHU, 20 * 1024),
    "dingtalk": (chat.dingtalk, DINGTALK, 20_000),
    "wecom": (chat.wecom, WECOM, 100_000),
}


@pytest.mark.parametrize("form", FORMS)
@given(words=st.text(max_size=40), times=st.sampled_from([1, 30, 900]), language=st.sampled_from(["en", "zh"]))
def test_every_form_is_as_its_maker_documents_it(form: str, words: str, times: int, language: str) -> None:
    """Fields, kinds and sizes, for any text."""
    write, schema, most = FORMS[form]
    text = Text(words * times, words * times)
    made = write(message(notice(title=text, summary=text, place=words), language=language))
    jsonschema.validate(made, schema)
    assert len(msgspec.json.encode(made)) <= most
    if form == "wecom":
        assert len(made["text"]["content"].encode()) <= 2048


@pytest.mark.parametrize("form", FORMS)
def test_what_an_attacker_writes_is_no_markup(form: str) -> None:
    """Nobody is mentioned, nothing is linked, no terminal is driven."""
    write, schema, _ = FORMS[form]
    made = write(message(hostile_notice()))
    jsonschema.validate(made, schema)
    text = json.dumps(made, ensure_ascii=False)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\u001b" not in json.dumps(made)
    assert HOSTILE.split()[2] in text  # what was written is told, in its own words
    if form == "slack":
        assert "<" not in made["text"]
        assert all(b["text"]["type"] == "plain_text" for b in made["blocks"] if "text" in b)
    if form == "wecom":
        assert "<@" not in made["text"]["content"]


def test_a_link_leads_to_the_console() -> None:
    """Each form that has buttons has one; the others tell the address."""
    there = "https://periderm.test/incidents/inc-shop"
    for form, (write, _, _) in FORMS.items():
        assert there in json.dumps(write(message())), form


def test_how_bad_it_is_has_a_color() -> None:
    """Beside the word, which stands in the title."""
    colors = [chat.feishu(message(notice(severity=s)))["card"]["header"]["template"] for s in (Severity.CRITICAL, Severity.LOW)]
    assert colors == ["red", "blue"]
