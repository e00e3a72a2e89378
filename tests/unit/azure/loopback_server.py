"""An https server on loopback with a certificate of its own, which answers from a script."""

from __future__ import annotations

import datetime
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from azure.core.credentials import AccessToken
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


class FixedCredential:
    """A token that never ends."""

    def get_token(self, *scopes: str, **options: object) -> object:
        return AccessToken(f"token for {' '.join(scopes)}", 4102444800)


@dataclass(frozen=True)
class Reply:
    """One scripted answer; a `body` of None is empty, bytes are sent as they are. `breaks`: no answer at all."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    breaks: bool = False


@dataclass(frozen=True)
class Got:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Script:
    """Answers in order, then `otherwise`; `url` is where the server listens, `ca` what to trust."""

    url: str
    ca: str
    got: list[Got] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    otherwise: Callable[[Got], Reply] = lambda got: Reply(200, {})
    lock: threading.Lock = field(default_factory=threading.Lock)
    connections: set[Any] = field(default_factory=set)

    def answer(self, got: Got) -> Reply:
        with self.lock:
            self.got.append(got)
            if self.replies:
                return self.replies.pop(0)
        return self.otherwise(got)


class Handler(BaseHTTPRequestHandler):
    """Answers from `script`, which each server's own subclass carries."""

    protocol_version = "HTTP/1.1"
    script: Script

    def handle_one_request(self) -> None:
        self.script.connections.add(self.client_address)
        super().handle_one_request()

    def do_any(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.script.answer(Got(self.command, self.path, headers, _parsed(raw)))
        if reply.breaks:
            self.close_connection = True
            self.connection.close()
            return
        content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        content = b"" if reply.body is None else content
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = do_HEAD = do_any  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """Keeps standard error free."""


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return raw.decode()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that a test breaks on purpose is no fault of the server."""


@contextmanager
def https_server(folder: Path) -> Iterator[Script]:
    """A server that trusts nobody and is trusted through `script.ca`."""
    certificate, key = _certificate(folder)
    script = Script("", str(certificate))
    server = Server(("127.0.0.1", 0), type("Scripted", (Handler,), {"script": script}))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    script.url = f"https://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_path, key_path = folder / "server.pem", folder / "server.key"
    certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate_path, key_path
