"""For those who use a keyboard or a screen reader, on every screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.widget.conftest import QUESTION, RELATED, SCREENS, Screen, Site, Widget

pytestmark = pytest.mark.slow

Visit = Callable[..., Widget]


@pytest.fixture(params=SCREENS, ids=str)
def screen(request: pytest.FixtureRequest) -> Screen:
    found: Screen = request.param
    return found


@pytest.fixture
def widget(site: Site, visit: Visit, screen: Screen) -> Widget:
    """The element, opened."""
    widget = visit(site.address, screen)
    widget.open()
    return widget


def test_by_keyboard_alone(site: Site, visit: Visit, screen: Screen) -> None:
    widget = visit(site.address, screen)
    press = widget.page.keyboard.press
    for _ in range(40):
        press("Tab")
        if widget.focused() == "launcher":
            break
    press("Enter")
    if widget.focused() != "question":
        assert widget.focused() == "panel"
        widget.input.focus()
    widget.page.keyboard.type(QUESTION[screen.language])
    press("Enter")
    widget.find(".item.bot:not(.welcome)").wait_for()
    assert widget.focused() == "question"
    reached = set()
    for _ in range(25):
        press("Shift+Tab")
        reached.add(widget.focused())
        if widget.page.evaluate("document.activeElement.localName") != "ask-hunnan":
            break
    assert {"log", "menu", "close", "up", "down"} <= reached
    assert any(RELATED[screen.language] in name for name in reached)
    widget.find("[data-act=menu]").focus()
    press("Enter")
    assert widget.focused() == "menu-heading"
    press("Tab")
    press("ArrowRight")
    assert widget.root.get_attribute("lang") != screen.tag
    press("Escape")
    assert widget.find(".sheet").count() == 0 and widget.find(".panel").is_visible()
    press("Escape")
    assert not widget.find(".panel").is_visible() and widget.focused() == "launcher"


def test_focus_stays_in_a_full_screen(site: Site, widget: Widget, screen: Screen) -> None:
    modal = widget.find(".panel").get_attribute("aria-modal")
    assert modal == ("true" if screen.width == 360 else "false")
    widget.input.focus()
    inside = 0
    for _ in range(30):
        widget.page.keyboard.press("Tab")
        inside += widget.page.evaluate("document.activeElement.localName") == "ask-hunnan"
    assert inside == 30 if screen.width == 360 else inside < 30


def test_answers_are_announced_and_rebuilding_is_not(site: Site, widget: Widget, screen: Screen) -> None:
    log = widget.find(".log")
    widget.page.wait_for_timeout(400)
    assert (log.get_attribute("role"), log.get_attribute("aria-live")) == ("log", "polite")
    widget.find("[data-language=zh-Hant]").click()
    assert log.get_attribute("aria-live") == "off"
    widget.page.wait_for_timeout(400)
    assert log.get_attribute("aria-live") == "polite"
    site.agent.pauses = 0.5
    widget.ask("问", answers=False)
    assert widget.find("[role=status]").inner_text() and log.get_attribute("aria-busy") == "true"


def test_text_is_never_markup(site: Site, widget: Widget, screen: Screen) -> None:
    widget.ask("<img src=x onerror=alert(1)>")
    assert widget.find(".log img").count() == 0
    assert widget.find(".item.bot:not(.welcome) .said").inner_text() == "<img src=x onerror=alert(1)>"


def test_targets_are_large_enough(site: Site, widget: Widget, screen: Screen) -> None:
    widget.ask(QUESTION[screen.language])
    sizes = widget.find("button:visible, summary:visible").evaluate_all(
        "all => all.map(e => { const r = e.getBoundingClientRect(); return [e.className || e.textContent, r.width, r.height]; })"
    )
    assert sizes and all(width >= 32 and height >= 38 for _, width, height in sizes), sizes
