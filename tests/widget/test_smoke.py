"""The element in a browser: what a citizen does first, on a telephone."""

from __future__ import annotations

from collections.abc import Callable

from tests.widget.conftest import ANSWERS, QUESTION, QUOTE, SMOKE, Site, Widget


def test_a_citizen_asks_and_leaves_a_message(site: Site, visit: Callable[..., Widget]) -> None:
    widget = visit(site.address, SMOKE)
    widget.check(f"{SMOKE}-closed")
    widget.open()
    widget.find(".hot button").first.wait_for()
    widget.check(f"{SMOKE}-open")
    widget.find(".hot button").first.click()
    answer = widget.find(".item.bot:not(.welcome)")
    answer.wait_for()
    assert [message.text for message in site.agent.seen] == [QUESTION["zh"]]
    assert answer.locator(".said").inner_text() == ANSWERS["zh"][0]
    assert answer.locator(".badge").inner_text() == ANSWERS["zh"][1]
    answer.locator("summary").click()
    assert answer.locator("blockquote").inner_text() == QUOTE
    widget.check(f"{SMOKE}-answer")
    answer.locator("[data-vote=up]").click()
    answer.locator("[data-vote=up][aria-pressed=true]").wait_for()
    widget.menu("message")
    widget.find("#matter").fill("村口的路灯坏了")
    widget.find("form.sheet [type=submit]").click()
    widget.find(".ticket").wait_for()
    assert site.tickets.stored[0]["matter"] == "村口的路灯坏了"
    widget.page.reload()
    widget.find(".ticket").wait_for()
    assert "HN-20200115-0001" in widget.find(".ticket").inner_text()
