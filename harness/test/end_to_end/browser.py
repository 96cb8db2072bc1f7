#!/usr/bin/python3
"""Drives the HTML report in Debian's chromium: browser.py PAGE SINGLE, a page
of two brokers and one of a single broker.

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


# How well texts stand out from their ground, by the formula of WCAG 2.
CONTRAST = """
const part = c => (c /= 255) <= .03928 ? c / 12.92
  : ((c + .055) / 1.055) ** 2.4;
const numbers = text => text.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => .2126 * part(r) + .7152 * part(g) +
  .0722 * part(b);
function ground(element) {
  for (; element; element = element.parentElement) {
    const colour = numbers(getComputedStyle(element).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
}
const low = [];
let seen = 0;
for (const element of document.querySelectorAll('body *')) {
  const own = [...element.childNodes].some(node =>
    node.nodeType === Node.TEXT_NODE && node.data.trim());
  if (!own || !element.checkVisibility() || element.closest('.skip')) continue;
  const a = light(numbers(getComputedStyle(element).color));
  const b = light(ground(element));
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  seen++;
  if (ratio < 4.5)
    low.push(element.className + ': ' + element.textContent.slice(0, 40) +
      ' ' + ratio.toFixed(2));
}
return [seen, low];
"""

# Controls that a screen reader could not name.
NAMELESS = """
const nameless = [];
for (const one of document.querySelectorAll('select, input'))
  if (!one.labels.length) nameless.push(one.name);
for (const one of document.querySelectorAll('button, [role=region]'))
  if (!one.textContent.trim() && !one.getAttribute('aria-label'))
    nameless.push(one.outerHTML);
for (const one of document.querySelectorAll('table'))
  if (!one.querySelector('th[scope=col]')) nameless.push('table');
for (const one of document.querySelectorAll('[aria-labelledby]'))
  if (!document.getElementById(one.getAttribute('aria-labelledby')))
    if (one.tagName !== 'DIALOG' || one.open) nameless.push(one.id);
return nameless;
"""


def start(width):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in FLAGS + [f"--window-size={width},900"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(
        service=Service("/usr/bin/chromedriver"), options=options)
    driver.set_window_size(width, 900)
    # A window cannot be as narrow as a phone.
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": 900, "deviceScaleFactor": 1,
        "mobile": width < 600})
    return driver


def darken(driver, dark):
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
        {"name": "prefers-color-scheme",
         "value": "dark" if dark else "light"}]})


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
    print("marked", "|".join(e.text for e in page.all(".sequence .mark")))
    print("case", page.all("dialog pre")[-1].text.splitlines()[0])
    legible(page, "failure")
    # What the other broker did there.
    other = page.one("dialog .counts button")
    print("elsewhere", other.text)
    other.click()
    print("other", page.one("dialog dd").text, page.one("dialog .verdict").text)
    page.one("dialog").send_keys(Keys.ESCAPE)
    page.wait(lambda: not page.one("dialog").get_attribute("open"), "closed")
    # Who closes it stands where the key was pressed.
    assert page.driver.switch_to.active_element.text == first
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


def legible(page, what):
    for dark in (False, True):
        darken(page.driver, dark)
        seen, low = page.driver.execute_script(CONTRAST)
        assert not low, (what, dark, low)
        assert seen > 20, seen
    nameless = page.driver.execute_script(NAMELESS)
    assert not nameless, (what, nameless)
    print("legible", what)


def views(page):
    for name in ("variants", "areas", "statements", "passive"):
        page.view(name)
        legible(page, name)
    page.view("variants")


def differences(page):
    total = page.chosen()
    page.one("input[name=differs]").click()
    differing = page.chosen()
    assert 0 < differing < total, (differing, total)
    marks = {e.text.split()[-1] for e in page.all("#view .verdict")}
    assert {"pass", "fail"} <= marks, marks
    page.driver.refresh()  # the address holds that, too
    assert page.chosen() == differing
    page.one("button[type=reset]").click()
    assert page.chosen() == total
    print("differ", differing // 2)


def keyboard(page):
    page.view("variants")
    page.one("[data-view=variants]").send_keys(Keys.ARROW_RIGHT)
    tab = page.driver.switch_to.active_element
    assert tab.get_attribute("data-view") == "areas"
    assert tab.get_attribute("aria-selected") == "true"
    page.driver.refresh()
    selected = page.one("[aria-selected=true]").get_attribute("data-view")
    print("kept", selected)  # the address holds the view


def fits(page, what):
    wide, inner = page.driver.execute_script(
        "return [document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= inner, (what, wide, inner)
    assert inner < 500, inner


def narrow(path):
    driver = start(390)
    try:
        page = Page(driver, path)
        for name in ("variants", "areas", "statements", "passive"):
            page.view(name)
            fits(page, name)
        page.view("variants")
        page.choose("verdict", "fail")
        page.one("#view tbody .open.id").click()
        # No lanes, but who speaks to whom, and nothing to scroll aside.
        spoken = [e.text for e in page.all("dialog .who") if e.is_displayed()]
        assert any("→ broker" in text for text in spoken), spoken
        wide, inner = driver.execute_script(
            "const box = document.querySelector('dialog .sequence')"
            ".parentElement; return [box.scrollWidth, box.clientWidth]")
        assert wide <= inner, (wide, inner)
        button = page.one("dialog .top button")
        assert button.rect["x"] + button.rect["width"] <= 390, button.rect
        print("narrow")
    finally:
        driver.quit()


def single(path):
    driver = start(1200)
    try:
        page = Page(driver, path)
        assert not page.one("select[name=run]").is_displayed()
        assert not page.one("input[name=differs]").is_displayed()
        page.view("areas")
        heads = [e.text for e in page.all("#view thead th")]
        print("single", "|".join(heads))
        # A number of the summary lists what it counts.
        number = page.one(".numbers tbody td button")
        wanted = int(number.text)
        number.click()
        assert page.chosen() == wanted, (page.chosen(), wanted)
        assert page.ids()
        print("counted")
    finally:
        driver.quit()


def main(path, single_path):
    driver = start(1200)
    try:
        page = Page(driver, path)
        for step in (summary, filters, failure, compare, views, differences,
                     keyboard):
            step(page)
        faults = [e for e in driver.get_log("browser")
                  if e["level"] == "SEVERE"]
        assert not faults, faults
    finally:
        driver.quit()
    narrow(path)
    single(single_path)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
