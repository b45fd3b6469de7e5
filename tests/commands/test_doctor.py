"""What the doctor finds, and what it advises."""

from __future__ import annotations

import socket
from dataclasses import fields
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.commands import doctor, preparation
from bot.settings import Settings
from tests.channels.telegram.fake import TOKEN, FakeTelegram


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a folder in which nothing was done yet."""
    monkeypatch.setenv("ASKHUNNAN_VAR", str(tmp_path / "var"))
    monkeypatch.delenv("ASKHUNNAN_MODELS", raising=False)
    return Settings(var_dir=tmp_path / "var")


def test_a_new_folder_lacks_facts_model_and_vectors(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert [line.split()[1] for line in said.splitlines() if line.startswith("wrong")] == ["facts", "model", "vectors"]
    assert said.count("→ ./run train") == 2
    assert "→ ./run facts load" in said


def test_a_wrong_setting_does_not_hide_the_rest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASKHUNNAN_PORT", "0")
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "ok     packages" in said
    assert "→ ASKHUNNAN_PORT=0 is wrong" in said


def test_every_setting_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--settings"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(fields(Settings))


def test_an_outdated_model_is_found(settings: Settings) -> None:
    settings.model_dir.mkdir(parents=True)
    preparation.model_file(settings).write_bytes(b"model")
    preparation.note_trained(settings, "of other data")
    assert "changed since" in doctor.check_model(settings).state
    preparation.note_trained(settings, preparation.training_fingerprint())
    assert not doctor.check_model(settings).remedy


def test_a_taken_port_is_found(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        taken.settimeout(0)
        finding = doctor.check_port(Settings(var_dir=tmp_path, port=taken.getsockname()[1]))
    assert "ASKHUNNAN_PORT" in finding.remedy


@pytest.mark.parametrize(
    ("token", "state", "remedy"),
    [("", "not set up", ""), (TOKEN, "@hunnan_bot, long polling", ""), (TOKEN + "x", "refused", "@BotFather")],
)
def test_telegram(token: str, state: str, remedy: str) -> None:
    with FakeTelegram() as api:
        finding = doctor.check_telegram(Settings(telegram_token=token, telegram_api_url=api.address))
    assert state in finding.state and remedy in finding.remedy and bool(remedy) == bool(finding.remedy)


def test_telegram_away() -> None:
    with FakeTelegram() as api:
        pass
    finding = doctor.check_telegram(Settings(telegram_token=TOKEN, telegram_api_url=api.address))
    assert "HTTPS_PROXY" in finding.remedy and TOKEN not in str(finding)


def test_a_folder_that_cannot_be_made_is_found(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert "ASKHUNNAN_VAR" in doctor.check_folder(Settings(var_dir=tmp_path / "file" / "var")).remedy


def test_an_unreachable_database_is_found(tmp_path: Path) -> None:
    settings = Settings(var_dir=tmp_path, database_url="postgresql://nobody:secret@127.0.0.1:1/none")
    finding = doctor.check_database(settings)
    assert "DATABASE_URL" in finding.remedy
    assert "secret" not in finding.state
