"""Sending: what is tried again, what is given up, and that the turn counts in any case."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.telegram.messages import Outgoing
from bot.channels.telegram.sending import PAUSES, Bot, DeliveryError, Sender
from tests.channels.conftest import FakeAgent
from tests.channels.telegram.conftest import Pauses, Start
from tests.channels.telegram.fake import DROP, TOKEN, FakeTelegram, failure, message, until

HELLO = Outgoing("你好 <3", buttons=[[["甲", "x"]]])
BLOCKED = failure(403, "Forbidden: bot was blocked by the user")


@pytest.fixture
async def sender(api: FakeTelegram, pauses: Pauses) -> Any:
    bot = Bot(TOKEN, api.address)
    await bot.initialize()
    moves: list[tuple[int, int]] = []

    async def moved(chat_id: int, new_chat_id: int) -> None:
        moves.append((chat_id, new_chat_id))

    made = Sender(bot, moved, pauses)
    made.moves = moves  # type: ignore[attr-defined]
    yield made
    await bot.shutdown()


@pytest.mark.parametrize(
    ("answers", "waited"),
    [
        ([failure(429, "Too Many Requests: retry after 7", retry_after=7)], [7]),
        ([failure(429, "Too Many Requests", retry_after=2), failure(429, "Too Many Requests", retry_after=3)], [2, 3]),
        ([DROP], [0.5]),
        ([failure(502, "Bad Gateway"), DROP, failure(500, "Internal")], [0.5, 1, 2]),
    ],
)
async def test_tried_again(
    sender: Sender, api: FakeTelegram, pauses: Pauses, answers: list[Any], waited: list[float]
) -> None:
    api.script["sendMessage"].extend(answers)
    await sender.send(42, HELLO)
    assert pauses.seconds == waited and len(api.said()) == len(answers) + 1


@pytest.mark.parametrize(
    ("answers", "permanent"),
    [
        ([BLOCKED], True),
        ([failure(400, "Bad Request: chat not found")], True),
        ([failure(400, "Bad Request: can't parse entities")] * 2, True),
        ([DROP] * (len(PAUSES) + 1), False),
        ([failure(429, "Too Many Requests", retry_after=3600)], False),
        ([failure(401, "Unauthorized")], False),
    ],
)
async def test_given_up(sender: Sender, api: FakeTelegram, answers: list[Any], permanent: bool) -> None:
    api.script["sendMessage"].extend(answers)
    with pytest.raises(DeliveryError) as caught:
        await sender.send(42, HELLO)
    assert caught.value.permanent is permanent and "42" not in str(caught.value)
    assert len(api.said()) == len(answers)


async def test_plain_text_if_the_form_is_refused(sender: Sender, api: FakeTelegram) -> None:
    api.script["sendMessage"].append(failure(400, "Bad Request: BUTTON_DATA_INVALID"))
    await sender.send(42, HELLO)
    assert api.said() == ["你好 &lt;3", "你好 <3"]
    assert "parse_mode" not in api.of("sendMessage")[1] and not api.keyboard(1)


async def test_a_group_that_moved(sender: Sender, api: FakeTelegram) -> None:
    api.script["sendMessage", -1].append(failure(400, "group chat was upgraded", migrate_to_chat_id=-100))
    await sender.send(-1, HELLO)
    assert [call["chat_id"] for call in api.of("sendMessage")] == [-1, -100]
    assert sender.moves == [(-1, -100)]  # type: ignore[attr-defined]


async def test_a_press_that_is_too_old(sender: Sender, api: FakeTelegram) -> None:
    api.script["answerCallbackQuery"].append(failure(400, "Bad Request: query is too old"))
    await sender.answer_press("q", "文字")
    assert api.of("answerCallbackQuery") == [{"callback_query_id": "q", "text": "文字"}]


@pytest.mark.parametrize("answers", [[BLOCKED], [DROP] * 6, [failure(429, "Too Many Requests", retry_after=999)]])
async def test_the_turn_counts_although_nothing_could_be_sent(
    start: Start, api: FakeTelegram, agent: FakeAgent, answers: list[Any]
) -> None:
    await start()
    api.script["sendMessage", 42].extend(answers)
    api.push(message("送不到"))
    api.push(message("别人", chat_id=43))
    await until(lambda: api.said(43) and len(api.said(42)) == len(answers))
    assert sorted(seen.text for seen in agent.seen) == ["别人", "送不到"]
    api.push(message("解除屏蔽之后"))
    await until(lambda: "解除屏蔽之后" in api.said(42)[-1])


async def test_one_chat_that_must_wait_holds_up_no_other(start: Start, api: FakeTelegram, pauses: Pauses) -> None:
    await start()
    api.script["sendMessage", 42].append(failure(429, "Too Many Requests", retry_after=100))
    api.push(message("慢"))
    await until(lambda: api.said(42))
    api.push(message("快", chat_id=43))
    await until(lambda: api.said(43))
    assert len(api.said(42)) == 1
    await until(lambda: len(api.said(42)) == 2)
    assert pauses.seconds == [100]
