"""A command in a network with nothing but loopback and a name server that writes down what it is asked.

`unshare --map-root-user --mount --net python namespace.py RESOLV_CONF RECORD COMMAND…` runs COMMAND there; RECORD gets
a line for each name that is looked up. Ends with the command's exit code.
"""

from __future__ import annotations

import fcntl
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path

SET_FLAGS = 0x8914
UP = 0x1
NO_SUCH_NAME = 0x8183
HEADER = 12


def main(resolv_conf: Path, record: Path, command: list[str]) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sH14x", b"lo", UP))
    resolv_conf.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n", encoding="ascii")
    subprocess.run(["mount", "--bind", str(resolv_conf), "/etc/resolv.conf"], check=True)
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    threading.Thread(target=_serve, args=(server, record), daemon=True).start()
    return subprocess.run(command, check=False).returncode


def _serve(server: socket.socket, record: Path) -> None:
    while True:
        query, client = server.recvfrom(4096)
        with record.open("a", encoding="ascii", errors="replace") as file:
            file.write(_name(query) + "\n")
        server.sendto(query[:2] + struct.pack(">H", NO_SUCH_NAME) + query[4:], client)


def _name(query: bytes) -> str:
    """The name in the first question of `query`."""
    labels, at = [], HEADER
    while query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode("ascii", "replace"))
        at += 1 + query[at]
    return ".".join(labels)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]))
