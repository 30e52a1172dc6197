"""The HTML report in a real browser, opened from disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from periderm.formats.html_report import page
from tests.reports import many, report

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
@pytest.mark.parametrize("kind", ["small", "large", "chinese"])
def test_opens_from_disk(tmp_path: Path, browser: Browser, width: int, scheme: Any, kind: str) -> None:
    """It is styled under its own policy, which refuses nothing of it; no line is wider than the window; what is closed
    opens; nothing foreign became an element, and nothing is asked of any network."""
    path = tmp_path / "report.html"
    value = many(1500) if kind == "large" else report()
    path.write_bytes(page.write(value, "zh" if kind == "chinese" else "en"))
    asked: list[str] = []
    said: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    try:
        view = context.new_page()
        view.on("console", lambda message: said.append(message.text))
        view.on("request", lambda request: asked.append(request.url))
        view.goto(path.as_uri())
        ground = view.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == ("rgb(20, 23, 15)" if scheme == "dark" else "rgb(255, 255, 255)")
        assert view.evaluate("document.documentElement.scrollWidth") <= width
        assert view.locator("b b, script, [onclick]").count() == 0
        view.locator("summary").first.click()
        assert view.locator("details[open]").count() == 1
        assert view.locator("svg").count() == 5
    finally:
        context.close()
    assert said == []
    assert asked == [path.as_uri()]
