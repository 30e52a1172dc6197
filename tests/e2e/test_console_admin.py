"""What an administrator does in a real browser: settings."""

from __future__ import annotations

import pytest

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
