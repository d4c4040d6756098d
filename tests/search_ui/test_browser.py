"""The page in a real headless Chromium, served by two worker processes as `paperglot serve` does."""

from __future__ import annotations

import os
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from indexer.engines import open_engine
from tests.indexer.contract import fill
from tests.processes import BIN, free_ports, wait_until
from tests.search_ui.conftest import documents


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("served")
    fill(open_engine(folder), documents())
    (port,) = free_ports(1)
    command = [str(BIN / "paperglot"), "serve", "--port", str(port), "--workers", "2", "--data", str(folder)]
    process = subprocess.Popen(command, env={k: v for k, v in os.environ.items() if not k.startswith("PAPERGLOT_CR")})
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _answers(f"{address}/static/icon.svg"), process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=60)


def _answers(address: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(address, timeout=10):
        return True
    return False


@pytest.fixture(scope="module")
def browser(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
        f"--user-data-dir={tmp_path_factory.mktemp('chromium')}",
    ):  # fmt: skip
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService("/usr/bin/chromedriver"))
    yield driver
    driver.quit()


def wide(browser: webdriver.Chrome) -> None:
    browser.set_window_size(1280, 1000)


def phone(browser: webdriver.Chrome) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
    )


@pytest.fixture(autouse=True)
def _ordinary(browser: webdriver.Chrome) -> Iterator[None]:
    yield
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    browser.delete_all_cookies()


def eventually(browser: webdriver.Chrome, condition: Callable[[], bool]) -> None:
    """Wait for what a key or a click brings; the old page may still be there, or just be going."""
    ignored = (NoSuchElementException, StaleElementReferenceException)
    WebDriverWait(browser, 20, poll_frequency=0.05, ignored_exceptions=ignored).until(lambda _: condition())


def titles(browser: webdriver.Chrome) -> list[str]:
    return [element.text for element in browser.find_elements(By.CSS_SELECTOR, "article h2")]


def test_a_search_by_keyboard(browser: webdriver.Chrome, address: str) -> None:
    wide(browser)
    browser.get(address)
    box = browser.switch_to.active_element
    assert box.get_attribute("name") == "q"
    box.send_keys("attention", Keys.ENTER)
    eventually(browser, lambda: titles(browser) == ["An attention mechanism"])
    mark = browser.find_element(By.CSS_SELECTOR, "mark")
    assert mark.text == "attention"
    browser.find_element(By.CSS_SELECTOR, "article h2 a").send_keys(Keys.ENTER)
    eventually(browser, lambda: browser.current_url.endswith("/paper/2611.00047"))


def test_it_works_without_javascript(browser: webdriver.Chrome, address: str) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    wide(browser)
    browser.get(f"{address}/?q=clocks")
    browser.find_element(By.PARTIAL_LINK_TEXT, "math.NT").click()
    eventually(browser, lambda: "22 papers" in browser.find_element(By.CSS_SELECTOR, "h1").text)
    browser.find_element(By.CSS_SELECTOR, ".pages a[rel=next]").click()
    eventually(browser, lambda: len(titles(browser)) == 2)


def test_formulas_are_drawn(browser: webdriver.Chrome, address: str) -> None:
    wide(browser)
    browser.get(f"{address}/paper/2611.00005")
    drawn = browser.find_element(By.CSS_SELECTOR, ".whole math")
    assert drawn.size["width"] > 10


def test_the_filters_are_beside_the_papers_and_on_a_phone_below_them(browser: webdriver.Chrome, address: str) -> None:
    def place() -> tuple[int, int, int]:
        browser.get(f"{address}/?q=clocks")
        facets, last_paper = (browser.find_element(By.CSS_SELECTOR, each) for each in (".facets", ".paper:last-child"))
        return facets.rect["x"], facets.rect["y"], last_paper.rect["y"]

    x, facets_y, paper_y = place()
    assert x < 200 and facets_y < paper_y
    phone(browser)
    assert place()[1] > place()[2]
    browser.find_element(By.CSS_SELECTOR, ".to-filters").click()
    assert browser.execute_script("return scrollY") > 1_000


@pytest.mark.parametrize("path", ["/", "/?q=clocks", "/paper/2611.00047", "/paper/2611.00046", "/nothing"])
def test_nothing_sticks_out_on_a_phone(path: str, browser: webdriver.Chrome, address: str) -> None:
    phone(browser)
    browser.get(address + path)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_schemes_have_enough_contrast(scheme: str, browser: webdriver.Chrome, address: str) -> None:
    wide(browser)
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    browser.get(f"{address}/?q=clocks&category=cs.CL")
    for selector in ("body", ".by", ".sort", ".tag.main", ".chips a", "mark", "footer", ".search button", ".facets a"):
        ratio = browser.execute_script(CONTRAST, selector)
        assert ratio >= 4.5, (selector, ratio)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


CONTRAST = """
const canvas = document.createElement('canvas'); canvas.width = canvas.height = 1;
const paint = canvas.getContext('2d', {willReadFrequently: true});
const rgba = (colour) => { paint.clearRect(0, 0, 1, 1); paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1);
  return [...paint.getImageData(0, 0, 1, 1).data]; };
const element = document.querySelector(arguments[0]);
let ground = element;
while (ground.parentElement && rgba(getComputedStyle(ground).backgroundColor)[3] < 255) ground = ground.parentElement;
const light = (c) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
  const v = c[i] / 255; return sum + weight * (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); }, 0);
const a = light(rgba(getComputedStyle(element).color)), b = light(rgba(getComputedStyle(ground).backgroundColor));
return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
"""


def test_the_language_is_chosen_and_kept(browser: webdriver.Chrome, address: str) -> None:
    wide(browser)
    browser.get(f"{address}/?q=clocks")
    browser.find_element(By.LINK_TEXT, "简体中文").click()
    eventually(browser, lambda: "篇论文" in browser.find_element(By.CSS_SELECTOR, "h1").text)
    browser.get(address)
    assert browser.find_element(By.CSS_SELECTOR, "html").get_attribute("lang") == "zh"


def test_the_console_is_clean(browser: webdriver.Chrome, address: str) -> None:
    wide(browser)
    browser.get_log("browser")
    for path in ("/", "/?q=clocks", "/paper/2611.00046"):
        browser.get(address + path)
    assert [entry["message"] for entry in browser.get_log("browser")] == []
