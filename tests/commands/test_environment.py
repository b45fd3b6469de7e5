"""The shell code that ./run and ./test share."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from bot.settings import ROOT


def shell(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a POSIX shell script in a folder, after reading deploy/environment.sh."""
    return subprocess.run(
        ["/bin/sh", "-eu", "-c", f". {ROOT}/deploy/environment.sh\n{script}"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def fake_python(path: Path, version: str) -> Path:
    """A program that says what Python of a version would say to the checks."""
    path.parent.mkdir(parents=True, exist_ok=True)
    right = version.startswith("3.10")
    path.write_text(
        f'#!/bin/sh\ncase "$2" in *exit*) exit {0 if right else 1};; *print*) echo "{path}";; esac\n', "utf-8"
    )
    path.chmod(0o755)
    return path


def test_python_on_the_path_comes_first(tmp_path: Path) -> None:
    found = fake_python(tmp_path / "bin" / "python3.10", "3.10.9")
    assert shell("find_python; echo $FOUND", tmp_path, PATH=f"{found.parent}:/usr/bin:/bin").stdout == f"{found}\n"


def test_python_of_pyenv_need_not_be_selected(tmp_path: Path) -> None:
    fake_python(tmp_path / "bin" / "python3.10", "3.11")  # like a shim that refuses
    fake_python(tmp_path / "bin" / "python3", "3.11")
    fake_python(tmp_path / "bin" / "python", "3.11")
    found = fake_python(tmp_path / "py env" / "versions" / "3.10.4" / "bin" / "python3.10", "3.10.4")
    done = shell(
        'find_python; echo "$FOUND"', tmp_path, PATH=f"{tmp_path}/bin:/usr/bin:/bin", PYENV_ROOT=f"{tmp_path}/py env"
    )
    assert done.stdout == f"{found}\n"


def test_without_python_310_one_message_says_how_to_get_it(tmp_path: Path) -> None:
    for name in ("python3.10", "python3", "python", "uv"):
        fake_python(tmp_path / "bin" / name, "3.11")
    uv = tmp_path / "bin" / "uv"
    uv.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    done = shell("mkdir -p $CACHE; make_venv", tmp_path, PATH=f"{tmp_path}/bin:/usr/bin:/bin", PYENV_ROOT="/nowhere")
    assert done.returncode == 2
    assert done.stderr.count("AskHunnan needs Python 3.10") == 1
    assert all(way in done.stderr for way in ("pyenv install 3.10", "uv python install 3.10", "python3.10-venv"))


def test_the_settings_of_pip_reach_uv(tmp_path: Path) -> None:
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    python = tmp_path / ".venv" / "bin" / "python"
    python.write_text(
        "#!/bin/sh\ncat <<'E'\n:env:.find-links='/a /b'\nglobal.find-links='/c'\nglobal.index-url='https://mirror/simple'\n"
        "global.extra-index-url='\\nhttps://one\\nhttps://two'\ninstall.trusted-host='mirror'\nE\n",
        "utf-8",
    )
    python.chmod(0o755)
    done = shell("give_uv_the_settings_of_pip; env", tmp_path, UV_INSECURE_HOST="mine")
    given = dict(line.split("=", 1) for line in done.stdout.splitlines() if line.startswith("UV_"))
    assert given == {
        "UV_DEFAULT_INDEX": "https://mirror/simple",
        "UV_INDEX": "https://one https://two",
        "UV_FIND_LINKS": "/a,/b",
        "UV_INSECURE_HOST": "mine",
        "UV_HTTP_TIMEOUT": "180",
    }


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """A project folder whose environment is up to date; anything installed there is written to a file."""
    fake_python(tmp_path / ".venv" / "bin" / "python", "3.10")
    (tmp_path / "requirements.txt").write_text("a==1\n", "utf-8")
    (tmp_path / ".venv" / "installed").mkdir()
    (tmp_path / ".venv" / "installed" / "requirements.txt").write_text("a==1\n", "utf-8")
    return tmp_path


PREPARE = (
    'install_packages() { echo "installed $*"; }; make_venv() { echo made; }; prepare_environment requirements.txt'
)


def test_an_environment_that_is_up_to_date_is_left_alone(ready: Path) -> None:
    assert shell(PREPARE, ready).stdout == ""


def test_changed_requirements_are_installed_once(ready: Path) -> None:
    (ready / "requirements.txt").write_text("a==2\n", "utf-8")
    assert shell(PREPARE, ready).stdout == "installed requirements.txt\n"
    assert shell(PREPARE, ready).stdout == ""


def test_after_an_interruption_the_environment_is_made_anew(ready: Path) -> None:
    (ready / ".venv" / "installing").write_text("", "utf-8")
    assert shell(PREPARE, ready).stdout == "made\ninstalled requirements.txt\n"
    assert not (ready / ".venv" / "installing").exists()


def test_a_failed_installation_is_tried_again(ready: Path) -> None:
    (ready / "requirements.txt").write_text("a==2\n", "utf-8")
    failing = PREPARE.replace('echo "installed $*"', "fail no")
    assert shell(failing, ready).returncode == 2
    assert shell(PREPARE, ready).stdout == "made\ninstalled requirements.txt\n"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "deploy/uv.txt"])
def test_every_requirement_is_pinned_and_hashed(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    entries = re.findall(
        r"^([a-z0-9].*?)(?: ;.*)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.MULTILINE
    )
    assert len(entries) == len(re.findall(r"^[a-z0-9]", text, re.MULTILINE))
    assert all(re.fullmatch(r"[a-z0-9._-]+==[^\s=]+", entry) for entry, _ in entries)
    assert "://" not in text


@pytest.mark.parametrize("name", ["requirements", "requirements-dev", "deploy/uv"])
def test_direct_requirements_stand_in_the_compiled_file(name: str) -> None:
    wanted = re.findall(r"^[a-z0-9].*$", (ROOT / f"{name}.in").read_text("utf-8"), re.MULTILINE)
    compiled = (ROOT / f"{name}.txt").read_text("utf-8")
    assert wanted
    assert all(re.search(rf"^{re.escape(line)} ", compiled, re.MULTILINE) for line in wanted)


@pytest.mark.parametrize("name", ["run", "test", ".ci/run", "deploy/compile-requirements"])
def test_scripts_are_posix_and_executable(name: str) -> None:
    file = ROOT / name
    assert file.read_text("utf-8").startswith("#!/bin/sh\n")
    assert file.stat().st_mode & 0o111
    assert subprocess.run(["/bin/sh", "-n", file]).returncode == 0
