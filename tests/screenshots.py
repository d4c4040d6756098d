"""`python -m tests.screenshots` takes the pictures of the README, of the demo's papers: it needs Chromium, chromedriver
and a Chinese font, and no network."""

from __future__ import annotations

import os
import subprocess
import tempfile
from typing import NamedTuple

from selenium import webdriver

from tests.processes import BIN, ROOT, free_ports, wait_until
from tests.search_ui.conftest import _answers


class Picture(NamedTuple):
    """A file of `docs/`, and what it shows."""

    file: str
    address: str
    width: int
    height: int
    scheme: str
    language: str


PICTURES = (
    Picture("page.png", "/?q=attention", 1280, 900, "light", "en"),
    Picture("phone.png", "/?q=attention", 390, 844, "dark", "zh"),
)


def take(browser: webdriver.Chrome, address: str, picture: Picture) -> None:
    metrics = {"width": picture.width, "height": picture.height, "deviceScaleFactor": 1, "mobile": picture.width < 600}
    scheme = {"features": [{"name": "prefers-color-scheme", "value": picture.scheme}]}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", scheme)
    browser.execute_cdp_cmd("Network.enable", {})
    browser.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {"Accept-Language": picture.language}})
    browser.get(f"{address}/?q=clocks")  # the page says how long it took, and the first one takes longest
    browser.get(address + picture.address)
    browser.save_screenshot(str(ROOT / "docs" / picture.file))


def main() -> None:
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--hide-scrollbars", "--disable-gpu"):
        options.add_argument(argument)
    with tempfile.TemporaryDirectory() as folder:
        paperglot = str(BIN / "paperglot")
        subprocess.run([paperglot, "demo", "--no-serve", "--data", folder], check=True)
        (port,) = free_ports(1)
        command = [paperglot, "serve", "--port", str(port), "--data", folder]
        process = subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        browser = webdriver.Chrome(options, webdriver.ChromeService("/usr/bin/chromedriver"))
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until(lambda: _answers(f"{address}/static/icon.svg"), process)
            for picture in PICTURES:
                take(browser, address, picture)
        finally:
            browser.quit()
            process.terminate()
            process.wait(timeout=60)


if __name__ == "__main__":
    main()
