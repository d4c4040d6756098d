"""How tests handle the browser: its widths, and waiting for it."""

from __future__ import annotations

from collections.abc import Callable

from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.support.ui import WebDriverWait

WIDE, PHONE = 1366, 390


def wide(browser: webdriver.Chrome) -> None:
    browser.set_window_size(WIDE, 1000)


def phone(browser: webdriver.Chrome) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": PHONE, "height": 844, "deviceScaleFactor": 2, "mobile": True}
    )


def eventually(browser: webdriver.Chrome, condition: Callable[[], bool]) -> None:
    """Wait for what a key or a click brings; the old page may still be there, or just be going."""
    ignored = (NoSuchElementException, StaleElementReferenceException)
    WebDriverWait(browser, 20, poll_frequency=0.05, ignored_exceptions=ignored).until(lambda _: condition())
