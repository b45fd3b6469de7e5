"""What updates mean: to answer, to be polite about, or to pass over."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import Update, User

from bot.channels.telegram.updates import Incoming, language_of, read
from tests.channels.telegram.fake import BOT, group, message, press

MENTION = {"type": "mention", "offset": 0, "length": 11}
COMMAND = {"type": "bot_command", "offset": 0, "length": 16}
FILE = {"file_id": "f", "file_unique_id": "u"}
PHOTO = [{**FILE, "width": 1, "height": 1}]
STICKER = {**FILE, "width": 1, "height": 1, "is_animated": False, "is_video": False, "type": "regular"}
USER = {"id": 7, "is_bot": False, "first_name": "李四"}
FROM_BOT = {"reply_to_message": {**message("答")["message"], "from": BOT}}


def edited(update: dict[str, Any], seconds: int = 60) -> dict[str, Any]:
    body = update["message"]
    return {"edited_message": {**body, "edit_date": body["date"] + seconds}}


def meaning(update: dict[str, Any]) -> Incoming | None:
    return read(Update.de_json({"update_id": 1, **update}, None), BOT["id"], "hunnan_bot")


@pytest.mark.parametrize(
    ("update", "text"),
    [
        (message("路灯多少盏"), "路灯多少盏"),
        (message("我的电话13912345678"), "我的电话"),
        (message("/help@hunnan_bot"), "/help"),
        (message("/help@other_bot"), "/help@other_bot"),
        (message("/start tracking-7"), "/start tracking-7"),
        (message(None, photo=PHOTO, caption="这是哪里"), "这是哪里"),
        (edited(message("改过的问题")), "改过的问题"),
        (group("@hunnan_bot 路灯多少盏", MENTION), "路灯多少盏"),
        (group("@Hunnan_Bot路灯多少盏", MENTION), "路灯多少盏"),
        (group("👍 @hunnan_bot hi", {"type": "mention", "offset": 3, "length": 11}), "👍 hi"),
        (group("老王 路灯？", {"type": "text_mention", "offset": 0, "length": 2, "user": BOT}), "路灯？"),
        (group("@hunnan_bot", MENTION), ""),
        (group("/help@hunnan_bot", COMMAND), "/help"),
        (group("那停车呢", **FROM_BOT), "那停车呢"),
        (group("@hunnan_bot 路灯", MENTION, sender_chat={"id": -1001, "type": "supergroup"}, **{"from": BOT}), "路灯"),
    ],
)
def test_texts(update: dict[str, Any], text: str) -> None:
    incoming = meaning(update)
    assert (
        incoming is not None
        and incoming.kind == "text"
        and incoming.language == ("" if "sender_chat" in str(update) else "zh-Hans")
    )
    assert incoming.text.startswith(text) and "13912345678" not in incoming.text
    assert Incoming.from_json(incoming.to_json()) == incoming


@pytest.mark.parametrize(
    "fields",
    [
        {"photo": PHOTO},
        {"sticker": STICKER},
        {"voice": {**FILE, "duration": 1}},
        {"video_note": {**FILE, "length": 1, "duration": 1}},
        {"document": FILE},
        {"location": {"longitude": 123.4, "latitude": 41.7}},
        {"contact": {"phone_number": "13912345678", "first_name": "李四"}},
        {"dice": {"emoji": "🎲", "value": 3}},
    ],
)
def test_what_has_no_words(fields: dict[str, Any]) -> None:
    incoming = meaning(message(None, **fields))
    assert incoming is not None and incoming.kind == "wordless" and "139" not in str(incoming)
    assert meaning(group(None, **fields)) is None
    assert meaning(edited(message(None, **fields))) is None


@pytest.mark.parametrize(
    "update",
    [
        group("大家好"),
        group("/help", {"type": "bot_command", "offset": 0, "length": 5}),
        group("/help@other_bot", {"type": "bot_command", "offset": 0, "length": 15}, **FROM_BOT),
        group("@other_bott 你好", MENTION),
        group(None, new_chat_members=[USER]),
        group(None, left_chat_member=USER),
        group(None, new_chat_title="新名"),
        group(None, **FROM_BOT, sticker=STICKER),
        message(None, pinned_message=message("甲")["message"]),
        message("我也是机器人", **{"from": {**BOT, "id": 5}}),
        edited(message("早就问过的"), 86_400),
        edited(group("大家好")),
        {"channel_post": {**message("频道")["message"], "chat": {"id": -5, "type": "channel"}}},
        {"my_chat_member": None},
        {"something_new": {"id": 1}},
        press("x", message=None),
        press(""),
    ],
)
def test_what_is_passed_over(update: dict[str, Any]) -> None:
    assert meaning(update) is None


def test_presses_and_groups_that_change() -> None:
    pressed = meaning(press("abc"))
    assert pressed is not None and (pressed.kind, pressed.text, pressed.callback_id) == ("press", "abc", "q-abc")
    added = meaning(group(None, new_chat_members=[USER, BOT]))
    assert added is not None and added.kind == "added"
    moved = meaning(group(None, migrate_to_chat_id=-1002))
    assert moved is not None and (moved.kind, moved.new_chat_id) == ("moved", -1002)


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("zh-hans", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-hant", "zh-Hant"),
        ("en-GB", "en"),
        ("ja", ""),
        (None, ""),
    ],
)
def test_language_of_a_citizens_telegram(code: str | None, language: str) -> None:
    assert language_of(User(1, "a", False, language_code=code)) == language
    assert language_of(None) == ""
