"""The starter that the engine looks for on PATH to run a CrossGuard pack written in Python.

The official CLI brings it along; an engine built from its modules does not. Source: pulumi sdk/python/cmd,
`pulumi-analyzer-policy-python`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

NAME = "pulumi-analyzer-policy-python"
SCRIPT = '#!/bin/sh\nexec "${PULUMI_PYTHON_CMD:-python3}" -u -m pulumi.policy "$@"\n'


def with_analyzer(folder: Path, path: str) -> dict[str, str]:
    """The environment in which an engine runs Python packs: a starter in `folder`, before what `path` names."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    starter = folder / NAME
    starter.write_text(SCRIPT, encoding="utf-8")
    starter.chmod(0o700)
    return {"PATH": os.pathsep.join((str(folder), path)), "PULUMI_PYTHON_CMD": sys.executable}
