"""The command line of the facts: exit status, output, and one line for what is wrong."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from bot.errors import FactsFileError, StoreError
from bot.facts.commands import add_parser


@pytest.fixture(autouse=True)
def database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every command works on a database of this test."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'command.db'}")
    monkeypatch.delenv("ASKHUNNAN_REPORT", raising=False)


def run(*words: str | Path) -> int:
    """Run ``facts …`` as the command line does."""
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers(required=True))
    arguments = parser.parse_args(["facts", *map(str, words)])
    return int(arguments.run(arguments))


def test_load_then_export(
    facts_file: Path, referrals_file: Path, report_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("load", facts_file, referrals_file, "--report", report_file) == 0
    assert capsys.readouterr().out == "loaded source willow2020, referrals, report willow2020: 5 entries, revision 1\n"
    assert run("load", facts_file, referrals_file) == 0
    assert capsys.readouterr().out == "nothing changed: 5 entries, revision 1\n"
    assert run("export", "--out", tmp_path / "out.jsonl") == 0
    assert run("export") == 0
    printed = capsys.readouterr().out
    assert printed == (tmp_path / "out.jsonl").read_text("utf-8")
    lines = [json.loads(line) for line in printed.splitlines()]
    assert [line["type"] for line in lines] == [
        "source",
        *["section"] * 3,
        *["topic"] * 2,
        *["fact"] * 3,
        "faq",
        "referral",
    ]
    assert lines[6]["locator"] == "s1.p1.s1"
    assert lines[6]["answers"] == ["amount", "what"]


def test_the_report_of_the_settings_is_used(
    facts_file: Path, report_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASKHUNNAN_REPORT", str(report_file))
    run("load", facts_file)
    assert "report willow2020" in capsys.readouterr().out


def test_export_before_the_first_load() -> None:
    with pytest.raises(StoreError, match="facts load"):
        run("export")


def test_check(facts_file: Path, report_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", facts_file, "--report", report_file) == 0
    assert "no problems" in capsys.readouterr().out
    facts_file.write_text(facts_file.read_text("utf-8").replace("s1.p1.s2", "s0.p1.s1"), "utf-8")
    assert run("check", facts_file, "--report", report_file) == 1
    assert "uncovered  s1.p1.s2" in capsys.readouterr().out


def test_check_of_referrals(referrals_file: Path, report_file: Path) -> None:
    with pytest.raises(FactsFileError, match="stand in no report"):
        run("check", referrals_file, "--report", report_file)


@pytest.mark.parametrize("words", [[], ["check"], ["publish"]])
def test_wrong_words(words: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        run(*words)
