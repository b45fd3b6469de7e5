"""What is made anew, and what is left as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands import preparation
from bot.errors import AskHunnanError, ModelMissingError
from bot.settings import Settings


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with everything that a model is trained from."""
    for name in (*preparation.TRAINED_FROM, *preparation.VECTORS_FROM, "requirements.txt"):
        path = tmp_path / name
        if path.suffix:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name, "utf-8")
        else:
            path.mkdir(parents=True, exist_ok=True)
            (path / "some.py").write_text(name, "utf-8")
    (tmp_path / "nlu_data" / "asking.yml").write_text("nlu", "utf-8")
    monkeypatch.setattr(preparation, "ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a folder of their own and a model in it."""
    settings = Settings(var_dir=tmp_path / "var")
    settings.model_dir.mkdir(parents=True)
    preparation.model_file(settings).write_bytes(b"model")
    return settings


def test_a_model_is_current_until_something_changes(project: Path, settings: Settings) -> None:
    assert not preparation.is_trained(settings)
    preparation.note_trained(settings, preparation.training_fingerprint())
    assert preparation.is_trained(settings)
    (project / "nlu_data" / "asking.yml").write_text("other", "utf-8")
    assert not preparation.is_trained(settings)


@pytest.mark.parametrize(
    "changed", ["domain.yml", "config.yml", "requirements.txt", "bot/nlu/some.py", "bot/language/some.py"]
)
def test_every_source_of_a_model_counts(project: Path, settings: Settings, changed: str) -> None:
    preparation.note_trained(settings, preparation.training_fingerprint())
    (project / changed).write_text("other", "utf-8")
    assert not preparation.is_trained(settings)


@pytest.mark.parametrize("added", ["nlu_data/test_conversations.yml", "nlu_data/notes.md", "bot/nlu/__pycache__/a.pyc"])
def test_what_rasa_does_not_train_on_does_not_count(project: Path, settings: Settings, added: str) -> None:
    preparation.note_trained(settings, preparation.training_fingerprint())
    (project / added).parent.mkdir(exist_ok=True)
    (project / added).write_text("new", "utf-8")
    assert preparation.is_trained(settings)


def test_a_renamed_file_counts(project: Path, settings: Settings) -> None:
    preparation.note_trained(settings, preparation.training_fingerprint())
    (project / "nlu_data" / "asking.yml").rename(project / "nlu_data" / "asked.yml")
    assert not preparation.is_trained(settings)


def test_a_fingerprint_without_a_model_is_not_enough(project: Path, settings: Settings) -> None:
    preparation.note_trained(settings, preparation.training_fingerprint())
    preparation.model_file(settings).unlink()
    assert not preparation.is_trained(settings)


def test_vectors_are_current_until_the_next_revision(project: Path, settings: Settings) -> None:
    preparation.note_vectors(settings, 3)
    assert preparation.vectors_are_current(settings, 3)
    assert not preparation.vectors_are_current(settings, 4)
    (project / "bot" / "answers" / "index.py").write_text("other", "utf-8")
    assert not preparation.vectors_are_current(settings, 3)


def test_an_incomplete_project_is_said(project: Path) -> None:
    (project / "domain.yml").unlink()
    with pytest.raises(AskHunnanError, match=r"domain\.yml: is missing"):
        preparation.training_fingerprint()


def test_a_failed_training_ends_with_what_it_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKHUNNAN_PORT", "many")
    with pytest.raises(ModelMissingError, match=r"PORT=many is wrong.*\./run train --only model"):
        preparation.train_beside(["model"])


def test_a_step_says_its_seconds_or_that_it_failed(capsys: pytest.CaptureFixture[str]) -> None:
    with preparation.step("Facts"):
        pass
    assert capsys.readouterr().err == "Facts … 0.0 s\n"
    with pytest.raises(KeyError), preparation.step("Facts"):
        raise KeyError
    assert capsys.readouterr().err == "Facts … failed\n"
