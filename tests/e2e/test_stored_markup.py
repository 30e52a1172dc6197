"""Every page in a real browser over a store in which every text is an attack: nothing runs, nothing is fetched from elsewhere,
and the page holds its shape."""

from __future__ import annotations

import pytest

from periderm.console import assets
from periderm.server.create import create_server
from periderm.server.page_table import PAGES
from periderm.server.run import bind
from tests.e2e.conftest import Site
from tests.e2e.test_console import WIDTH
from tests.poisoned import with_poison
from tests.server.sockets import served
from tests.server.test_page_table import address
from tests.server.test_stored_markup import tell_all

pytestmark = pytest.mark.browser

FOREIGN = """() => [...document.querySelectorAll('img, iframe, object, embed, base, body script, [style], [srcdoc]')]
  .map((e) => e.outerHTML.slice(0, 120))"""
WIDEST = """() => [...document.querySelectorAll("main *, header *")]
  .filter((e) => e.getBoundingClientRect().right > innerWidth + 1
    && ![...e.children].some((c) => c.getBoundingClientRect().right > innerWidth + 1))
  .slice(0, 2).map((e) => e.parentElement.outerHTML.slice(0, 60) + ' > ' + e.tagName + '.' + e.className)"""
UNFOLD = "() => document.querySelectorAll('details').forEach((d) => { d.open = true; })"


def test_nothing_stored_runs_on_any_page(site: Site, built: assets.Assets) -> None:
    """Also unfolded, on a phone and on a desk; what is typed into a search comes back as text."""
    tell_all(site.app)
    listener = bind("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    wrong = []
    with served(create_server(with_poison(site.app), "", built=built), listener):
        # Signed in at the other port: cookies know no ports.
        page = site.open("/")
        for path, _ in PAGES:
            page.set_viewport_size({"width": 1280, "height": 800})
            answer = page.goto(url + address(path))
            assert answer is not None
            if answer.status not in (200, 404):
                wrong.append(f"{path}: {answer.status}")
            page.evaluate(UNFOLD)
            wrong += [f"{path}: {html}" for html in page.evaluate(FOREIGN)]
            if page.title() == "owned":
                wrong.append(f"{path}: a script ran")
            for width in (360, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                # Each cell and word is bounded; a row of nothing but the longest names may still be scrolled to.
                if (over := page.evaluate(WIDTH)) > width:
                    wrong.append(f"{path}: {over} px wider than {width}: {page.evaluate(WIDEST)}")
        page.goto(url + "/incidents?text=%22%3E%3Cscript%3Edocument.title%3D%27owned%27%3C/script%3E%E2%80%AE")
        assert page.title() != "owned"
        page.goto("about:blank")
    assert not wrong, "\n".join(wrong)
    assert [line for line in site.complaints if "404" not in line] == []
    assert {address.split("/")[2] for address in site.requests} <= {url.split("/")[2], site.url.split("/")[2], ""}
