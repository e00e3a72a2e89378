"""A run on the local cloud in networks that are not open: proxies, private authorities, no network at all."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.engine.command import Azkeep, operations
from tests.engine.listeners import refusing_proxy

GROUP = """
import pulumi
from pulumi_azure_native import resources, storage

group = resources.ResourceGroup("group", resource_group_name="shop", location="westeurope")
account = storage.StorageAccount(
    "account", resource_group_name=group.name, account_name="closedshop", location="westeurope",
    kind="StorageV2", sku={"name": "Standard_LRS"},
)
keys = storage.list_storage_account_keys_output(resource_group_name=group.name, account_name=account.name)
pulumi.export("key", pulumi.Output.secret(keys.keys[0].value))
"""
NAMES = {"group", "account"}


@pytest.fixture
def stack(azkeep: Azkeep, write_stack: Callable[..., Path]) -> str:
    return write_stack("closed", GROUP).name


def authority(name: str) -> bytes:
    """A certificate of an authority that has signed nothing here, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


def run_whole(azkeep: Azkeep, stack: str, environment: Mapping[str, str]) -> None:
    """Preview, apply, audit and destroy, each with its result asserted."""
    assert operations(azkeep.json("preview", stack, **environment)) == dict.fromkeys(NAMES, "create")
    assert operations(azkeep.json("apply", stack, "--yes", **environment)) == dict.fromkeys(NAMES, "create")
    assert azkeep.json("audit", stack, **environment)["drifts"] == []
    assert operations(azkeep.json("destroy", stack, "--yes", **environment)) == dict.fromkeys(NAMES, "delete")


@dataclass(frozen=True)
class ClosedNetwork:
    """`python` is a command line that ends in an interpreter and runs it with loopback alone."""

    python: tuple[str, ...]
    record: Path

    def looked_up(self) -> set[str]:
        return set(self.record.read_text(encoding="ascii").split())


@pytest.fixture
def closed_network(tmp_path: Path) -> ClosedNetwork:
    if shutil.which("unshare") is None:
        pytest.skip("a network of its own needs Linux' unshare")
    unshare = ("unshare", "--map-root-user", "--mount", "--net")
    allowed = subprocess.run([*unshare, "true"], capture_output=True, text=True, check=False)
    if allowed.returncode:
        pytest.skip(f"network namespaces are not allowed here: {allowed.stderr.strip()}")
    record = tmp_path / "looked-up.txt"
    record.touch()
    script = Path(__file__).with_name("namespace.py")
    python = (*unshare, sys.executable, str(script), str(tmp_path / "resolv.conf"), str(record), sys.executable)
    return ClosedNetwork(python, record)


def test_the_closed_network_notes_what_is_looked_up(closed_network: ClosedNetwork) -> None:
    """A program that looks up a name and connects to an address gets neither, and the name is known."""
    program = """
import socket
for address in ("control.example", "192.0.2.1"):
    try:
        socket.create_connection((address, 443), timeout=5)
    except OSError as error:
        print(address, type(error).__name__)
"""
    done = subprocess.run([*closed_network.python, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["control.example", "gaierror", "192.0.2.1", "OSError"]
    assert closed_network.looked_up() == {"control.example"}


def test_no_outside_name_is_looked_up(azkeep: Azkeep, stack: str, closed_network: ClosedNetwork) -> None:
    """Preview, apply, audit and destroy need loopback alone, and ask for no name."""
    run_whole(replace(azkeep, python=closed_network.python), stack, {})
    assert closed_network.looked_up() == set()


def test_a_proxy_is_not_asked_for_loopback(azkeep: Azkeep, stack: str) -> None:
    """With a proxy for everything, a run goes through and the proxy sees nothing of it."""
    with refusing_proxy() as proxy:
        address = f"http://127.0.0.1:{proxy.port}"
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "GRPC_PROXY")
        run_whole(azkeep, stack, {spelt: address for name in names for spelt in (name, name.lower())})
        assert proxy.asked == []


def test_a_private_authority_of_the_company_breaks_nothing(azkeep: Azkeep, stack: str, tmp_path: Path) -> None:
    """The company's CA file does not hold the local cloud's authority, and need not."""
    company = tmp_path / "company.pem"
    company.write_bytes(authority("The Company"))
    names = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE")
    run_whole(azkeep, stack, dict.fromkeys(names, str(company)))
