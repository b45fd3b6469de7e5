"""Every setting of AskHunnan, read once from the environment and checked before anything starts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from bot.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
"""Folder of the project: where config.yml, domain.yml, endpoints.yml and credentials.yml stand."""

LOG_LEVELS = ("INFO", "WARNING", "ERROR")
"""There is no DEBUG: at that level Rasa prints what citizens write."""


_ORIGIN = re.compile(r"https?://[^\s/?#@]+")


def _text(value: str) -> str:
    return value


def _path(value: str) -> Path:
    return Path(value).expanduser()


def _file(value: str) -> Path:
    path = _path(value)
    if not path.is_file():
        raise ValueError("the path of a file that exists")
    return path


def _between(low: float, high: float, *, whole: bool = True) -> Callable[[str], Any]:
    """A reader of numbers from `low` to `high`, both included."""
    right = f"a {'whole ' if whole else ''}number from {low:g} to {high:g}"

    def read(value: str) -> int | float:
        try:
            number: int | float = int(value) if whole else float(value)
        except ValueError:
            raise ValueError(right) from None
        if not low <= number <= high:
            raise ValueError(right)
        return number

    return read


def _database(value: str) -> str:
    if not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg2://")):
        raise ValueError("sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE")
    return value


def _redis(value: str) -> str:
    if value and not value.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("redis://HOST:PORT/NUMBER, or empty")
    return value


def _level(value: str) -> str:
    if value.upper() not in LOG_LEVELS:
        raise ValueError(f"one of {', '.join(LOG_LEVELS)}")
    return value.upper()


def _origins(value: str) -> tuple[str, ...]:
    origins = tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
    if any(not _ORIGIN.fullmatch(origin) for origin in origins):
        raise ValueError("origins such as https://www.example.gov.cn, separated by commas")
    return origins


def _hotline(value: str) -> str:
    if not (value.isascii() and value.isdigit() and 3 <= len(value) <= 12):
        raise ValueError("a telephone number of 3 to 12 digits")
    return value


def _telegram_token(value: str) -> str:
    if not re.fullmatch(r"\d{3,20}:[A-Za-z0-9_-]{20,}", value):
        raise ValueError("what @BotFather gave, such as 123456789:AAE…")
    return value


def _address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", value):
        raise ValueError("an address such as https://api.telegram.org")
    return value.rstrip("/")


def _public_address(value: str) -> str:
    if not re.fullmatch(r"https://[^\s/?#@]+(/[^\s?#]*)?", value):
        raise ValueError("an address such as https://ask.example.gov.cn")
    return value.rstrip("/")


def _about(env: str, read: Callable[[str], Any], help: str, *, secret: bool = False) -> dict[str, Any]:
    """Metadata of a setting: its variable, how its value is read, what it is, and whether it may be shown."""
    return {"env": env, "read": read, "help": help, "secret": secret}


@dataclass(frozen=True)
class Settings:
    """All settings; `document` prints them as a table, `from_environment` reads them.

    A setting that is not given keeps its default; a wrong one raises `SettingsError` with one line that names the
    variable, the value and what would be right.
    """

    var_dir: Path = field(
        default=Path("var"), metadata=_about("ASKHUNNAN_VAR", _path, "folder for everything that is written")
    )
    database_url: str = field(
        default="",
        metadata=_about(
            "DATABASE_URL", _database, "facts and conversations; default: askhunnan.db (SQLite) in ASKHUNNAN_VAR"
        ),
    )
    model_dir: Path = field(
        default=Path(), metadata=_about("ASKHUNNAN_MODELS", _path, "trained models; default: models in ASKHUNNAN_VAR")
    )
    report_file: Path | None = field(
        default=None,
        metadata=_about(
            "ASKHUNNAN_REPORT", _file, "text of the report, from which source sentences are quoted; default: none"
        ),
    )
    host: str = field(
        default="127.0.0.1", metadata=_about("ASKHUNNAN_HOST", _text, "address that the server listens on")
    )
    port: int = field(
        default=5005, metadata=_about("ASKHUNNAN_PORT", _between(1, 65535), "port that the server listens on")
    )
    redis_url: str = field(
        default="",
        metadata=_about("REDIS_URL", _redis, "Redis, where endpoints.yml refers to it; default: none"),
    )
    hotline: str = field(
        default="12345", metadata=_about("ASKHUNNAN_HOTLINE", _hotline, "telephone number that refusals name")
    )
    log_level: str = field(default="INFO", metadata=_about("ASKHUNNAN_LOG_LEVEL", _level, "INFO, WARNING or ERROR"))
    text_days: int = field(
        default=90,
        metadata=_about("ASKHUNNAN_TEXT_DAYS", _between(1, 3650), "days that the text of conversations is kept"),
    )
    access_days: int = field(
        default=400,
        metadata=_about(
            "ASKHUNNAN_ACCESS_DAYS", _between(1, 3650), "days that turns without their text are kept, as an access log"
        ),
    )
    trusted_origins: tuple[str, ...] = field(
        default=(),
        metadata=_about(
            "ASKHUNNAN_ORIGINS",
            _origins,
            "web sites whose pages may use the widget or call the REST channel, with commas",
        ),
    )
    web_secret_file: Path = field(
        default=Path(),
        metadata=_about(
            "ASKHUNNAN_WEB_SECRET_FILE",
            _path,
            "secret that signs the widget's sessions, made if it is not there; default: web-secret in ASKHUNNAN_VAR",
        ),
    )
    web_session_hours: float = field(
        default=168.0,
        metadata=_about(
            "ASKHUNNAN_WEB_SESSION_HOURS",
            _between(0.01, 8760, whole=False),
            "hours after which an unused session of the widget ends",
        ),
    )
    proxies: int = field(
        default=0,
        metadata=_about(
            "ASKHUNNAN_PROXIES", _between(0, 9), "trusted proxies before the server, for the caller's address"
        ),
    )
    sender_burst: int = field(
        default=20,
        metadata=_about("ASKHUNNAN_SENDER_BURST", _between(0, 100000), "messages at once from one sender; 0: no limit"),
    )
    sender_rate: float = field(
        default=5.0,
        metadata=_about(
            "ASKHUNNAN_SENDER_RATE", _between(0.01, 100000, whole=False), "messages a second from one sender"
        ),
    )
    address_burst: int = field(
        default=400,
        metadata=_about(
            "ASKHUNNAN_ADDRESS_BURST", _between(0, 1000000), "messages at once from one address; 0: no limit"
        ),
    )
    address_rate: float = field(
        default=200.0,
        metadata=_about(
            "ASKHUNNAN_ADDRESS_RATE", _between(0.01, 1000000, whole=False), "messages a second from one address"
        ),
    )
    action_seconds: float = field(
        default=5.0,
        metadata=_about("ASKHUNNAN_ACTION_SECONDS", _between(0.1, 60, whole=False), "time that an action may take"),
    )
    telegram_token: str = field(
        default="",
        repr=False,
        metadata=_about(
            "TELEGRAM_TOKEN", _telegram_token, "token of the Telegram bot; default: no Telegram", secret=True
        ),
    )
    telegram_webhook_url: str = field(
        default="",
        metadata=_about(
            "TELEGRAM_WEBHOOK_URL", _public_address, "public https address of this server; default: long polling"
        ),
    )
    telegram_api_url: str = field(
        default="https://api.telegram.org",
        metadata=_about("TELEGRAM_API_URL", _address, "Telegram's API, or a Bot API server of one's own"),
    )
    endpoints_file: Path = field(
        default=ROOT / "endpoints.yml",
        metadata=_about("ASKHUNNAN_ENDPOINTS", _file, "stores, locks and broker; default: endpoints.yml"),
    )
    credentials_file: Path = field(
        default=ROOT / "credentials.yml",
        metadata=_about("ASKHUNNAN_CREDENTIALS", _file, "channels; default: credentials.yml"),
    )

    def __post_init__(self) -> None:
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{self.var_dir / 'askhunnan.db'}")
        if self.web_secret_file == Path():
            object.__setattr__(self, "web_secret_file", self.var_dir / "web-secret")
        if self.model_dir == Path():
            object.__setattr__(self, "model_dir", self.var_dir / "models")
        if self.access_days < self.text_days:
            raise SettingsError(
                f"ASKHUNNAN_ACCESS_DAYS={self.access_days} is wrong: give at least ASKHUNNAN_TEXT_DAYS={self.text_days}"
            )

    @property
    def spool_dir(self) -> Path:
        """Where turns wait on disk while the database is away."""
        return self.var_dir / "spool"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read and check every setting.

        Args:
            environment: variables, such as ``os.environ``; an empty value counts as not given.

        Raises:
            SettingsError: a value is wrong.
        """
        given: dict[str, Any] = {}
        for setting in fields(cls):
            name, value = setting.metadata["env"], environment.get(setting.metadata["env"], "").strip()
            if not value:
                continue
            try:
                given[setting.name] = setting.metadata["read"](value)
            except ValueError as error:
                shown = value if "://" not in value else f"{value.partition('://')[0]}://…"
                if setting.metadata["secret"]:
                    shown = "…"
                raise SettingsError(f"{name}={shown} is wrong: give {error}") from None
        return cls(**given)

    @classmethod
    def document(cls) -> list[tuple[str, str]]:
        """Every variable with its help, in order: what the documentation and ``doctor`` show."""
        return [(setting.metadata["env"], setting.metadata["help"]) for setting in fields(cls)]
