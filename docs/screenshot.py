"""Pictures of the built site: ``python docs/screenshot.py SITE OUTPUT``.

Drives an installed Chromium (``CITEKIT_BROWSER`` names another one) through Playwright; nothing is
downloaded. Each picture is one page at one width; the README shows the first.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

from citekit.testing.browser import find_browser

WIDTHS: Final = {"wide": (1280, 860), "phone": (390, 844)}
PICTURES: Final = {
    "article": "items/citekit2026chronology.html",
    "restricted": "items/mem2023turkiye.html",
    "claim": "claims/kfor-wounded.html",
    "home": "index.html",
}


def take(site: Path, output: Path) -> list[Path]:
    """Take every picture at every width; returns the files."""
    chromium = find_browser()
    if chromium is None:
        raise SystemExit("no Chromium on this machine: install one, or name it in CITEKIT_BROWSER")
    output.mkdir(parents=True, exist_ok=True)
    taken = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for width_name, (width, height) in WIDTHS.items():
            context = browser.new_context(
                viewport={"width": width, "height": height}, reduced_motion="reduce"
            )
            page = context.new_page()
            for name, address in PICTURES.items():
                page.goto(f"{site.resolve().as_uri()}/{address}")
                page.wait_for_load_state("networkidle")
                taken.append(output / f"{name}-{width_name}.png")
                page.screenshot(path=taken[-1])
            context.close()
        browser.close()
    return taken


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    for picture in take(Path(sys.argv[1]), Path(sys.argv[2])):
        sys.stdout.write(f"{picture}\n")
