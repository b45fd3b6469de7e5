"""Long polling over real HTTP: what citizens see, and what a restart, a conflict or a lost connection does."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage

from bot.answers.reply import Context
from bot.conversations.outbox import Outbox
from bot.errors import StoreError
from bot.runtime.logs import PlainFormatter
from tests.channels.conftest import FakeAgent
from tests.channels.telegram.conftest import FakeFeedback, Pauses, Start
from tests.channels.telegram.fake import DROP, TOKEN, FakeTelegram, failure, group, message, press, until


async def test_a_question_gets_its_answer_with_buttons(start: Start, api: FakeTelegram, agent: FakeAgent) -> None:
    await start()
    api.push(message("路灯多少盏 <b>"))
    await until(api.said)
    [sent] = api.of("sendMessage")
    assert (
        sent["chat_id"] == 42 and sent["text"] == "答：路灯多少盏 &lt;b&gt;\n\n第二段" and sent["parse_mode"] == "HTML"
    )
    assert [[button["text"] for button in row] for row in api.keyboard()] == [["路灯"], ["👍", "👎"]]
    assert all(len(button["callback_data"].encode()) <= 64 for row in api.keyboard() for button in row)
    assert api.of("sendChatAction") == [{"chat_id": 42, "action": "typing"}]
    [seen] = agent.seen
    assert seen.input_channel == "telegram" and seen.sender_id.startswith("tg-") and "42" not in seen.sender_id


async def test_typing_is_shown_as_long_as_it_takes(
    start: Start, api: FakeTelegram, monkeypatch: Any, agent: FakeAgent
) -> None:
    monkeypatch.setattr("bot.channels.telegram.sending.TYPING_SECONDS", 0.05)

    async def slow(message: UserMessage) -> None:
        await asyncio.sleep(0.3)
        await agent.handle_message(message)

    await start(handle=slow)
    api.push(message())
    await until(api.said)
    assert 3 <= len(api.of("sendChatAction")) <= 8
    await asyncio.sleep(0.15)
    assert len(api.of("sendChatAction")) <= 8


async def test_the_menu_is_registered_in_both_languages(start: Start, api: FakeTelegram) -> None:
    await start()
    await until(lambda: len(api.of("setMyCommands")) == 3)
    menus = {call.get("language_code", ""): call["commands"] for call in api.of("setMyCommands")}
    assert [entry["command"] for entry in menus["zh"]] == ["help", "lang", "source", "forget"]
    assert menus["zh"][0]["description"] == "使用说明" and menus["en"][0]["description"] == "How to use this"
    assert menus[""][0]["description"] == "使用说明 / How to use this"


@pytest.mark.parametrize(
    ("typed", "said", "titles"),
    [
        ("/start", "您好！", ["乡村要装多少盏路灯？", "简体中文", "繁體中文", "English", "自动 Auto"]),
        ("/start from-poster", "您好！", ["乡村要装多少盏路灯？", "简体中文", "繁體中文", "English", "自动 Auto"]),
        ("/help", "/forget", []),
        ("/lang", "/lang zh-Hant", ["简体中文", "繁體中文", "English", "自动 Auto"]),
        ("/lang en", "I will reply in English", []),
        ("/source", "报道甲", ["刚才的回答出自哪里？"]),
        ("/forget", "已删除", []),
        ("/restart", "答：restart", ["路灯", "👍", "👎"]),
        ("😀😀", "没有看到文字", []),
        ("长" * 2001, "2000", []),
    ],
)
async def test_commands_and_guards(start: Start, api: FakeTelegram, typed: str, said: str, titles: list[str]) -> None:
    await start()
    api.push(message(typed))
    await until(api.said)
    assert said in api.said()[0]
    assert [button["text"] for row in api.keyboard() for button in row] == titles


async def test_language_and_forgetting(start: Start, api: FakeTelegram, agent: FakeAgent) -> None:
    await start(burst=20)
    api.push(message())
    await until(api.said)
    old = api.button("路灯")
    api.push(message("/lang"))
    await until(lambda: len(api.said()) == 2)
    api.push(press(api.button("English")))
    await until(lambda: len(api.said()) == 3)
    assert "I will reply in English" in api.said()[2]
    assert [context.language for context in agent.contexts.values()] == ["en"]
    api.push(message(None, location={"longitude": 1.5, "latitude": 2.5}))
    await until(lambda: len(api.said()) == 4)
    assert "I only read text" in api.said()[3]
    api.push(message("/forget"))
    await until(lambda: len(api.said()) == 5)
    assert "deleted" in api.said()[4] and agent.forgotten == list(agent.contexts)
    api.push(press(old))
    await until(lambda: len(api.of("answerCallbackQuery")) == 2)
    assert "no longer works" in api.of("answerCallbackQuery")[1]["text"]


async def test_buttons_ask_and_survive_a_restart(start: Start, api: FakeTelegram, agent: FakeAgent) -> None:
    first = await start()
    api.push(message())
    await until(api.said)
    await first.stop()
    await start()
    api.push(press(api.button("路灯")))
    await until(lambda: len(api.said()) == 2)
    assert api.said()[1] == "<b>▸ 路灯</b>\n答：路灯多少盏\n\n第二段"
    assert [seen.text for seen in agent.seen] == ["路灯多少盏", "路灯多少盏"]
    assert len(api.of("answerCallbackQuery")) == 1


async def test_thumbs(start: Start, api: FakeTelegram, agent: FakeAgent, feedback: FakeFeedback) -> None:
    await start()
    api.push(message())
    await until(api.said)
    up, down = api.button("👍"), api.button("👎")
    api.push(press(up))
    await until(lambda: api.of("answerCallbackQuery"))
    assert api.of("answerCallbackQuery")[0]["text"] == "谢谢您的反馈！" and len(api.said()) == 1
    api.push(press(down))
    await until(lambda: len(api.said()) == 2)
    turn = agent.seen[0].metadata["turn"]
    assert feedback.given == [(turn, agent.seen[0].sender_id, "up"), (turn, agent.seen[0].sender_id, "down")]
    assert "抱歉" in api.said()[1]
    api.push(press(api.button("我要留言")))
    await until(lambda: len(agent.seen) == 2)
    assert agent.seen[1].text == "我要留言"
    feedback.known = False
    api.push(press(up))
    await until(lambda: len(api.of("answerCallbackQuery")) == 4)
    assert "失效" in api.of("answerCallbackQuery")[3]["text"]


async def test_a_button_works_in_its_own_chat_only(start: Start, api: FakeTelegram, agent: FakeAgent) -> None:
    await start()
    api.push(message())
    await until(api.said)
    api.push(press(api.button("路灯"), chat_id=43))
    api.push(press("forged-by-somebody", chat_id=43))
    await until(lambda: len(api.of("answerCallbackQuery")) == 2)
    assert all("失效" in call["text"] for call in api.of("answerCallbackQuery")) and len(agent.seen) == 1


async def test_groups(start: Start, api: FakeTelegram, agent: FakeAgent) -> None:
    await start()
    api.push(group(None, new_chat_members=[{"id": 123456789, "is_bot": True, "first_name": "浑南"}]))
    await until(api.said)
    assert "@我" in api.said()[0]
    api.push(group("大家好"))
    api.push(group("@hunnan_bot 路灯？", {"type": "mention", "offset": 0, "length": 11}, message_id=77))
    await until(lambda: len(api.said()) == 2)
    assert [seen.text for seen in agent.seen] == ["路灯？"]
    assert api.of("sendMessage")[1]["reply_parameters"] == {"message_id": 77, "allow_sending_without_reply": True}


async def test_an_album_gets_one_reply(start: Start, api: FakeTelegram) -> None:
    await start()
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    for _ in range(4):
        api.push(message(None, photo=photo, media_group_id="9"))
    api.push(message("在吗"))
    await until(lambda: len(api.said()) == 2)
    assert "只看得懂文字" in api.said()[0] and "在吗" in api.said()[1]


async def test_a_long_answer_comes_in_parts(start: Start, api: FakeTelegram) -> None:
    async def long(message: UserMessage) -> None:
        await message.output_channel.send_response(
            "x", {"text": "一句话就到这里。" * 700, "buttons": [{"title": "甲"}]}
        )

    await start(handle=long)
    api.push(message())
    await until(lambda: len(api.said()) == 2)
    assert all(text.endswith("。") and len(text) <= 4096 for text in api.said())
    assert not api.keyboard(0) and api.keyboard(1)


async def test_updates_of_one_chat_keep_their_order(start: Start, api: FakeTelegram, agent: FakeAgent) -> None:
    async def uneven(message: UserMessage) -> None:
        await asyncio.sleep(0.2 if message.text == "问0" else 0)
        await agent.handle_message(message)

    await start(handle=uneven)
    for number in range(4):
        api.push(message(f"问{number}"))
    api.push(message("别人", chat_id=43))
    await until(lambda: len(api.said()) == 5)
    assert [text[2:4] for text in api.said(42)] == ["问0", "问1", "问2", "问3"]
    assert "别人" in api.said()[0]


async def test_an_update_that_comes_twice_is_answered_once(start: Start, api: FakeTelegram, agent: FakeAgent) -> None:
    first = await start()
    api.push(message("甲"))
    await until(api.said)
    again = {"update_id": api.push(message("乙"))}
    await until(lambda: len(api.said()) == 2)
    api.push({**message("乙"), **again})
    await first.stop()
    await start()
    api.push({**message("乙"), **again})
    api.push(message("丙"))
    await until(lambda: len(api.said()) == 3)
    assert [seen.text for seen in agent.seen] == ["甲", "乙", "丙"]


async def test_a_restart_before_the_answer(start: Start, api: FakeTelegram, agent: FakeAgent) -> None:
    async def never(message: UserMessage) -> None:
        await asyncio.sleep(60)

    first = await start(handle=never)
    api.push(message("没来得及答"))
    await until(lambda: api.of("sendChatAction"))
    await first.worker.stop(0.05)
    await first.stop()
    await start()
    await until(api.said)
    assert "没来得及答" in api.said()[0] and len(agent.seen) == 1


async def test_a_restart_between_the_answer_and_its_delivery(start: Start, api: FakeTelegram, agent: FakeAgent) -> None:
    first = await start()
    api.script["sendMessage"].append(failure(429, "Too Many Requests: retry after 5000", retry_after=5000))
    api.push(message("答了没送到"))
    await until(api.said)
    await first.stop()
    await start()
    await until(lambda: len(api.said()) == 2)
    api.push(message("在吗"))
    await until(lambda: len(api.said()) == 3)
    assert api.said()[0] == api.said()[1] and len(agent.seen) == 2 and api.keyboard(1)


async def test_the_server_starts_without_telegram(start: Start, api: FakeTelegram, pauses: Pauses, caplog: Any) -> None:
    api.script["getMe"].extend([DROP, DROP, failure(502, "Bad Gateway"), DROP])
    await start()
    api.push(message())
    await until(api.said)
    assert pauses.seconds[:4] == [1.0, 2.0, 5.0, 10.0]
    said = [record.message for record in caplog.records if record.name.startswith("bot.channels.telegram")]
    assert sum("cannot be reached" in line for line in said) == 1 and sum("works again" in line for line in said) == 1


async def test_a_conflict_is_said_once_and_polling_goes_on(start: Start, api: FakeTelegram, caplog: Any) -> None:
    api.script["getUpdates"].extend([failure(409, "Conflict: terminated by other getUpdates request")] * 3)
    await start()
    api.push(message())
    await until(api.said)
    said = [record.message for record in caplog.records]
    assert sum("another program fetches the updates" in line for line in said) == 1


@pytest.mark.parametrize("answers", [[DROP], [failure(500, "Internal")], [failure(429, "Too Many", retry_after=3)]])
async def test_polling_survives(start: Start, api: FakeTelegram, answers: list[Any], agent: FakeAgent) -> None:
    api.script["getUpdates"].extend(answers)
    await start()
    api.push(message())
    await until(api.said)
    assert len(agent.seen) == 1


async def test_a_token_that_telegram_refuses(start: Start, api: FakeTelegram, caplog: Any) -> None:
    api.token = "another"
    await start()
    await until(lambda: len(api.of("getMe")) == 3)
    said = [record.message for record in caplog.records]
    assert sum("Telegram refuses TELEGRAM_TOKEN" in line for line in said) == 1


async def test_a_strange_update_holds_up_nothing(start: Start, api: FakeTelegram, agent: FakeAgent) -> None:
    await start()
    api.push({"message": {"message_id": "x"}})
    api.push({"message": 5})
    api.push({"poll_answer": {"poll_id": "1"}})
    api.push(message(chat={"id": 5}))
    api.push(message("还在吗"))
    await until(api.said)
    assert "还在吗" in api.said()[-1]


async def test_a_flood_of_one_chat_is_slowed_down_and_others_are_not(
    start: Start, api: FakeTelegram, agent: FakeAgent
) -> None:
    await start()
    for number in range(60):
        api.push(message(f"刷屏{number}"))
    api.push(message("别人的问题", chat_id=43))
    await until(lambda: api.said(43))
    await until(lambda: len(api.said(42)) == 6)
    await asyncio.sleep(0.1)
    assert sum("太频繁" in text for text in api.said(42)) == 1 and len(api.said(42)) == 6
    assert len(agent.seen) == 6
    api.push(press("x"))
    await until(lambda: api.of("answerCallbackQuery"))
    assert "太频繁" in api.of("answerCallbackQuery")[0]["text"]


async def test_without_the_database_citizens_are_answered(
    start: Start, api: FakeTelegram, monkeypatch: Any, agent: FakeAgent
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise StoreError("the database cannot be written: away")

    service = await start()
    for name in ("accept", "answered", "sent", "done", "add_buttons", "button"):
        monkeypatch.setattr(service._store, name, away)
    api.push(message())
    await until(api.said)
    assert "答：" in api.said()[0] and not api.keyboard()
    api.push(press("anything"))
    await until(lambda: api.of("answerCallbackQuery"))
    assert "12345" in api.of("answerCallbackQuery")[0]["text"] and len(api.said()) == 1


async def test_nothing_shows_the_token_or_what_citizens_write(
    start: Start, api: FakeTelegram, agent: FakeAgent, caplog: Any
) -> None:
    caplog.set_level(logging.INFO)
    api.script["getMe"].extend([DROP, failure(401, "Unauthorized")])
    api.script["sendMessage"].extend([DROP, failure(400, "Bad Request: can't parse entities")])
    agent.broken = True
    await start()
    api.push(message("boom"))
    api.push(message("我的秘密", chat_id=987654321))
    await until(lambda: len(api.said()) == 4)
    log = "\n".join(PlainFormatter().format(record) for record in caplog.records)
    assert "[token]" in log  # httpx was not silenced here
    assert TOKEN.partition(":")[2] not in log and "秘密" not in log and "987654321" not in log


async def test_staff_replies_are_delivered(
    start: Start, api: FakeTelegram, agent: FakeAgent, outbox: Outbox, monkeypatch: Any
) -> None:
    monkeypatch.setattr("bot.channels.telegram.channel.STAFF_SECONDS", 0.05)
    await start()
    api.push(message())
    await until(api.said)
    conversation = agent.seen[0].sender_id
    agent.contexts[conversation] = Context(last_language="en")
    outbox.add(conversation, "telegram", "已安排维修 <周五>。", "reply")
    outbox.add(conversation, "rest", "for the page", "reply")
    outbox.add("tg-nobody", "telegram", "谁？", "notice")
    await until(lambda: len(api.said()) == 2 and not outbox.waiting(channel="telegram"))
    assert api.said()[1] == "<b>Reply from the staff</b>\n已安排维修 &lt;周五&gt;。"
    api.script["sendMessage"].append(failure(403, "Forbidden: bot was blocked by the user"))
    outbox.add(conversation, "telegram", "第二条", "notice")
    await until(lambda: len(api.said()) == 3 and not outbox.waiting(channel="telegram"))


async def test_staff_replies_wait_while_telegram_is_away(
    start: Start, api: FakeTelegram, agent: FakeAgent, outbox: Outbox, monkeypatch: Any
) -> None:
    monkeypatch.setattr("bot.channels.telegram.channel.STAFF_SECONDS", 0.05)
    await start()
    api.push(message())
    await until(api.said)
    api.script["sendMessage"].extend([DROP] * 7)
    outbox.add(agent.seen[0].sender_id, "telegram", "等一等", "reply")
    await until(lambda: len(api.said()) == 9 and not outbox.waiting(channel="telegram"))
