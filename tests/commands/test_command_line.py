"""The parser, its help, and how errors reach the operator."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import build_parser, main
from bot.settings import ROOT

COMMANDS = (
    "ask", "bench", "chat", "conversations", "doctor", "facts", "help", "prepare", "refit", "serve", "tickets", "train",
)  # fmt: skip


def commands() -> dict[str, argparse.ArgumentParser]:
    found = next(action for action in build_parser()._actions if isinstance(action, argparse._SubParsersAction))
    return dict(found.choices)


def test_all_commands_are_there() -> None:
    assert sorted(commands()) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_readme_names_every_command(command: str) -> None:
    assert f"`./run {command}" in (ROOT / "README.md").read_text("utf-8")


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help"]) == 0
    help = capsys.readouterr().out
    assert all(f"\n    {command}" in help for command in COMMANDS)


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "help"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert "usage: ./run" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["ask"], ["bench", "--messages", "many"], ["train", "--only", "x"]]
)
def test_wrong_arguments_end_with_status_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


@pytest.mark.parametrize(
    "command", [["serve"], ["prepare"], ["ask", "你好"], ["train"], ["facts", "load"], ["bench"], []]
)
def test_a_wrong_setting_is_one_line_and_status_2(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASKHUNNAN_PORT", "many")
    assert main(command) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "SettingsError: ASKHUNNAN_PORT=many is wrong: give a whole number from 1 to 65535\n"


def test_serving_without_a_model_says_what_to_do(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "serve"],
        env={"ASKHUNNAN_VAR": str(tmp_path), "PATH": ""},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("ModelMissingError: ")
    assert done.stderr.endswith("there is no trained model; train one first: ./run train\n")


def test_help_does_not_wait_for_rasa() -> None:
    script = "import sys; from bot.__main__ import main; main(['help']); print('rasa' in sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stderr == "False\n"
