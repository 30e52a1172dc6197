"""What a list's address says in the language of searches."""

from __future__ import annotations

from periderm.app.application import Application
from periderm.console.pages.incidents import page
from tests.console.conftest import Asks
from tests.console.markup import texts
from tests.story import INCIDENT_ID


def test_a_list_is_filtered_by_search_and_times(told: Application, ask: Asks) -> None:
    """Alone and together."""
    assert INCIDENT_ID in page(ask("/incidents", query={"q": "severity>=low", "since": "30d"}))
    assert INCIDENT_ID not in page(ask("/incidents", query={"q": "severity<low"}))
    assert INCIDENT_ID not in page(ask("/incidents", query={"until": "1971-01-01"}))


def test_what_is_wrong_stays_to_be_mended(told: Application, ask: Asks) -> None:
    """With what was typed, and nothing found."""
    for given in ({"q": "serverity:high"}, {"since": "yesterday"}, {"since": "1h", "until": "2h"}):
        shown = page(ask("/incidents", query=given))
        assert 'role="alert"' in shown
        assert next(iter(given.values())) in shown
        assert INCIDENT_ID not in shown


def test_times_are_chosen_in_words(told: Application, ask: Asks) -> None:
    """By links and by fields."""
    said = texts(page(ask("/incidents", query={"since": "2h"})))
    assert "2h to now" in said
    assert "15m" in said
