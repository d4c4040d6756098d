"""Every page in a real browser: on a desktop and on a phone, light and dark, in every language, without a script."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
import pytest
from fastapi.testclient import TestClient
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from delivery.messages import LANGUAGES
from tests.search_ui.browsing import PHONE, WIDE, phone, wide
from tests.search_ui.test_door import ANSWERS

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
NO_PAGES = ("/api/", "/export", "/feed", "/static/", "/livez", "/readyz", "/metrics", "/robots.txt", "/opensearch.xml",
            "/suggestions")  # fmt: skip
PAGES = [
    *(path for path, status, _ in ANSWERS if status in (200, 404) and not path.startswith(NO_PAGES)),
    "/paper/2611.00047", "/?q=zeppelins", "/?q=clock+attention", "/?from=2026-11-21&until=2026-11-21",
    "/?featured=2026-11-20", "/?category=cs.CL&category=cs.LG&has=code&page=2", '/?q=au:"Mira Holt"',
]  # fmt: skip
# Every page is seen in two languages, another on the phone than on the desktop; all pages together in all languages.
LOOKS = [
    (path, width, list(LANGUAGES)[(number + place) % len(LANGUAGES)])
    for number, path in enumerate(PAGES)
    for place, width in enumerate((PHONE, WIDE))
]
# What a colour scheme can break.
COLOURS = ["color-contrast", "link-in-text-block"]


def test_these_are_pages(client: TestClient) -> None:
    assert len(PAGES) > 18
    for path in PAGES:
        assert client.get(path).headers["content-type"].startswith("text/html"), path


def shown(browser: webdriver.Chrome, width: int, language: str) -> None:
    phone(browser) if width == PHONE else wide(browser)
    browser.execute_cdp_cmd("Network.enable", {})
    browser.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {"Accept-Language": language}})


def in_scheme(browser: webdriver.Chrome, scheme: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def violations(browser: webdriver.Chrome, **options: object) -> dict[str, list[object]]:
    """What axe-core finds: rule → where, up to three places."""
    run = "axe.run(document, arguments[0]).then(arguments[1])"
    result = browser.execute_async_script(run, {"resultTypes": ["violations"], **options})
    return {found["id"]: [node["target"] for node in found["nodes"]][:3] for found in result["violations"]}


@pytest.mark.parametrize(("path", "width", "language"), LOOKS)
def test_it_is_accessible(path: str, width: int, language: str, browser: webdriver.Chrome, address: str) -> None:
    """axe-core finds nothing in light or dark, with what can be opened open, and nothing sticks out."""
    shown(browser, width, language)
    in_scheme(browser, "light")
    browser.get(address + path)
    browser.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
    assert browser.find_element(By.CSS_SELECTOR, "html").get_attribute("lang") == language
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    browser.execute_script(AXE)
    assert violations(browser) == {}
    in_scheme(browser, "dark")
    assert violations(browser, runOnly=COLOURS) == {}


def test_every_language_is_walked_at_both_widths() -> None:
    for width in (PHONE, WIDE):
        assert {language for _, each_width, language in LOOKS if each_width == width} == set(LANGUAGES)


@pytest.mark.parametrize("path", PAGES)
def test_it_works_without_a_script_and_when_enlarged(path: str, browser: webdriver.Chrome, address: str) -> None:
    """At twice its size, a window has half the width."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 640, "height": 500, "deviceScaleFactor": 2, "mobile": False}
    )
    browser.get(address + path)
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert browser.find_element(By.CSS_SELECTOR, "main h1").is_displayed()
    assert not browser.find_elements(By.CSS_SELECTOR, "main button:not([type])")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 640


@pytest.mark.parametrize("path", ["/", "/?q=clocks", "/paper/2611.00047", "/ranked?like=2611.00001"])
def test_the_skip_link_leads_to_the_first_paper(path: str, browser: webdriver.Chrome, address: str) -> None:
    """Within five Tab stops, and it is not hidden below the header."""
    shown(browser, PHONE, "en")
    browser.get(address + path)
    browser.find_element(By.CSS_SELECTOR, "body").send_keys(Keys.TAB)
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    for _ in range(3):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        focused = browser.switch_to.active_element
        if browser.execute_script("return Boolean(arguments[0].closest('#papers'))", focused):
            break
    assert browser.execute_script("return Boolean(arguments[0].closest('#papers'))", focused)
    bar = browser.find_element(By.CSS_SELECTOR, ".bar")
    top = browser.execute_script("return arguments[0].getBoundingClientRect().top", focused)
    is_fixed = browser.execute_script("return getComputedStyle(arguments[0]).position", bar) == "sticky"
    assert top >= (bar.rect["height"] if is_fixed else 0)


SHIFTS = """
const done = arguments[0]; let sum = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; })
  .observe({ type: "layout-shift", buffered: true });
setTimeout(() => done(sum), 300);
"""


@pytest.mark.parametrize("path", ["/", "/?q=clocks", "/paper/2611.00047"])
@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_nothing_moves_while_a_page_loads(path: str, width: int, browser: webdriver.Chrome, address: str) -> None:
    shown(browser, width, "en")
    browser.get(address + path)
    assert browser.execute_async_script(SHIFTS) == 0
