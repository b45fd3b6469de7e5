"""The element in a real browser, on a real server with stand-ins for the assistant and the database.

Chromium is the machine's (Debian's package `chromium`); without one these tests are skipped, under CI they fail. They
run in a process of their own (a stage of ./test), because Playwright's loop and pytest-asyncio's do not go together.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, sync_playwright
from rasa.core.channels.channel import UserMessage, register
from sanic import Sanic

from bot.channels.commands import Commands
from bot.channels.delivery import Delivery
from bot.channels.hot import HotQuestions
from bot.channels.messages import Messages
from bot.channels.origins import Origins, guard
from bot.channels.rates import TokenBuckets
from bot.channels.reception import Reception
from bot.channels.replays import Replays
from bot.channels.rest import handle_errors
from bot.channels.streams import Streams
from bot.channels.suggestions import Suggestions
from bot.channels.tokens import Tokens
from bot.channels.web import CHANNEL, WebChannel, WebLimits, WebServices
from bot.channels.web_form import WebForm
from bot.widget.assets import load_widget, widget_blueprint
from tests.channels.conftest import SNAPSHOT, FakeAgent, FakeFeedback, FakeOutbox, FakeTickets, running

CHROMIUM = os.environ.get("ASKHUNNAN_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]  # fmt: skip
LOCAL = ("127.0.0.1", "localhost")
SHOTS = Path("var/test/widget")
"""Where the tests leave what they saw."""

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
QUESTION = {"zh": "今年乡村要装多少盏路灯？", "en": "How many street lamps will be installed in the villages?"}
QUOTE = "这里是报道里的一句原文，说的是安装路灯若干盏。"
ANSWERS = {
    "zh": ("2020年计划安装乡村路灯1300盏以上。", "这是2020年计划目标。", "某区2020年计划报道", "2020年1月", "生态固基", "来源：某区"),
    "en": ("At least 1,300 lamps are planned.", "Status: 2020 plan target.", "Report on the plan", "January 2020", "Ecology", "Source: R"),
}  # fmt: skip
RELATED = {"zh": "停车难怎么解决？", "en": "What about parking?"}


@dataclass(frozen=True)
class Screen:
    """What a citizen sees the page on."""

    width: int
    scheme: str
    language: str

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}-{self.language}"

    @property
    def tag(self) -> str:
        """The language as the page and the element name it."""
        return "en" if self.language == "en" else "zh-Hans"


SCREENS = [Screen(w, s, l) for w in (360, 1280) for s in ("light", "dark") for l in ("zh", "en")]  # noqa: E741
SMOKE = SCREENS[0]


class ScriptedAgent(FakeAgent):
    """Answers as the assistant does, without a model."""

    async def handle_message(self, message: UserMessage) -> None:
        self.seen.append(message)
        await asyncio.sleep(self.pauses)
        if message.text == "boom":
            raise RuntimeError("a secret")
        code = "en" if message.text.isascii() else "zh"
        if message.text in ("我要留言", "leave a message"):
            reply: dict[str, Any] = {
                "text": "请说说事项。",
                "metadata": {"outcome": "ask_matter", "language": "zh-Hans"},
            }
        elif message.text == "多少":
            buttons = [{"title": f"第{n}个", "payload": f"第{n}个"} for n in "一二"]
            reply = {
                "text": "您想问的是哪一个？",
                "buttons": buttons,
                "metadata": {"outcome": "clarified", "language": "zh-Hans"},
            }
        elif message.text == "<img src=x onerror=alert(1)>":
            reply = {"text": message.text, "buttons": [{"title": message.text, "payload": "x"}]}
        else:
            text, status, title, published, section, line = ANSWERS[code]
            source = {
                "title": title, "published": published, "section": section, "quote": QUOTE, "status": status, "line": line,
            }  # fmt: skip
            reply = {
                "text": "\n".join([text, status, line, f"“{QUOTE}”"]),
                "buttons": [{"title": RELATED[code], "payload": RELATED[code]}],
                "metadata": {"outcome": "answered", "language": "en" if code == "en" else "zh-Hans", "source": source},
            }
        await message.output_channel.send_response(message.sender_id, reply)


@dataclass
class Site:
    """The running server, and what stands behind it."""

    app: Sanic
    address: str
    agent: ScriptedAgent = field(default_factory=ScriptedAgent)
    tickets: FakeTickets = field(default_factory=FakeTickets)
    outbox: FakeOutbox = field(default_factory=FakeOutbox)
    feedback: FakeFeedback = field(default_factory=FakeFeedback)
    now: float = 0.0

    def furnish(self, messages: Messages, burst: int = 0) -> None:
        """Give the server fresh services; `burst` messages at once from one conversation, 0 for no limit."""
        none = TokenBuckets(0, 1.0, time.monotonic)
        streams = Streams()
        self.app.ctx.agent = self.agent
        self.app.ctx.web = WebServices(
            tokens=Tokens(b"s" * 32, 3600, lambda: time.time() + self.now),
            limits=WebLimits(TokenBuckets(burst, 0.05, time.monotonic), none, none, none),
            reception=Reception(Commands(self.agent, messages, lambda: SNAPSHOT), messages),
            conversations=self.agent,
            replays=Replays(),
            form=WebForm(self.tickets, self.agent, CHANNEL, "12345"),
            suggestions=Suggestions(lambda: SNAPSHOT),
            hot=HotQuestions(lambda days, limit: [], lambda: SNAPSHOT, {code: [QUESTION[code]] for code in QUESTION}),
            streams=streams,
            delivery=Delivery(self.outbox, streams, CHANNEL),
            feedback=self.feedback.record,
        )


class Widget:
    """The element on a page, as a citizen uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = page.locator("ask-hunnan")

    def find(self, selector: str) -> Locator:
        """A part of the element."""
        return self.page.locator(f"ask-hunnan {selector}")

    @property
    def input(self) -> Locator:
        return self.find("#question")

    def open(self) -> None:
        self.find(".launcher").click()
        self.find(".panel").wait_for()

    def ask(self, text: str, answers: bool = True) -> None:
        before = self.find(".item.bot:not(.welcome)").count()
        self.input.fill(text)
        self.page.keyboard.press("Enter")
        if answers:
            self.find(".item.bot:not(.welcome)").nth(before).wait_for()
            self.find(".typing").wait_for(state="hidden")

    def menu(self, act: str = "") -> None:
        self.find("[data-act=menu]").click()
        if act:
            self.find(f"#menu [data-act={act}]").click()

    def focused(self) -> str:
        """What has the focus: id, class or text of the element within the shadow."""
        script = "() => { const e = document.querySelector('ask-hunnan').shadowRoot.activeElement;"
        script += " return e ? e.id || e.dataset.act || e.dataset.vote || e.className || e.textContent : ''; }"
        return str(self.page.evaluate(script))

    def still(self) -> None:
        """Wait until nothing moves."""
        self.page.wait_for_timeout(350)

    def check(self, name: str) -> None:
        """No violation of the accessibility rules in this state; and a picture of it."""
        self.still()
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(SHOTS / f"{name}.png"))
        found = Axe().run(self.page, options=RULES)
        problems = [
            f"{violation['id']}: {node['html'][:150]} {node['any'][:1]}"
            for violation in found.response["violations"]
            for node in violation["nodes"]
        ]
        assert not problems, f"{name}: {problems}"


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    if not CHROMIUM:
        if os.environ.get("CI"):
            pytest.fail("no Chromium for the tests: install Debian's package chromium")
        pytest.skip("no Chromium: install it, or set ASKHUNNAN_TEST_CHROMIUM")
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright_driver: Playwright) -> Iterator[Browser]:
    browser = playwright_driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def pages_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of another web site."""
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="session")
def other_site(pages_folder: Path) -> Iterator[int]:
    """Port of another web site; it is on the allow-list as 127.0.0.1, and not as localhost."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(pages_folder))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture(scope="session")
def messages() -> Messages:
    return Messages.load("12345")


@pytest.fixture(scope="session")
def running_site(messages: Messages, other_site: int) -> Iterator[Site]:
    app = Sanic("test_widget", configure_logging=False)
    guard(app, Origins([f"http://127.0.0.1:{other_site}"]), messages)
    register([WebChannel()], app, route="/webhooks/")
    app.blueprint(widget_blueprint(load_widget("12345")))
    handle_errors(app, messages)

    @app.after_server_start
    async def keep_loop(app: Sanic, loop: Any) -> None:
        app.ctx.loop = asyncio.get_running_loop()

    site = Site(app, "")
    site.furnish(messages)
    with running(app) as address:
        site.address = address
        yield site


@pytest.fixture
def site(running_site: Site, messages: Messages) -> Iterator[Site]:
    """The server with fresh stand-ins."""
    site = Site(running_site.app, running_site.address)
    site.furnish(messages)
    loop, web = site.app.ctx.loop, site.app.ctx.web
    delivering = asyncio.run_coroutine_threadsafe(web.delivery.run(), loop)
    yield site
    delivering.cancel()
    loop.call_soon_threadsafe(web.streams.stop)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Widget]]:
    """Opens a page on a screen, and gives its element; nothing may be asked of any other machine, nor fail loudly."""
    contexts: list[BrowserContext] = []
    requests: list[str] = []
    errors: list[str] = []

    def open_page(address: str, screen: Screen = SMOKE, scripts: tuple[str, ...] = (), **options: Any) -> Widget:
        options = {
            "viewport": {"width": screen.width, "height": 740 if screen.width < 500 else 800},
            "color_scheme": screen.scheme, "is_mobile": screen.width < 500, "has_touch": screen.width < 500,
            "reduced_motion": "no-preference", "timezone_id": "Asia/Shanghai", **options,
        }  # fmt: skip
        context = browser.new_context(**options)
        context.on("request", lambda request: requests.append(request.url))
        contexts.append(context)
        for script in scripts:
            context.add_init_script(script)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        page.locator("ask-hunnan .launcher").wait_for(state="attached")
        if screen.language == "en" and page.locator(".languages").count():
            page.click(".languages [data-language=en]")
        return Widget(page)

    yield open_page
    for context in contexts:
        context.close()
    outside = [
        url for url in requests if urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname not in LOCAL
    ]
    assert requests and not outside
    assert not errors
