#!/usr/bin/python3
"""Drives the HTML report in Debian's chromium: browser.py PAGE STEPS…

Each step prints what it saw; the test compares. A wrong page raises, and the
exit status says so.
"""
import sys

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic",
         "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", "--force-prefers-reduced-motion"]


def start(width, dark=False):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in FLAGS + [f"--window-size={width},900"] + (
            ["--force-dark-mode"] if dark else []):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(
        service=Service("/usr/bin/chromedriver"), options=options)
    driver.set_window_size(width, 900)
    return driver


class Page:
    def __init__(self, driver, path):
        self.driver = driver
        driver.get("file://" + path)

    def wait(self, condition, what):
        WebDriverWait(self.driver, 60).until(lambda d: condition(), what)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def choose(self, name, text):
        Select(self.one(f"select[name={name}]")).select_by_visible_text(text)

    def ids(self):
        return [e.text for e in self.all("#view tbody .open.id")]

    def chosen(self):
        return int(self.one("#count").text.split()[0])

    def view(self, name):
        self.one(f"[data-view={name}]").click()


def summary(page):
    cards = page.all(".card")
    print("cards", len(cards), "|".join(c.find_element(
        By.TAG_NAME, "h3").text for c in cards))


def filters(page):
    total = page.chosen()
    page.choose("verdict", "fail")
    failed = page.chosen()
    assert 0 < failed < total, (failed, total)
    print("failed", failed)
    page.one("input[name=text]").send_keys("no such text")
    page.wait(lambda: page.chosen() == 0, "nothing has that text")
    page.one("button[type=reset]").click()
    page.wait(lambda: page.chosen() == total, "all again")


def failure(page):
    page.choose("verdict", "fail")
    first = page.ids()[0]
    button = page.one("#view tbody .open.id")
    button.send_keys(Keys.ENTER)  # by keyboard
    page.wait(lambda: page.one("dialog").get_attribute("open"), "a dialog")
    assert page.one("#detail-title").text == first
    lines = page.all("dialog .sequence li")
    print("opened", first)
    print("sequence", len(lines) - 1)
    print("case", page.all("dialog pre")[-1].text.splitlines()[0])
    page.one("dialog").send_keys(Keys.ESCAPE)
    page.wait(lambda: not page.one("dialog").get_attribute("open"), "closed")
    page.one("button[type=reset]").click()


def compare(page):
    page.view("areas")
    heads = [e.text for e in page.all("#view thead th")]
    print("areas", "|".join(heads[1:]), len(page.all("#view tbody tr")))
    page.view("statements")
    cells = [e.text for e in page.all("#view tbody td")]
    assert any(c.startswith("✗") for c in cells), cells[:50]
    assert any(c.startswith("✓") for c in cells), cells[:50]
    page.one("#view tbody td button").click()
    page.wait(lambda: page.one("dialog").get_attribute("open"), "a statement")
    page.one("dialog .top button").click()
    print("compared")


def keyboard(page):
    page.view("variants")
    page.one("[data-view=variants]").send_keys(Keys.ARROW_RIGHT)
    tab = page.driver.switch_to.active_element
    assert tab.get_attribute("data-view") == "areas"
    assert tab.get_attribute("aria-selected") == "true"
    page.driver.refresh()
    selected = page.one("[aria-selected=true]").get_attribute("data-view")
    print("kept", selected)  # the address holds the view


def narrow(path):
    driver = start(400)
    try:
        page = Page(driver, path)
        wide = driver.execute_script(
            "return document.documentElement.scrollWidth")
        inner = driver.execute_script("return window.innerWidth")
        assert wide <= inner, (wide, inner)
        page.view("statements")
        print("narrow")
    finally:
        driver.quit()


def main(path):
    driver = start(1200)
    try:
        page = Page(driver, path)
        for step in (summary, filters, failure, compare, keyboard):
            step(page)
        faults = [e for e in driver.get_log("browser")
                  if e["level"] == "SEVERE"]
        assert not faults, faults
    finally:
        driver.quit()
    narrow(path)


if __name__ == "__main__":
    main(sys.argv[1])
