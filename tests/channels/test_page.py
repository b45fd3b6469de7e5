"""The chat page: complete without the internet, and strict about what may run."""

from __future__ import annotations

import re

import httpx
import pytest

from bot.channels.page import FILES, FOLDER


@pytest.mark.parametrize("path", FILES)
def test_files(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"] == FILES[path][1]
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    again = client.get(path, headers={"If-None-Match": response.headers["etag"]})
    assert again.status_code == 304 and not again.content


def test_nothing_comes_from_elsewhere() -> None:
    for name, _ in FILES.values():
        assert not re.search(r"https?:|//[a-z]+\.", (FOLDER / name).read_text(encoding="utf-8").replace("// ", ""))


def test_no_html_is_made_from_text() -> None:
    script = (FOLDER / "chat.js").read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script)


def test_the_page_is_accessible() -> None:
    page = (FOLDER / "chat.html").read_text(encoding="utf-8")
    assert 'role="log"' in page and 'aria-live="polite"' in page and '<label for="question"' in page
    assert not re.search(r"<script(?! src)|<style| style=| on[a-z]+=", page)


def test_probes_may_ask_for_the_head_only(client: httpx.Client) -> None:
    response = client.head("/")
    assert response.status_code == 200 and not response.content
