"""What the element does, on every screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.widget.conftest import ANSWERS, QUESTION, QUOTE, RELATED, SCREENS, Screen, Site, Widget

pytestmark = pytest.mark.slow

Visit = Callable[..., Widget]
SPEECH = """
window.__said = [];
const voice = (lang) => ({ lang, localService: true, name: lang });
const synthesis = Object.assign(new EventTarget(), {
  getVoices: () => [voice("zh-CN"), voice("en-US"), { lang: "zh-TW", localService: false }],
  cancel: () => { window.__said.push("cancelled"); },
  speak: (utterance) => { window.__said.push([utterance.lang, utterance.text]); window.__utterance = utterance; },
});
Object.defineProperty(window, "speechSynthesis", { value: synthesis });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
window.SpeechRecognition = class {
  start() {
    window.__recognition = this;
    setTimeout(() => { this.onresult({ results: [[{ transcript: "路灯" }]] }); this.onend(); }, 50);
  }
  stop() { this.onend(); }
  abort() {}
};
"""
NO_SPEECH = """
for (const name of ["speechSynthesis", "SpeechRecognition", "webkitSpeechRecognition"]) {
  Object.defineProperty(window, name, { value: undefined });
}
"""


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


def test_an_answer_shows_its_parts_and_related_questions_ask(site: Site, widget: Widget, screen: Screen) -> None:
    widget.ask(QUESTION[screen.language])
    answer = widget.find(".item.bot:not(.welcome)").first
    text, status, title, published, section, _ = ANSWERS[screen.language]
    assert answer.locator(".said").inner_text() == text and answer.locator(".badge").inner_text() == status
    summary = answer.locator("summary").inner_text()
    assert all(part in summary for part in (title, published, section))
    assert not answer.locator("blockquote").is_visible()
    answer.locator("summary").click()
    assert answer.locator("blockquote").inner_text() == QUOTE
    answer.get_by_role("button", name=RELATED[screen.language]).click()
    widget.find(".item.bot:not(.welcome)").nth(1).wait_for()
    assert [message.text for message in site.agent.seen] == [QUESTION[screen.language], RELATED[screen.language]]
    assert len({message.sender_id for message in site.agent.seen}) == 1


def test_thumbs(site: Site, widget: Widget, screen: Screen) -> None:
    widget.ask(QUESTION[screen.language])
    for value, other in (("up", "down"), ("down", "up")):
        widget.find(f"[data-vote={value}]").click()
        widget.find(f"[data-vote={value}][aria-pressed=true]").wait_for()
        assert widget.find(f"[data-vote={other}]").get_attribute("aria-pressed") == "false"
    widget.page.wait_for_timeout(150)
    assert [value for _, _, value in site.feedback.given] == ["up", "down"]
    assert len({turn for turn, _, _ in site.feedback.given}) == 1
    complaint = widget.find(".item.bot:not(.welcome) .choices").first
    complaint.locator("button").click()
    widget.find("#matter").wait_for()


def test_suggestions_follow_typing(site: Site, widget: Widget, screen: Screen) -> None:
    widget.input.press_sequentially("street" if screen.language == "en" else "luden")
    option = widget.find("[role=option]")
    option.first.wait_for()
    expected = "How many street lamps?" if screen.language == "en" else "乡村要装多少盏路灯？"
    assert option.all_inner_texts() == [expected]
    widget.page.keyboard.press("ArrowDown")
    assert widget.input.get_attribute("aria-activedescendant") == "suggestion-0"
    widget.page.keyboard.press("Escape")
    assert not option.first.is_visible() and widget.find(".panel").is_visible()
    widget.input.press_sequentially(" ")
    widget.input.press("Backspace")
    option.first.wait_for()
    option.first.click()
    widget.find(".item.bot:not(.welcome)").wait_for()
    assert site.agent.seen[0].text == expected


def test_history_survives_a_reload_and_a_new_conversation_clears_it(site: Site, widget: Widget, screen: Screen) -> None:
    widget.ask(QUESTION[screen.language])
    widget.page.reload()
    widget.find(".item.bot:not(.welcome)").wait_for()
    assert (
        widget.find(".panel").is_visible() and widget.find(".item.me .said").inner_text() == QUESTION[screen.language]
    )
    widget.menu()
    widget.find(".fresh").click()
    widget.find(".confirm .primary").click()
    assert widget.find(".item.me").count() == 0 and widget.find(".sheet").count() == 0
    widget.ask(QUESTION[screen.language])
    assert len({message.sender_id for message in site.agent.seen}) == 2


def test_transcript(site: Site, visit: Visit, screen: Screen, tmp_path: Path) -> None:
    printed = "window.print = () => { top.__printed = document.body.innerText; };"
    widget = visit(site.address, screen, (printed,), permissions=["clipboard-read", "clipboard-write"])
    widget.open()
    widget.ask(QUESTION[screen.language])
    widget.menu("copy")
    widget.page.wait_for_timeout(200)
    copied = widget.page.evaluate("navigator.clipboard.readText()")
    text, status, title, *_ = ANSWERS[screen.language]
    for part in (QUESTION[screen.language], text, status, title, QUOTE):
        assert part in copied
    with widget.page.expect_download() as download:
        widget.find("[data-act=download]").click()
    download.value.save_as(tmp_path / "saved.txt")
    saved = (tmp_path / "saved.txt").read_text("utf-8-sig")
    assert saved.replace("\r\n", "\n") == copied.replace("\r\n", "\n")
    assert re.fullmatch(r"(问浑南|AskHunnan)-\d{4}-\d\d-\d\d\.txt", download.value.suggested_filename)
    widget.find("[data-act=print]").click()
    page = widget.page.evaluate("window.__printed")
    for part in (QUESTION[screen.language], text, status, QUOTE):
        assert part in page
    widget.page.emulate_media(media="print")
    assert not widget.find(".panel").is_visible()


def test_language(site: Site, widget: Widget, screen: Screen) -> None:
    names = {"zh-Hans": "发送", "zh-Hant": "發送", "en": "Send"}
    send = widget.find(".send")
    assert send.get_attribute("aria-label") == names[screen.tag]
    widget.input.fill("draft")
    for language in ("zh-Hant", "en", "zh-Hans", "zh-Hant"):
        widget.find(f"[data-language={language}]").click()
        assert send.get_attribute("aria-label") == names[language]
        assert widget.root.get_attribute("lang") == language and widget.input.input_value() == "draft"
        assert (
            widget.page.evaluate("document.querySelector('ask-hunnan').shadowRoot.activeElement.dataset.language")
            == language
        )
    widget.ask("问")
    assert site.agent.contexts[site.agent.seen[0].sender_id].language == "zh-Hant"
    widget.page.reload()
    assert send.get_attribute("aria-label") == names["zh-Hant"]
    widget.page.evaluate("document.documentElement.lang = 'en'")
    assert send.get_attribute("aria-label") == names["en"]
    widget.page.evaluate("document.documentElement.lang = 'zh-CN'")
    assert send.get_attribute("aria-label") == names["zh-Hans"]


def test_display(site: Site, widget: Widget, screen: Screen) -> None:
    size = "e => parseFloat(getComputedStyle(e).fontSize)"
    back = "e => getComputedStyle(e).backgroundColor"
    panel, log = widget.find(".panel"), widget.find(".log")
    normal = log.evaluate(size)
    widget.menu()
    widget.find("[name=large]").check()
    assert log.evaluate(size) >= 1.25 * normal
    seen = {}
    for theme in ("light", "dark", "auto"):
        widget.find(f"[name=theme][value={theme}]").check()
        seen[theme] = panel.evaluate(back)
    assert seen["light"] != seen["dark"] and seen["auto"] == seen[screen.scheme]
    widget.find(f"[name=theme][value={'dark' if screen.scheme == 'light' else 'light'}]").check()
    widget.page.reload()
    assert log.evaluate(size) >= 1.25 * normal and panel.evaluate(back) != seen[screen.scheme]
    width = widget.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width == 0


def test_reduced_motion(site: Site, visit: Visit, screen: Screen) -> None:
    for motion, name in (("reduce", "none"), ("no-preference", "rise")):
        widget = visit(site.address, screen, reduced_motion=motion)
        widget.open()
        assert widget.find(".panel").evaluate("e => getComputedStyle(e).animationName") == name


def test_reading_aloud_and_voice_input(site: Site, visit: Visit, screen: Screen) -> None:
    widget = visit(site.address, screen, (SPEECH,))
    widget.open()
    widget.ask(QUESTION[screen.language])
    button = widget.find(".item.bot:not(.welcome) .listen")
    button.click()
    language = "en-US" if screen.language == "en" else "zh-CN"
    said = widget.page.evaluate("window.__said.at(-1)")
    assert said == [language, " ".join(ANSWERS[screen.language][:2])]
    name = button.get_attribute("aria-label")
    widget.page.evaluate("window.__utterance.onend()")
    assert button.get_attribute("aria-label") != name
    widget.find(".voice").click()
    widget.find(".composer .confirm").wait_for()
    widget.find(".composer .confirm button").nth(1).click()
    assert widget.input.input_value() == ""
    widget.find(".voice").click()
    widget.find(".composer .confirm .primary").click()
    widget.page.wait_for_timeout(200)
    assert widget.input.input_value() == "路灯" and widget.page.evaluate("window.__recognition.lang") == language
    assert len(site.agent.seen) == 1


def test_without_speech_there_are_no_buttons_for_it(site: Site, visit: Visit, screen: Screen) -> None:
    widget = visit(site.address, screen, (NO_SPEECH,))
    widget.open()
    widget.ask(QUESTION[screen.language])
    assert widget.find(".listen").count() == widget.find(".voice").count() == 0


def test_the_form(site: Site, widget: Widget, screen: Screen) -> None:
    widget.ask("我要留言")
    widget.find(".item.bot:not(.welcome) .choices button").click()
    matter, contact, submit = (widget.find(f"form.sheet {part}") for part in ("#matter", "#contact", "[type=submit]"))
    submit.click()
    assert widget.focused() == "matter" and matter.get_attribute("aria-invalid") == "true"
    assert widget.find("#matter-error").inner_text() and not site.tickets.stored
    matter.fill("x" * 2001)
    contact.fill("y" * 201)
    submit.click()
    assert "2000" in widget.find("#matter-error").inner_text() and "200" in widget.find("#contact-error").inner_text()
    matter.fill("路灯坏了")
    assert matter.get_attribute("aria-invalid") is None and contact.get_attribute("aria-invalid") == "true"
    contact.fill("王女士")
    assert widget.find("form.sheet [role=alert]").inner_text() == ""
    widget.page.keyboard.press("Escape")
    widget.menu("message")
    assert matter.input_value() == "路灯坏了"
    submit.dblclick()
    widget.find(".ticket").wait_for()
    widget.page.wait_for_timeout(200)
    assert len(site.tickets.stored) == 1 and site.tickets.stored[0]["contact"] == "王女士"
    assert site.agent.noted[0][2]["ticket"] in widget.find(".ticket").inner_text()
    widget.menu("message")
    assert matter.input_value() == ""


def test_staff_replies_arrive_and_are_marked(site: Site, widget: Widget, screen: Screen) -> None:
    widget.ask(QUESTION[screen.language])
    conversation = site.agent.seen[0].sender_id
    site.outbox.add(conversation, "一")
    widget.find(".item.staff").wait_for()
    widget.find("[data-act=close]").click()
    site.outbox.add(conversation, "二", "notice")
    widget.find(".count").wait_for()
    assert widget.find(".count").inner_text() == "1"
    assert "1" in (widget.find(".launcher").get_attribute("aria-label") or "")
    widget.page.reload()
    assert widget.find(".count").inner_text() == "1"
    widget.open()
    assert not widget.find(".count").is_visible()
    assert widget.find(".item.staff, .item.notice").count() == 2
    widget.page.wait_for_timeout(300)
    assert sorted(site.outbox.done) == ["1", "2"]
