"""What the server sends of the element and the demo page."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from bot.language.script import only_simplified
from bot.widget.assets import DEMO, DEMO_FILES, LOADER, STATIC, VERSION, load_widget, read_texts

LIMIT = 30 * 1024
"""Bytes that the whole element may have, compressed."""

FILES = [*sorted(STATIC.iterdir()), *(DEMO / name for name, _ in DEMO_FILES.values())]


def test_the_whole_element_is_small() -> None:
    widget = load_widget("12345")
    packed = [widget.loader.packed, *(asset.packed for asset in widget.modules.values())]
    assert sum(len(body) for body in packed) < LIMIT
    assert gzip.decompress(packed[0]) == widget.loader.body


def test_the_version_changes_with_the_content() -> None:
    one, other = load_widget("12345"), load_widget("96345")
    assert one.version != other.version and VERSION.encode() not in one.loader.body
    assert one.version.encode() in one.loader.body
    assert b"96345" in other.modules["texts.js"].body and b"{hotline}" not in other.modules["texts.js"].body


def test_every_import_is_served() -> None:
    modules = load_widget("12345").modules
    for name, asset in modules.items():
        for imported in re.findall(r'from "\./([\w.]+)"', asset.body.decode()):
            assert imported in modules, f"{name} imports {imported}"
        assert not re.search(rb"^\s*//|^\s*/\*\*", asset.body, re.MULTILINE)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_nothing_comes_from_elsewhere(file: Path) -> None:
    text = file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|url\(|@import|[\"']//", text)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_html_is_made_from_text(file: Path) -> None:
    unsafe = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|javascript:|<style| style=| on[a-z]+="
    assert not re.search(unsafe, file.read_text("utf-8"))


def test_texts_are_there_in_three_languages_and_all_are_used() -> None:
    texts = read_texts("12345")
    assert set(texts) == {"zh-Hans", "zh-Hant", "en"}
    assert only_simplified("".join(texts["zh-Hant"].values())) == 0
    assert not re.search("[\u4e00-\u9fff]", "".join(texts["en"].values()))
    code = "".join(file.read_text("utf-8") for file in STATIC.glob("*.js"))
    used = {key for key in texts["en"] if re.search(rf"texts\.{key}\b|texts\[|\"{key}\"|theme_", code)}
    assert used == set(texts["en"])
    assert set(re.findall(r"texts\.(\w+)", code)) - {"js"} <= set(texts["en"])


@pytest.mark.parametrize("wrong", ["a: {zh: x}", "a: {zh: '{n}', en: '{m}'}"])
def test_a_broken_catalogue_is_refused(tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "texts.yml"
    file.write_text(wrong)
    with pytest.raises(ValueError, match="a: needs zh and en"):
        read_texts("12345", file)


def test_the_documentation_names_every_attribute_and_variable() -> None:
    document = (Path(__file__).parents[2] / "docs" / "widget.md").read_text("utf-8")
    code = "".join((STATIC / name).read_text("utf-8") for name in ("element.js", "look.js"))
    attributes = set(re.findall(r'[gs]etAttribute\("(\w+)"\)|hasAttribute\("(\w+)"\)', code))
    names = {name for pair in attributes for name in pair if name}
    names |= set(json.loads(re.search(r"observedAttributes = (\[.*?\])", code)[1]))  # type: ignore[index]
    variables = set(re.findall(r"--askhunnan-[\w-]+", (STATIC / "style.css").read_text("utf-8") + code))
    assert {"endpoint", "heading", "position", "open", "language"} <= names
    missing = {name for name in names | variables if f"`{name}`" not in document}
    assert not missing and LOADER in document
