"""The SDK's own language server around a stack folder, nothing changed: `python bench/plain_host.py FOLDER`.

Prints its port. It runs in a process of its own, so that nothing of azkeep is loaded beside it.
"""

from __future__ import annotations

import os
import runpy
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2_grpc


def main(folder: Path) -> None:
    """Serves until stdin closes."""
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    server = grpc.server(ThreadPoolExecutor(max_workers=4))
    runtime = LanguageServer(lambda: runpy.run_path(str(folder), run_name="__main__") and None)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(runtime, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
