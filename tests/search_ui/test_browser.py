"""What a reader does on the page, in a real headless Chromium."""

from __future__ import annotations

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.search_ui.browsing import eventually, phone, wide


def titles(browser: webdriver.Chrome) -> list[str]:
    return [element.text for element in browser.find_elements(By.CSS_SELECTOR, "article h2")]


def test_a_search_by_keyboard(browser: webdriver.Chrome, address: str) -> None:
    wide(browser)
    browser.get(address)
    browser.find_element(By.CSS_SELECTOR, "body").send_keys("/")
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


def keys(browser: webdriver.Chrome, *pressed: str) -> None:
    for key in pressed:
        browser.switch_to.active_element.send_keys(key)


def test_keys_step_through_papers(browser: webdriver.Chrome, address: str) -> None:
    wide(browser)
    browser.get(f"{address}/?q=clocks")
    links = [link.get_attribute("href") for link in browser.find_elements(By.CSS_SELECTOR, "article h2 a")]

    def focused() -> str | None:
        return browser.switch_to.active_element.get_attribute("href")

    keys(browser, "j")
    assert focused() == links[0]
    keys(browser, "j", "j", "k")
    assert focused() == links[1]
    keys(browser, "o")
    eventually(browser, lambda: browser.current_url == links[1])
    keys(browser, "o")  # there is no paper to open on a paper's page
    assert browser.current_url == links[1] and not browser.get_cookies()


def test_suggestions_while_typing(browser: webdriver.Chrome, address: str) -> None:
    wide(browser)
    browser.get(address)
    box = browser.find_element(By.CSS_SELECTOR, "input[role=combobox]")
    box.send_keys("atten")
    eventually(browser, lambda: box.get_attribute("aria-expanded") == "true")
    keys(browser, Keys.ARROW_DOWN)
    option = browser.find_element(By.ID, box.get_attribute("aria-activedescendant") or "")
    assert option.get_attribute("aria-selected") == "true" and "An attention mechanism" in option.text
    keys(browser, Keys.ESCAPE)
    assert box.get_attribute("aria-expanded") == "false" and box.get_attribute("value") == "atten"
    box.send_keys("tion")
    eventually(browser, lambda: box.get_attribute("aria-expanded") == "true")
    keys(browser, Keys.ARROW_DOWN, Keys.ENTER)
    eventually(browser, lambda: "/paper/2611.00047" in browser.current_url)


def test_stars_and_saved_searches_are_in_the_browser(browser: webdriver.Chrome, address: str) -> None:
    wide(browser)
    browser.get(f"{address}/?q=clocks")
    keys(browser, "j", "s", "j", "s", "j", "s", "s")  # the last one is taken back
    starred = [
        paper.get_attribute("data-paper")
        for paper in browser.find_elements(By.CSS_SELECTOR, "[data-paper]")
        if paper.find_element(By.CSS_SELECTOR, ".star").get_attribute("aria-pressed") == "true"
    ]
    assert len(starred) == 2
    browser.execute_script("scrollTo(0, 0)")
    browser.find_element(By.CSS_SELECTOR, "[data-search] button").click()
    browser.get(f"{address}/?q=attention")
    link = browser.find_element(By.LINK_TEXT, "By likeness to your stars").get_attribute("href") or ""
    assert all(f"like={id}" in link for id in starred) and "q=attention" in link
    browser.get(f"{address}/mine")
    ids = [link.get_attribute("href") for link in browser.find_elements(By.CSS_SELECTOR, "[data-starred] a")]
    assert sorted(ids) == sorted(f"{address}/paper/{id}" for id in starred)
    saved = [link.get_attribute("href") for link in browser.find_elements(By.CSS_SELECTOR, "[data-searches] a")]
    assert saved == [f"{address}/?q=clocks", f"{address}/feed?q=clocks"]
    stored = browser.execute_script("return localStorage.paperglot")
    browser.find_element(By.CSS_SELECTOR, "[data-starred] button").click()
    assert len(browser.find_elements(By.CSS_SELECTOR, "[data-starred] a")) == 1
    # What was exported comes back, and only what is ours.
    browser.execute_script(
        "const files = new DataTransfer(); files.items.add(new File([arguments[0]], 'p.json'));"
        "const input = document.querySelector('[data-import]'); input.files = files.files;"
        "input.dispatchEvent(new Event('change'))",
        stored.replace("/?q=clocks", "javascript:alert(1)"),
    )
    eventually(browser, lambda: len(browser.find_elements(By.CSS_SELECTOR, "[data-starred] a")) == 2)
    assert "javascript" not in browser.find_element(By.CSS_SELECTOR, "[data-mine]").get_attribute("innerHTML")


def test_a_reference_is_copied(browser: webdriver.Chrome, address: str) -> None:
    wide(browser)
    browser.execute_cdp_cmd(
        "Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    )
    browser.get(f"{address}/paper/2611.00047")
    browser.find_element(By.CSS_SELECTOR, ".cite summary").click()
    button = browser.find_element(By.CSS_SELECTOR, ".cite h3 button")
    button.click()
    eventually(browser, lambda: button.text == "Copied")
    assert browser.execute_async_script("navigator.clipboard.readText().then(arguments[0])").startswith("@misc{")
    assert [entry["message"] for entry in browser.get_log("browser")] == []
