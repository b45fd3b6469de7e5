"""The texts of a snapshot, cut and counted for searching; made once when something is published, then read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from bot.answers import lexical
from bot.answers.lexical import Postings
from bot.facts.entries import Entry, Snapshot
from bot.language.detect import group
from bot.language.normalise import normalise

VIEWS = {"character": lexical.characters, "word": lexical.words, "sound": lexical.sounds, "bag": lexical.characters}
"""How texts are cut: each text in three ways, and the bag of all texts and keywords of an entry."""
_GROUPS = ("zh", "en", "other")
_DETECTED = {"zh": "zh-Hans"}
"""How the language of a phrasing is named where questions are detected."""
_CODE = (("bot.language", "*.py"), ("bot.answers", "searchable.py"), ("bot.answers", "lexical.py"))
_LIBRARIES = ("opencc", "rjieba", "pypinyin")
_FILE = "index.npz"


@dataclass(frozen=True)
class Searchable:
    """What is searched.

    Args:
        key: what it was made from (`key_of`).
        texts: normalised texts of all entries, one entry after the other.
        owners: position of each text's entry, shape (texts,).
        groups: position in `_GROUPS` of each text's language, shape (texts,).
        postings: by the name of a view.
    """

    key: str
    texts: tuple[str, ...]
    owners: npt.NDArray[np.int32]
    groups: npt.NDArray[np.int8]
    postings: Mapping[str, Postings]

    @classmethod
    def of(cls, snapshot: Snapshot, prepared: Searchable | None = None) -> Searchable:
        """The searchable texts of a snapshot: those prepared, if they were made from the same, else made now."""
        key = key_of(snapshot)
        if prepared is not None and prepared.key == key:
            return prepared
        found = [texts_of(entry) for entry in snapshot.entries]
        texts = tuple(text for mine in found for text in mine)
        keywords = ([normalise(keyword) for keyword in entry.keywords] for entry in snapshot.entries)
        bags = [" ".join([*mine, *words]) for mine, words in zip(found, keywords)]
        return cls(
            key,
            texts,
            np.repeat(np.arange(len(found), dtype=np.int32), [len(mine) for mine in found]),
            np.array([_GROUPS.index(name) for mine in found for name in mine.values()], dtype=np.int8),
            {name: Postings.of(bags if name == "bag" else texts, cut) for name, cut in VIEWS.items()},
        )

    def of_group(self, name: str) -> npt.NDArray[np.bool_]:
        """Which texts are of a group of languages, shape (texts,)."""
        return np.asarray(self.groups == _GROUPS.index(name))

    def write(self, folder: Path) -> None:
        """Keep it in a folder."""
        arrays = {
            f"{name}_{part}": array for name, view in self.postings.items() for part, array in view.arrays().items()
        }
        unfinished = folder / f"new-{_FILE}"
        np.savez(
            unfinished,
            key=np.array(self.key),
            texts=lexical.pack(self.texts),
            owners=self.owners,
            groups=self.groups,
            **arrays,
        )
        unfinished.replace(folder / _FILE)

    @classmethod
    def read(cls, folder: Path) -> Searchable | None:
        """What `write` kept; None where there is nothing, or it is damaged."""
        try:
            with (folder / _FILE).open("rb") as file, np.load(file, allow_pickle=False) as loaded:
                arrays = dict(loaded)
            return cls(
                str(arrays["key"]),
                tuple(lexical.unpack(arrays["texts"])),
                arrays["owners"],
                arrays["groups"],
                {name: Postings.from_arrays(_view(arrays, name)) for name in VIEWS},
            )
        except (OSError, ValueError, KeyError, EOFError, AttributeError, BadZipFile):
            return None


def _view(arrays: Mapping[str, npt.NDArray[Any]], name: str) -> dict[str, npt.NDArray[Any]]:
    return {key[len(name) + 1 :]: array for key, array in arrays.items() if key.startswith(f"{name}_")}


def key_of(snapshot: Snapshot) -> str:
    """Hash of what the searchable texts are made from: the entries' words, this code, and the libraries it uses."""
    digest = hashlib.sha256()
    for entry in snapshot.entries:
        phrasings = [(phrasing.text, phrasing.language) for phrasing in entry.phrasings]
        words = (entry.kind, entry.subject.zh, entry.subject.en, entry.statement.zh, entry.statement.en)
        digest.update(repr((words, entry.keywords, phrasings)).encode("utf-8", "surrogatepass"))
    for package, pattern in _CODE:
        for file in sorted(Path(str(files(package))).glob(pattern)):
            digest.update(file.read_bytes())
    digest.update(repr([version(library) for library in _LIBRARIES]).encode())
    return digest.hexdigest()


def texts_of(entry: Entry) -> dict[str, str]:
    """The texts that an entry is found by, normalised, each with its group of languages."""
    texts = [
        (phrasing.text, group(_DETECTED.get(phrasing.language, phrasing.language))) for phrasing in entry.phrasings
    ]
    if entry.kind != "referral":
        texts += [(entry.statement.zh, "zh"), (entry.statement.en, "en")]
    texts += [(entry.subject.zh, "zh"), (entry.subject.en, "en")]
    found: dict[str, str] = {}
    for text, name in texts:
        if text:
            found.setdefault(normalise(text), name)
    return found
