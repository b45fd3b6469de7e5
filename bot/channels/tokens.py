"""Session tokens of the web channel: issued and signed by the server, with an end."""

from __future__ import annotations

import hmac
import logging
import os
import re
import secrets
import stat
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

from bot.errors import SettingsError

logger = logging.getLogger(__name__)

SECRET_BYTES = 32
"""Size of a new secret, and the least that a given one must have."""

_PURPOSE = b"askhunnan web session 1\n"
"""Signed with every token, so that the same secret may sign other things without confusion."""

_TOKEN = re.compile(r"(?P<conversation>web-[0-9a-f]{32})\.(?P<expires>\d{1,12})\.(?P<signature>[\w-]{43})", re.ASCII)


@dataclass(frozen=True)
class Session:
    """What a valid token says: the id of the conversation, and when the token ends (seconds since 1970)."""

    conversation: str
    expires: int


class TokenError(Exception):
    """A token that is not accepted; `reason` is forged (or damaged) or expired."""

    def __init__(self, reason: Literal["forged", "expired"]) -> None:
        super().__init__(reason)
        self.reason = reason


class Tokens:
    """Issues and reads tokens.

    Args:
        secret: key of the signature; every process that serves the same citizens needs the same.
        lifetime: seconds after which a token ends, unless it is renewed.
        clock: seconds since 1970, such as ``time.time``.
    """

    def __init__(self, secret: bytes, lifetime: int, clock: Callable[[], float]) -> None:
        self._secret, self._lifetime, self._clock = secret, lifetime, clock

    def issue(self, conversation: str = "") -> tuple[str, Session]:
        """A token for a conversation, or for a new one with an id that nobody can guess."""
        session = Session(conversation or f"web-{secrets.token_hex(16)}", int(self._clock()) + self._lifetime)
        payload = f"{session.conversation}.{session.expires}"
        return f"{payload}.{self._sign(payload)}", session

    def read(self, token: str) -> Session:
        """The session of a token.

        Raises:
            TokenError: the server did not issue it, or its time is over.
        """
        match = _TOKEN.fullmatch(token)
        if match is None:
            raise TokenError("forged")
        payload = f"{match['conversation']}.{match['expires']}"
        if not hmac.compare_digest(self._sign(payload), match["signature"]):
            raise TokenError("forged")
        session = Session(match["conversation"], int(match["expires"]))
        if session.expires <= self._clock():
            raise TokenError("expired")
        return session

    def now(self) -> float:
        """The time by which tokens end."""
        return self._clock()

    def ages(self, session: Session) -> bool:
        """True in the second half of a token's life, when it is renewed while it is used."""
        return session.expires - self._clock() < self._lifetime / 2

    def _sign(self, payload: str) -> str:
        digest = hmac.new(self._secret, _PURPOSE + payload.encode("ascii"), sha256).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def read_secret(file: Path) -> bytes:
    """The secret of a file, which is made with a random one where there is none.

    Args:
        file: only its owner may read it; a new one is made so.

    Raises:
        SettingsError: it cannot be read or made, or is too short.
    """
    try:
        if not file.exists():
            _make(file)
        secret = file.read_bytes().strip()
        shared = file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    except OSError as error:
        raise SettingsError(f"ASKHUNNAN_WEB_SECRET_FILE={file}: {error.strerror}") from None
    if len(secret) < SECRET_BYTES:
        raise SettingsError(
            f"ASKHUNNAN_WEB_SECRET_FILE={file}: holds {len(secret)} bytes, needs {SECRET_BYTES}; "
            "delete it, and a new one is made at the next start"
        )
    if shared:
        logger.warning("others may read %s, which signs the citizens' sessions; chmod 600 it", file)
    return secret


def _make(file: Path) -> None:
    """Write a secret in one step, so that two processes that start at once use the same."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")  # readable for its owner only
    try:
        with os.fdopen(handle, "w", encoding="ascii") as opened:
            opened.write(secrets.token_hex(SECRET_BYTES))
        os.link(name, file)
    except FileExistsError:
        pass
    finally:
        os.unlink(name)
