"""Settings: defaults, values from the environment, and errors that say what is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import Settings


def test_defaults() -> None:
    settings = Settings.from_environment({})
    assert settings.database_url == "sqlite:///var/askhunnan.db"
    assert (settings.model_dir, settings.port, settings.host) == (Path("var/models"), 5005, "127.0.0.1")


def test_folders_follow_the_var_folder(tmp_path: Path) -> None:
    settings = Settings.from_environment({"ASKHUNNAN_VAR": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path}/askhunnan.db"
    assert settings.model_dir == tmp_path / "models"
    assert settings.web_secret_file == tmp_path / "web-secret"
    given = Settings.from_environment({"ASKHUNNAN_VAR": str(tmp_path), "ASKHUNNAN_WEB_SECRET_FILE": "/run/secret"})
    assert str(given.web_secret_file) == "/run/secret"


def test_values() -> None:
    settings = Settings.from_environment(
        {"ASKHUNNAN_PORT": "80", "ASKHUNNAN_ORIGINS": "https://a.cn/, http://b.cn", "ASKHUNNAN_LOG_LEVEL": "warning"}
    )
    assert (settings.port, settings.log_level) == (80, "WARNING")
    assert settings.trusted_origins == ("https://a.cn", "http://b.cn")


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("ASKHUNNAN_PORT", "eighty", "whole number from 1 to 65535"),
        ("ASKHUNNAN_ORIGINS", "https://a.cn, b.cn", "origins such as"),
        ("ASKHUNNAN_ORIGINS", "https://a.cn/page", "origins such as"),
        ("ASKHUNNAN_WEB_SESSION_HOURS", "0", "number from 0.01"),
        ("ASKHUNNAN_PORT", "70000", "whole number from 1 to 65535"),
        ("ASKHUNNAN_SENDER_RATE", "0", "number from 0.01"),
        ("ASKHUNNAN_SENDER_RATE", "nan", "number from 0.01"),
        ("ASKHUNNAN_LOG_LEVEL", "DEBUG", "INFO, WARNING, ERROR"),
        ("ASKHUNNAN_REPORT", "/no/such/file", "exists"),
        ("ASKHUNNAN_HOTLINE", "call us", "telephone number"),
        ("ASKHUNNAN_TEXT_DAYS", "0", "whole number from 1"),
        ("ASKHUNNAN_ACCESS_DAYS", "7", "at least ASKHUNNAN_TEXT_DAYS=90"),
        ("ASKHUNNAN_ORIGINS", "example.cn", "origins such as"),
        ("DATABASE_URL", "mysql://u:secret@h/d", "postgresql://"),
        ("REDIS_URL", "localhost", "redis://"),
        ("TELEGRAM_TOKEN", "123456:my-secret", "@BotFather"),
        ("TELEGRAM_WEBHOOK_URL", "http://ask.example.cn", "https://"),
        ("TELEGRAM_WEBHOOK_URL", "https://user:secret@ask.example.cn", "https://"),
        ("TELEGRAM_API_URL", "api.telegram.org", "https://"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str, right: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({name: value})
    message = str(caught.value)
    assert name in message and right in message and "\n" not in message and "secret" not in message


def test_the_token_is_never_shown() -> None:
    token = "123456789:AAE-not-a-real-token_0123456789abcdef"
    assert token not in repr(Settings.from_environment({"TELEGRAM_TOKEN": token}))


def test_every_setting_is_documented() -> None:
    documented = Settings.document()
    assert len({name for name, _ in documented}) == len(documented)
    assert all(help for _, help in documented)
