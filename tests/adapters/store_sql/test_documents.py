"""Values become documents and columns that every database holds, and come back."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.adapters.store_sql.documents import SEARCH_LIMIT, bounded, clean, column, decode, encode, plain, searchable
from periderm.model.alert import Alert
from periderm.model.errors import StoreError
from periderm.model.text import Text
from tests.ports.plugs import alert
from tests.strategies import alerts, undecodable_text

any_text = st.text(st.characters(codec=None, categories=None, exclude_categories=()))


@given(text=any_text)
def test_plain_text_can_be_stored(text: str) -> None:
    """Whatever it holds: Unicode without NUL comes out, and what was plain stays as it was."""
    found = plain(text)
    assert "\x00" not in found
    found.encode()
    assert plain(found) == found
    if "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text):
        assert found == text


@given(value=alerts(text=undecodable_text))
def test_any_alert_can_be_stored(value: Alert) -> None:
    """Cleaning makes it writable, changes only what was not Unicode, and has nothing left to do the second time."""
    cleaned = clean(value)
    assert decode(encode(cleaned), msgspec.msgpack.Decoder(Alert)) == cleaned
    assert clean(cleaned) == cleaned
    assert (cleaned.id, cleaned.time, cleaned.severity) == (value.id, value.time, value.severity)


def test_what_cannot_be_written_is_told() -> None:
    """Numbers of more than 64 bits."""
    with pytest.raises(StoreError):
        clean(alert(time=2**64))


def test_what_cannot_be_read_is_told() -> None:
    """A document of another version, or damaged."""
    for data in (b"", b"\xc1", msgspec.msgpack.encode({"id": 1}), encode(alert())[:-1]):
        with pytest.raises(StoreError):
            decode(data, msgspec.msgpack.Decoder(Alert))


@given(number=st.integers())
def test_columns_hold_64_bits(number: int) -> None:
    """The nearest number there is."""
    found = bounded(number)
    assert -(2**63) <= found < 2**63
    assert found == number or abs(number) >= 2**63
    assert column(number) == found


def test_search_text_is_folded_and_bounded() -> None:
    """Both languages, and no more than a row should carry."""
    assert searchable("A/B", "", Text("Straße", "密钥")) == "a/b\nstrasse\n密钥"
    assert len(searchable("x" * 10 * SEARCH_LIMIT)) == SEARCH_LIMIT
