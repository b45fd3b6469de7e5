"""Networks fail, sessions end, people click twice: nothing is lost, and nothing is sent twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Route

from bot.channels.messages import Messages
from tests.widget.conftest import QUESTION, SCREENS, SMOKE, Site, Widget

pytestmark = pytest.mark.slow

Visit = Callable[..., Widget]
LARGE = SCREENS[-1]


def keys(site: Site) -> list[str]:
    """The questions that reached the assistant."""
    return [message.text for message in site.agent.seen]


@pytest.fixture(params=[SMOKE, LARGE], ids=str)
def widget(request: pytest.FixtureRequest, site: Site, visit: Visit) -> Widget:
    widget = visit(site.address, request.param)
    widget.open()
    return widget


def test_a_lost_reply_is_fetched_again_and_asked_once(site: Site, widget: Widget) -> None:
    lost = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch())  # the server has answered, the browser never hears of it
            route.abort()

    widget.page.route("**/webhooks/web/messages", lose)
    widget.ask("问")
    assert lost and keys(site) == ["问"] and widget.find(".item.bot:not(.welcome)").count() == 1


def test_a_new_conversation_does_not_get_the_reply_to_the_old_one(site: Site, widget: Widget) -> None:
    site.agent.pauses = 1
    widget.ask("旧", answers=False)
    widget.find(".typing").wait_for()
    widget.menu()
    widget.find(".fresh").click()
    widget.find(".confirm .primary").click()
    assert widget.find(".typing").is_hidden()
    site.agent.pauses = 0
    widget.ask("新")
    widget.page.wait_for_timeout(1200)
    assert widget.find(".item.me .said").all_inner_texts() == ["新"]
    assert widget.find(".item.bot:not(.welcome)").count() == 1
    assert len({message.sender_id for message in site.agent.seen}) == 2


def test_keys_of_an_input_method_neither_send_nor_close(site: Site, widget: Widget) -> None:
    widget.input.fill("ludeng")
    for key, options in (("Enter", "isComposing: true"), ("Escape", "isComposing: true"), ("Enter", "keyCode: 229")):
        init = f"{{ key: '{key}', bubbles: true, composed: true, cancelable: true, {options} }}"
        widget.input.evaluate(f"field => field.dispatchEvent(new KeyboardEvent('keydown', {init}))")
    assert widget.find(".panel").is_visible() and widget.input.input_value() == "ludeng"
    assert widget.find(".item.me").count() == 0 and not keys(site)


def test_forgotten_conversations_are_not_shown_any_more(site: Site, widget: Widget) -> None:
    widget.ask("问")
    widget.ask("/forget", answers=False)
    widget.find(".item.me").first.wait_for(state="detached")
    assert site.agent.forgotten and widget.find(".item.bot:not(.welcome)").count() == 1
    widget.page.reload()
    widget.find(".item.bot:not(.welcome)").wait_for()
    assert widget.find(".item.me").count() == 0


def test_tabs_that_ask_at_once_show_the_same_in_the_end(site: Site, widget: Widget) -> None:
    widget.ask("一")
    other = Widget(widget.page.context.new_page())
    other.page.goto(site.address)
    other.find(".panel").wait_for()
    site.agent.pauses = 0.6
    widget.ask("二", answers=False)
    site.agent.pauses = 0
    other.ask("三")
    widget.find(".item.bot:not(.welcome)").nth(2).wait_for()
    other.find(".item.bot:not(.welcome)").nth(2).wait_for()
    assert widget.find(".item.me").count() == other.find(".item.me").count() == 3
    other.menu()
    other.find(".fresh").click()
    other.find(".confirm .primary").click()
    widget.find(".item.me").first.wait_for(state="detached")
    assert widget.find(".item:not(.welcome)").count() == 0


def test_a_failing_server_is_tried_again_then_the_citizen_may(site: Site, widget: Widget) -> None:
    tried = []
    widget.page.route("**/webhooks/web/messages", lambda route: (tried.append(1), route.fulfill(status=502, body="")))
    widget.ask("问", answers=False)
    widget.find(".retry").wait_for(timeout=10000)
    assert len(tried) == 3 and widget.find(".item.me").get_attribute("data-state") == "failed"
    widget.page.unroute("**/webhooks/web/messages")
    widget.find(".retry").click()
    widget.find(".item.bot:not(.welcome)").wait_for()
    assert keys(site) == ["问"] and widget.find(".retry").count() == 0 and widget.find(".item.me").count() == 1


def test_offline_questions_go_out_when_the_network_is_back(site: Site, widget: Widget) -> None:
    widget.ask("一")
    widget.page.context.set_offline(True)
    widget.find(".banner").wait_for()
    widget.ask("二", answers=False)
    widget.find(".retry").wait_for()
    widget.page.context.set_offline(False)
    widget.find(".item.bot:not(.welcome)").nth(1).wait_for()
    assert keys(site) == ["一", "二"] and not widget.find(".banner").is_visible()


def test_a_reload_in_the_middle_of_a_question(site: Site, widget: Widget) -> None:
    site.agent.pauses = 1.5
    widget.ask("问", answers=False)
    widget.page.wait_for_timeout(300)
    widget.page.reload()
    widget.find(".item.bot:not(.welcome)").wait_for()
    assert keys(site) == ["问"] and widget.find(".item.me").count() == 1


def test_impatience_sends_once(site: Site, widget: Widget) -> None:
    site.agent.pauses = 0.8
    widget.input.fill("问")
    for _ in range(4):
        widget.page.keyboard.press("Enter")
    widget.input.fill("第二个问题")
    widget.page.keyboard.press("Enter")
    widget.find(".item.bot:not(.welcome)").wait_for()
    assert keys(site) == ["问"] and widget.input.input_value() == "第二个问题"


def test_an_expired_session_is_replaced(site: Site, widget: Widget) -> None:
    widget.ask("一")
    site.now = 4000
    widget.ask("二")
    assert keys(site) == ["一", "二"] and widget.find(".item.me").count() == 2
    assert len({message.sender_id for message in site.agent.seen}) == 2


def test_a_forged_token_is_replaced(site: Site, widget: Widget) -> None:
    widget.ask("一")
    widget.page.evaluate(
        "() => { for (const key of Object.keys(localStorage)) { const kept = JSON.parse(localStorage[key]);"
        " localStorage[key] = JSON.stringify({ ...kept, token: kept.token.replace(/.$/, '_') + 'x' }); } }"
    )
    widget.page.reload()
    widget.ask("二")
    assert keys(site) == ["一", "二"]


def test_a_flood_is_told_so(site: Site, widget: Widget, messages: Messages) -> None:
    site.furnish(messages, burst=1)
    widget.ask("一")
    widget.ask("二", answers=False)
    widget.find(".retry").wait_for()
    assert widget.find(".problem span").inner_text() in (
        "消息太频繁，请稍后重试。",
        "Too many messages, please try again in a moment.",
    )
    assert keys(site) == ["一"]


def test_a_form_that_failed_keeps_what_was_written(site: Site, widget: Widget) -> None:
    site.tickets.broken = True
    widget.menu("message")
    widget.find("#matter").fill("路灯坏了")
    submit = widget.find("form.sheet [type=submit]")
    submit.click()
    widget.find("form.sheet [role=alert]:not(:empty)").wait_for()
    assert widget.find("#matter").input_value() == "路灯坏了"
    site.tickets.broken = False
    submit.click()
    widget.find(".ticket").wait_for()
    assert len(site.tickets.stored) == 1


def test_a_form_whose_reply_was_lost_is_stored_once(site: Site, widget: Widget) -> None:
    lost = []

    def lose(route: Route) -> None:
        if len(lost) < 3:
            lost.append(route.fetch())
            route.abort()
        else:
            route.continue_()

    widget.page.route("**/webhooks/web/tickets", lose)
    widget.menu("message")
    widget.find("#matter").fill("路灯坏了")
    widget.find("form.sheet [type=submit]").click()
    widget.find("form.sheet [role=alert]:not(:empty)").wait_for(timeout=10000)
    widget.find("form.sheet [type=submit]").click()
    widget.find(".ticket").wait_for()
    assert len(site.tickets.stored) == 1 and len(lost) == 3


def test_an_error_of_the_assistant_is_an_apology(site: Site, widget: Widget) -> None:
    widget.ask("boom")
    assert "12345" in widget.find(".item.bot:not(.welcome) .said").inner_text()
    assert "secret" not in widget.find(".log").inner_text()


def test_a_browser_that_keeps_nothing(site: Site, visit: Visit) -> None:
    broken = "for (const area of ['localStorage', 'sessionStorage']) Object.defineProperty(window, area, { get() { throw new Error('no'); } });"
    widget = visit(site.address, SMOKE, (broken,))
    widget.open()
    widget.ask(QUESTION["zh"])
    widget.ask("第二个")
    assert len({message.sender_id for message in site.agent.seen}) == 1


def test_two_tabs_share_a_conversation(site: Site, widget: Widget) -> None:
    widget.ask("一")
    other = Widget(widget.page.context.new_page())
    other.page.goto(site.address)
    other.find(".item.bot:not(.welcome)").wait_for()
    other.ask("二")
    widget.find(".item.bot:not(.welcome)").nth(1).wait_for()
    site.outbox.add(site.agent.seen[0].sender_id, "已修好。")
    for tab in (widget, other):
        tab.find(".item.staff").wait_for()
        assert tab.find(".item.staff").count() == 1 and tab.find(".item.me").count() == 2
    assert len({message.sender_id for message in site.agent.seen}) == 1


def test_two_tabs_with_conversations_of_their_own(
    site: Site, visit: Visit, pages_folder: Path, other_site: int
) -> None:
    markup = f'<!DOCTYPE html><meta charset="utf-8"><script src="{site.address}/widget.js" data-storage="tab" data-open></script>'
    (pages_folder / "tab.html").write_text(markup, "utf-8")
    address = f"http://127.0.0.1:{other_site}/tab.html"
    first = visit(address, LARGE)
    second = Widget(first.page.context.new_page())
    second.page.goto(address)
    for tab, text in ((first, "一"), (second, "二")):
        tab.ask(text)
    senders = {message.text: message.sender_id for message in site.agent.seen}
    assert len(set(senders.values())) == 2
    for sender in senders.values():
        site.outbox.add(sender, "已修好。")
    for tab in (first, second):
        tab.find(".item.staff").wait_for()
        assert tab.find(".item.staff").count() == 1
