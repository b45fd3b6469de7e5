"""What an update of Telegram means to the assistant."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from telegram import CallbackQuery, Message, MessageEntity, Update, User
from telegram.constants import ChatType, UpdateType

from bot.conversations.masking import mask
from bot.language.normalise import clean

ALLOWED_UPDATES = (UpdateType.MESSAGE, UpdateType.EDITED_MESSAGE, UpdateType.CALLBACK_QUERY)
"""Kinds of updates that Telegram is asked for."""

EDIT_SECONDS = 600
"""An edited message is a new question if it was sent no longer ago than this."""

MAX_TEXT = 4096
"""Longest text kept of a message; Telegram sends no longer one."""

Kind = Literal["text", "press", "wordless", "added", "moved"]
"""text: something to answer; press: a button; wordless: a photo, sticker or the like; added: to a group; moved: a
group that got a new id."""

_COMMAND = re.compile(r"(?P<command>/\w+)@(?P<bot>\w+)")
_SERVICE = (
    "new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo",
    "group_chat_created", "supergroup_chat_created", "channel_chat_created", "migrate_from_chat_id",
    "message_auto_delete_timer_changed", "pinned_message", "write_access_allowed", "proximity_alert_triggered",
    "boost_added", "chat_background_set", "checklist_tasks_added", "checklist_tasks_done", "forum_topic_created",
    "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened", "general_forum_topic_hidden",
    "general_forum_topic_unhidden", "giveaway_created", "giveaway_completed", "video_chat_scheduled",
    "video_chat_started", "video_chat_ended", "video_chat_participants_invited", "connected_website",
)  # fmt: skip
"""Attributes of messages that nobody wrote."""


@dataclass(frozen=True)
class Incoming:
    """What came from a chat.

    Args:
        update_id: number of the update.
        chat_id: the chat, as Telegram knows it.
        kind: what it is.
        text: of a text, masked; of a press, the button's id.
        message_id: the message that it is about.
        callback_id: of a press: the query to answer.
        language: language of the citizen's Telegram: zh-Hans, zh-Hant, en or empty.
        private: False in groups.
        new_chat_id: of a group that moved.
    """

    update_id: int
    chat_id: int
    kind: Kind
    text: str = ""
    message_id: int = 0
    callback_id: str = ""
    language: str = ""
    private: bool = True
    new_chat_id: int = 0

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON types."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Incoming:
        """Read back what `to_json` wrote."""
        return cls(**{field.name: data[field.name] for field in fields(cls) if field.name in data})


def read(update: Update, bot_id: int, username: str) -> Incoming | None:
    """What an update means; None if it needs no reply.

    Args:
        update: any update.
        bot_id: id of this bot's account.
        username: its name, without @; empty while it is not known.
    """
    if update.callback_query is not None:
        return _press(update.update_id, update.callback_query)
    message = update.message or update.edited_message
    if message is None or message.chat.type == ChatType.CHANNEL or _by_a_bot(message):
        return None
    private = message.chat.type == ChatType.PRIVATE
    kind, text = _meaning(message, bot_id, username, private)
    if kind is None or (update.edited_message and (kind != "text" or _is_old(message))):
        return None
    return Incoming(
        update.update_id,
        message.chat.id,
        kind,
        mask(clean(text[:MAX_TEXT])),
        message.message_id,
        language=language_of(message.from_user),
        private=private,
        new_chat_id=message.migrate_to_chat_id or 0,
    )


def language_of(user: User | None) -> str:
    """The language of a citizen's Telegram, if it is one that the assistant writes."""
    code = ((user.language_code if user else None) or "").lower()
    if code.startswith("zh"):
        return "zh-Hant" if re.search("hant|tw|hk|mo", code) else "zh-Hans"
    return "en" if code.startswith("en") else ""


def _press(update_id: int, query: CallbackQuery) -> Incoming | None:
    message = query.message
    if message is None or not query.data:
        return None
    return Incoming(
        update_id,
        message.chat.id,
        "press",
        query.data[:64],
        message.message_id,
        query.id,
        language_of(query.from_user),
        message.chat.type == ChatType.PRIVATE,
    )


def _meaning(message: Message, bot_id: int, username: str, private: bool) -> tuple[Kind | None, str]:
    if message.migrate_to_chat_id:
        return "moved", ""
    if any(user.id == bot_id for user in message.new_chat_members or ()):
        return "added", ""
    text = message.text or message.caption or ""
    if private:
        if text:
            return "text", _own_command(text, username)
        return (None if any(getattr(message, name, None) for name in _SERVICE) else "wordless"), ""
    addressed, text = _addressed(message, text, bot_id, username)
    return ("text" if addressed and (text or message.text) else None), text


def _own_command(text: str, username: str) -> str:
    """A command without the name of this bot; one for another bot stays what it is."""
    match = _COMMAND.match(text)
    if match and match["bot"].lower() == username.lower():
        return match["command"] + text[match.end() :]
    return text


def _addressed(message: Message, text: str, bot_id: int, username: str) -> tuple[bool, str]:
    """True if a message in a group is for this bot: it names it, or replies to it; and the text without the name."""
    replied = message.reply_to_message
    addressed = bool(replied and replied.from_user and replied.from_user.id == bot_id)
    parse = message.parse_entities if message.text else message.parse_caption_entities
    wanted: list[str | None] = [MessageEntity.MENTION, MessageEntity.TEXT_MENTION, MessageEntity.BOT_COMMAND]
    for entity, words in parse(wanted).items():
        own = f"@{username}".lower() if username else None
        if entity.type == MessageEntity.BOT_COMMAND:
            named = _COMMAND.fullmatch(words)
            if named and named["bot"].lower() == username.lower():
                addressed, text = True, text.replace(words, named["command"], 1)
            elif named:
                return False, ""
        elif words.lower() == own or (entity.user is not None and entity.user.id == bot_id):
            addressed, text = True, text.replace(words, " ", 1)
    return addressed, text.strip()


def _by_a_bot(message: Message) -> bool:
    """True for other bots; anonymous administrators of a group write through a bot's account, but as the group."""
    return message.from_user is not None and message.from_user.is_bot and message.sender_chat is None


def _is_old(message: Message) -> bool:
    return message.edit_date is None or (message.edit_date - message.date).total_seconds() > EDIT_SECONDS
