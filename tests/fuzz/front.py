"""`python -m tests.fuzz.front [libFuzzer's options] [folders]`: ask the local cloud for nonsense that leads furthest.

Needs the dependency group `fuzz`; `make fuzz` installs it. What breaks the cloud is written to a file `crash-…`: put it
into tests/fuzz/corpus, and the tests ask for it too.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["azkeep.emulator", "azkeep.types", "azkeep.model"]):
    from tests.fuzz.requests import asking


def main(arguments: list[str]) -> None:
    """Fuzz until libFuzzer's options say that it is enough."""
    with tempfile.TemporaryDirectory() as folder, asking(Path(folder)) as ask:
        atheris.Setup(arguments, ask)
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
