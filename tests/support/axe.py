"""What axe finds on a page, without sending its program and its whole report back and forth."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RUN = "() => axe.run({resultTypes: ['violations']}).then(report => report.violations)"


def violations(page: Page) -> list[dict[str, Any]]:
    """All rules of axe, on the page as it is now; [] when nobody is shut out.

    The program is given to each document once, however often it is asked.
    """
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(RUN)
    return found


def described(found: list[dict[str, Any]]) -> str:
    """One line a violation: the rule, what it asks for, and where."""
    return "\n".join(
        f"{each['id']}: {each['help']}: {[node['html'] for node in each['nodes']]}"
        for each in found
    )
