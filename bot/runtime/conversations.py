"""What is kept of conversations, put together for one process."""

from __future__ import annotations

from dataclasses import dataclass

from bot.conversations.erasure import Erasure
from bot.conversations.feedback import FeedbackRepository
from bot.conversations.log import ConversationLog
from bot.conversations.outbox import Outbox
from bot.conversations.retention import Retention
from bot.conversations.spool import Spool
from bot.conversations.store import TurnStore
from bot.database import SessionFactory
from bot.runtime import broker
from bot.settings import Settings


@dataclass(frozen=True)
class KeptConversations:
    """Log, feedback, outbox, erasure and retention of one process."""

    log: ConversationLog
    feedback: FeedbackRepository
    outbox: Outbox
    erasure: Erasure
    retention: Retention


def keep_conversations(settings: Settings, sessions: SessionFactory) -> KeptConversations:
    """Build them, and hand the log to the event broker that Rasa makes after this."""
    spool = Spool(settings.spool_dir)
    log = ConversationLog(TurnStore(sessions), spool)
    broker.setup(log)
    return KeptConversations(
        log,
        FeedbackRepository(sessions, log),
        Outbox(sessions),
        Erasure(sessions, spool),
        Retention(sessions, settings.text_days, settings.access_days),
    )
