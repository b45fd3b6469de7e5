"""One line on another web site's page, its attributes and variables, and who may embed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.widget.conftest import SMOKE, Screen, Site, Widget

pytestmark = pytest.mark.slow

Visit = Callable[..., Widget]
LARGE = Screen(1280, "light", "zh")
STRANGE = "<style>* { color: red !important; font-size: 7px !important; } button { display: none; } p { margin: 90px }</style>"


@pytest.fixture
def embed(site: Site, visit: Visit, pages_folder: Path, other_site: int) -> Callable[..., Widget]:
    """Opens a page of another web site that holds the given markup."""

    def open_page(markup: str, host: str = "127.0.0.1", language: str = "zh-CN", screen: Screen = LARGE) -> Widget:
        page = f'<!DOCTYPE html><html lang="{language}"><meta charset="utf-8"><title>x</title><meta name="viewport" content="width=device-width">'
        (pages_folder / "page.html").write_text(page + markup.replace("SITE", site.address), "utf-8")
        return visit(f"http://{host}:{other_site}/page.html", screen)

    return open_page


def test_one_line_is_enough(site: Site, embed: Callable[..., Widget]) -> None:
    widget = embed('<script src="SITE/widget.js" defer></script><h1>x</h1>' + STRANGE)
    widget.open()
    widget.ask("问")
    assert [message.text for message in site.agent.seen] == ["问"]
    assert widget.find(".bubble .said").first.evaluate("e => getComputedStyle(e).fontSize") == "16px"
    site.outbox.add(site.agent.seen[0].sender_id, "已修好。")
    widget.find(".item.staff").wait_for()


def test_a_foreign_page_gets_nothing(site: Site, embed: Callable[..., Widget]) -> None:
    widget = embed('<script src="SITE/widget.js"></script>', host="localhost")
    widget.open()
    widget.ask("问", answers=False)
    widget.find(".retry").wait_for(timeout=10000)
    assert not site.agent.seen


def test_attributes_of_the_script(embed: Callable[..., Widget]) -> None:
    widget = embed(
        '<script src="SITE/widget.js" data-heading="问沈河" data-subheading="试用" data-position="left" data-open'
        ' data-color="#ffd500" data-language="en" data-theme="dark" data-large data-voice="off" data-storage="tab"></script>'
    )
    assert widget.find("#heading").inner_text() == "问沈河" and widget.find(".header p").inner_text() == "试用"
    assert widget.find(".panel").is_visible() and widget.find(".panel").bounding_box()["x"] < 100  # type: ignore[index]
    assert widget.find(".send").get_attribute("aria-label") == "Send" and widget.find(".voice").count() == 0
    assert widget.find(".header").evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 213, 0)"
    assert widget.find(".header").evaluate("e => getComputedStyle(e).color") == "rgb(0, 0, 0)"
    assert widget.root.evaluate("e => e.hasAttribute('data-dark') && e.hasAttribute('data-large')")
    assert widget.page.evaluate("localStorage.length") == 0
    widget.check("embedded-yellow-dark")


@pytest.mark.parametrize("colour", ["#ffd500", "#777", "white", "black", "rgb(200 30 30)", "#b7e4c7"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_any_colour_can_be_read(embed: Callable[..., Widget], colour: str, theme: str) -> None:
    widget = embed(
        f'<main><h1>x</h1></main><script src="SITE/widget.js" data-open data-color="{colour}" data-theme="{theme}"></script>'
    )
    widget.ask("问")
    widget.check("embedded-colour")


def test_the_element_and_its_variables(site: Site, embed: Callable[..., Widget]) -> None:
    widget = embed(
        "<style>ask-hunnan { --askhunnan-color: #0a7a3b; --askhunnan-width: 500px; --askhunnan-radius: 0px; --askhunnan-offset-x: 50px }</style>"
        '<ask-hunnan endpoint="SITE/" open></ask-hunnan><script src="SITE/widget.js" defer></script>'
        '<script src="SITE/widget.js"></script>'
    )
    assert widget.root.count() == 1
    box = widget.find(".panel").bounding_box()
    assert box and (box["width"], round(box["x"] + box["width"])) == (500, 1230)
    assert widget.find(".header").evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(10, 122, 59)"
    widget.ask("问")
    assert site.agent.seen


@pytest.mark.parametrize(
    ("language", "send"),
    [("zh", "发送"), ("zh-TW", "發送"), ("zh-Hant-HK", "發送"), ("en-GB", "Send"), ("ja", "Send"), ("", "发送")],
)
def test_the_pages_language(embed: Callable[..., Widget], language: str, send: str) -> None:
    widget = embed('<script src="SITE/widget.js" data-open></script>', language=language, screen=SMOKE)
    assert widget.find(".send").get_attribute("aria-label") == send


def test_open_and_close_by_script(embed: Callable[..., Widget]) -> None:
    widget = embed('<script src="SITE/widget.js"></script>')
    widget.page.evaluate("document.querySelector('ask-hunnan').open()")
    assert widget.find(".panel").is_visible()
    widget.page.evaluate("document.querySelector('ask-hunnan').close()")
    assert not widget.find(".panel").is_visible()
    widget.page.evaluate("document.querySelector('ask-hunnan').setAttribute('heading', '新名字')")
    assert widget.find("#heading").inner_text() == "新名字"
    widget.page.evaluate("document.querySelector('ask-hunnan').remove()")
