"""Session tokens: only the server makes them, and they end."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.channels.tokens import SECRET_BYTES, TokenError, Tokens, read_secret
from bot.errors import SettingsError
from tests.channels.conftest import Clock

SECRET = b"k" * SECRET_BYTES


@pytest.fixture
def tokens(clock: Clock) -> Tokens:
    return Tokens(SECRET, 100, clock)


def test_a_token_names_its_conversation_until_it_ends(tokens: Tokens, clock: Clock) -> None:
    token, session = tokens.issue()
    assert tokens.read(token) == session and not tokens.ages(session)
    clock.now = 60
    assert tokens.ages(session)
    renewed, later = tokens.issue(session.conversation)
    clock.now = 100
    with pytest.raises(TokenError, match="expired"):
        tokens.read(token)
    assert tokens.read(renewed) == later and later.conversation == session.conversation


def test_conversations_cannot_be_guessed(tokens: Tokens) -> None:
    ids = {tokens.issue()[1].conversation for _ in range(1000)}
    assert len(ids) == 1000 and all(len(id) == 36 for id in ids)


def test_nobody_else_makes_tokens(tokens: Tokens, clock: Clock) -> None:
    token, session = tokens.issue()
    conversation, expires, signature = token.split(".")
    other = tokens.issue()[0].split(".")[0]
    forged = [
        "", "x", "a.b.c", f"{conversation}.{expires}", f"{conversation}.{expires}.", f"{token}x", f" {token}", f"{token}\n",
        f"{other}.{expires}.{signature}", f"{conversation}.{int(expires) + 1}.{signature}",
        f"{conversation}.{expires}.{signature[:-1]}A" if signature[-1] != "A" else f"{conversation}.{expires}.{signature[:-1]}B",
        f"{conversation}.٣٣.{signature}", Tokens(b"o" * SECRET_BYTES, 100, clock).issue(session.conversation)[0],
    ]  # fmt: skip
    for wrong in forged:
        with pytest.raises(TokenError, match="forged"):
            tokens.read(wrong)


def test_the_secret_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "new" / "secret"
    secret = read_secret(file)
    assert len(secret) >= SECRET_BYTES and read_secret(file) == secret
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["secret"]
    assert read_secret(tmp_path / "other") != secret


def test_a_secret_that_others_read_is_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "secret"
    file.write_bytes(SECRET)
    file.chmod(0o644)
    assert read_secret(file) == SECRET
    assert "chmod 600" in caplog.text


def test_a_bad_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "short").write_text("abc")
    with pytest.raises(SettingsError, match="holds 3 bytes, needs 32"):
        read_secret(tmp_path / "short")
    with pytest.raises(SettingsError, match="ASKHUNNAN_WEB_SECRET_FILE"):
        read_secret(tmp_path)
