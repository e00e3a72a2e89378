"""The Azure CLI in one process, run by the interpreter of its own virtual environment: each line of stdin is a command
(a JSON list of words), each line of stdout its exit code and what it said on stdout and stderr.

It is what `az` runs; one process saves the start, which costs more than most commands.
"""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stdout


def run(words: list[str], said: io.StringIO) -> dict[str, object]:
    from azure.cli.core import get_default_cli

    said.seek(0)
    said.truncate()
    told = io.StringIO()
    with redirect_stdout(told):
        try:
            code = get_default_cli().invoke(words, out_file=told)
        except SystemExit as end:  # how its parser of arguments refuses
            code = end.code
    return {"code": code, "out": told.getvalue(), "err": said.getvalue()}


def main() -> None:
    sys.stderr = said = io.StringIO()  # before its loggers, which keep the first one for life
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line), said)), flush=True)


if __name__ == "__main__":
    main()
