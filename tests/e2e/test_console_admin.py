"""What an administrator does in a real browser: settings, owners, and something to all that match."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.model.query import Query
from tests import story
from tests.e2e.conftest import Site

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_a_setting_is_changed_and_undone_by_keyboard_and_without_scripts(site: Site, language: str) -> None:
    """Unfolded, typed, saved, seen, undone; what the file or the environment says has no form."""
    from playwright.sync_api import expect

    page = site.open("/settings", locale=language, java_script_enabled=False)
    row = page.locator('tr[id="agent.budget_cpu"]')
    expect(row.locator("td").nth(1)).to_contain_text("50")
    row.locator("summary").focus()
    page.keyboard.press("Enter")
    field = row.locator('input[name="value"]')
    field.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("20")
    page.keyboard.press("Enter")
    expect(row.locator("td").nth(1)).to_contain_text("20")
    expect(row.locator("td").nth(2)).to_contain_text("ada")
    row.locator("summary").click()
    row.locator('form[action$="/undo"] button').click()
    expect(row.locator("td").nth(1)).to_contain_text("50")
    assert page.locator('tr[id="history.days"] form').count() == 0
    assert page.locator('tr[id="history.mib"] form').count() == 0
    assert site.complaints == []


def test_a_file_of_owners_is_tried_and_imported_without_scripts(site: Site, tmp_path: Path) -> None:
    """Chosen, shown with what it would re-assign, and then done from what was shown; a rule goes the same way."""
    from playwright.sync_api import expect

    story.tell(site.app)
    table = tmp_path / "cmdb.csv"
    table.write_text("name,owner,environment\n*,team-cmdb,staging\n", encoding="utf-8")
    page = site.open("/owners", java_script_enabled=False)
    page.set_input_files('#import input[type="file"]', str(table))
    page.click('#import button[value="try"]')
    expect(page.locator("#result-import")).to_contain_text("Rows: 1.")
    assert list(site.app.store.owner_heads()) == []
    page.click('#import button[value="do"]')
    expect(page.locator("#tables table")).to_contain_text("cmdb")
    assert [(head.id, head.count) for head in site.app.store.owner_heads()] == [("cmdb", 1)]
    page.fill('#rules input[name="name"]', "shop-*")
    page.fill('#rules input[name="owner"]', "team-rule")
    page.click('#rules button[value="try"]')
    expect(page.locator("#result-rules")).to_contain_text("owner=team-rule")
    page.click('#rules button[value="do"]')
    expect(page.locator("#rules table").first).to_contain_text("shop-*")
    assert site.complaints == []


def test_something_is_done_to_all_that_match_without_scripts(site: Site) -> None:
    """From the list, over the page that says how many, back to the list."""
    from playwright.sync_api import expect

    story.tell(site.app)
    total = site.app.store.findings(Query(limit=1)).total
    page = site.open("/findings?severity=informational", java_script_enabled=False)
    page.click('a[href^="/findings/all"]')
    expect(page.locator("#count")).to_contain_text(str(total))
    page.fill('input[name="text"]', "eve")
    page.click('button[value="assign"]')
    page.wait_for_url("**/findings?severity=informational")
    assert site.app.store.handlings(Query(limit=1), assignee="eve").total > 0
    (entry,) = [each for each in site.app.store.audit_after(0) if each.action.startswith("handling.")]
    assert entry.action == "handling.all"
    assert site.complaints == []
