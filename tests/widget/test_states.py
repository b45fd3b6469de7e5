"""Every state on every screen: no violation of the accessibility rules (axe-core), and a picture of each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.widget.conftest import QUESTION, SCREENS, Screen, Site, Widget

pytestmark = pytest.mark.slow

Visit = Callable[..., Widget]


@pytest.fixture(params=SCREENS, ids=str)
def screen(request: pytest.FixtureRequest) -> Screen:
    found: Screen = request.param
    return found


def test_asking(site: Site, visit: Visit, screen: Screen) -> None:
    widget = visit(site.address, screen)
    widget.check(f"{screen}-closed")
    widget.open()
    widget.find(".hot button").first.wait_for()
    widget.check(f"{screen}-open")
    widget.input.press_sequentially("street" if screen.language == "en" else "路灯")
    widget.find("[role=option]").first.wait_for()
    widget.page.keyboard.press("ArrowDown")
    widget.check(f"{screen}-suggestions")
    site.agent.pauses = 1.2
    widget.ask(QUESTION[screen.language], answers=False)
    widget.find(".typing").wait_for()
    widget.check(f"{screen}-typing")
    answer = widget.find(".item.bot:not(.welcome)").last
    answer.wait_for()
    site.agent.pauses = 0
    answer.locator("summary").click()
    answer.locator("[data-vote=down]").click()
    answer.locator("[data-vote=down][aria-pressed=true]").wait_for()
    widget.check(f"{screen}-answer")
    widget.ask("多少")
    widget.check(f"{screen}-clarified")


def test_sheets(site: Site, visit: Visit, screen: Screen) -> None:
    widget = visit(site.address, screen)
    widget.open()
    widget.ask(QUESTION[screen.language])
    widget.menu()
    widget.check(f"{screen}-menu")
    widget.find(".fresh").click()
    widget.check(f"{screen}-confirm")
    widget.find("[name=large]").check()
    widget.check(f"{screen}-menu-large")
    widget.find("#menu [data-act=message]").click()
    widget.find("form.sheet [type=submit]").click()
    widget.check(f"{screen}-form-errors")
    widget.find("#matter").fill("村口的路灯坏了")
    widget.find("#contact").fill("王女士，晚上")
    widget.check(f"{screen}-form")
    widget.find("form.sheet [type=submit]").click()
    widget.find(".ticket").wait_for()
    conversation = site.tickets.stored[0]["sender_id"]
    site.outbox.add(conversation, "已安排人员检修，预计本周完成。")
    site.outbox.add(conversation, "今晚系统维护。", "notice")
    widget.find(".item.notice").wait_for()
    widget.check(f"{screen}-staff-large")


def test_trouble(site: Site, visit: Visit, screen: Screen) -> None:
    widget = visit(site.address, screen)
    widget.open()
    widget.ask(QUESTION[screen.language])
    widget.page.context.set_offline(True)
    widget.find(".banner").wait_for()
    widget.ask("停车", answers=False)
    widget.find(".retry").wait_for()
    widget.check(f"{screen}-offline")
    widget.page.context.set_offline(False)
    widget.find(".item.bot:not(.welcome)").nth(1).wait_for()
    widget.find("[data-act=close]").click()
    site.outbox.add(site.agent.seen[0].sender_id, "您好，已修好。")
    widget.find(".count").wait_for()
    widget.check(f"{screen}-unread")
