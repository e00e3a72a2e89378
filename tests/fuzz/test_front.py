"""The fuzzer's corpus asked again, and a little of what it would make of it: no answer is a defect."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzz.requests import Ask, asking

CORPUS = sorted((Path(__file__).parent / "corpus").iterdir())
LINES = (Path(__file__).parent / "words.dict").read_text(encoding="utf-8").splitlines()
WORDS = [line[1:-1].replace('\\"', '"').encode() for line in LINES if line.startswith('"')]
MUTATIONS = 60
"""Spoilt requests from each of the corpus; `make fuzz` makes as many as its time allows."""


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    with asking(tmp_path_factory.mktemp("store")) as made:
        yield made


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_corpus(ask: Ask, file: Path) -> None:
    """Every request of the corpus, and the same with words and bytes changed, is answered in good order."""
    text = file.read_bytes()
    ask(text)
    chance = random.Random(file.stem)
    for _ in range(MUTATIONS):
        ask(mutated(text, chance))


def test_sound_requests_are_answered(tmp_path: Path) -> None:
    """The corpus reaches what is behind the front: its resources are made, its lists are given."""
    known = {file.stem: file.read_bytes() for file in CORPUS}
    with asking(tmp_path) as ask:
        made = [ask(known[name]) for name in ("put-network", "put-storage", "put-vault", "put-lock")]
        read = [ask(known[name]) for name in ("get-network", "list-resources", "query-graph", "activity")]
    assert (made, read) == ([201, 200, 200, 201], [200] * 4)


def mutated(text: bytes, chance: random.Random) -> bytes:
    """`text` with a few places changed."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice((0, 0, 1, 3, 20)))
        put = chance.choice((b"", bytes([chance.randrange(256)]), chance.choice(WORDS), text[start:end] * 2))
        text = text[:start] + put + text[end:]
    return text
