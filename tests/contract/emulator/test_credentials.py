"""azure-identity's credentials against the local identity service."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from azure.core.credentials import TokenCredential
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CertificateCredential, ClientAssertionCredential, WorkloadIdentityCredential
from azure.mgmt.resource.resources import ResourceManagementClient
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import NameOID
from tests.contract.emulator.arm import Arm, local_cloud

from azkeep.emulator import assertions, control
from azkeep.emulator.store_principals import Principal

IDENTITIES = "2023-01-31"


@pytest.fixture(scope="module")
def store(ready: Mapping[str, Any]) -> Path:
    return Path(ready["ca"]).parent


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("certificate") / "own.pem")


@pytest.fixture(scope="module")
def builder(store: Path, pem: Path) -> Principal:
    return control.add_principal(store, "builder", "Contributor", certificate=pem)


def self_signed(file: Path) -> Path:
    """A certificate and its key in one file."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "builder")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .serial_number(1)
        .public_key(key.public_key())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return file


def groups(ready: Mapping[str, Any], credential: TokenCredential) -> list[str | None]:
    """Names of the groups that Microsoft's own client lists with `credential`."""
    with ResourceManagementClient(credential, ready["subscription"], **local_cloud(ready)) as client:
        client.resource_groups.create_or_update("ours", {"location": "westeurope"})
        return [each.name for each in client.resource_groups.list()]


def claims(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def test_certificate_proves_its_principal(ready: Mapping[str, Any], builder: Principal, pem: Path) -> None:
    """A token for a registered certificate is the principal's, and serves a management client."""
    with CertificateCredential(
        ready["tenant"],
        builder.client_id,
        str(pem),
        authority=ready["identity"],
        disable_instance_discovery=True,
        connection_verify=ready["ca"],
    ) as credential:
        found = claims(credential.get_token(f"{ready['arm']}/.default").token)
        assert (found["oid"], found["appid"]) == (builder.object_id, builder.client_id)
        assert "ours" in groups(ready, credential)


def test_other_certificate_is_refused(ready: Mapping[str, Any], builder: Principal, tmp_path: Path) -> None:
    """A certificate that nobody registered proves nothing."""
    with (
        CertificateCredential(
            ready["tenant"],
            builder.client_id,
            str(self_signed(tmp_path / "other.pem")),
            authority=ready["identity"],
            disable_instance_discovery=True,
            connection_verify=ready["ca"],
        ) as credential,
        pytest.raises(ClientAuthenticationError, match="AADSTS700027"),
    ):
        credential.get_token(f"{ready['arm']}/.default")


def test_workload_proves_its_principal(ready: Mapping[str, Any], store: Path, builder: Principal) -> None:
    """The assertion in a file of mode 0600 is enough: no secret, no discovery switched off."""
    principal, file = control.federated_token_file(store, "builder")
    assert principal == builder
    assert file.stat().st_mode & 0o777 == 0o600
    with WorkloadIdentityCredential(
        tenant_id=ready["tenant"],
        client_id=builder.client_id,
        token_file_path=str(file),
        authority=ready["identity"],
        connection_verify=ready["ca"],
    ) as credential:
        assert claims(credential.get_token(f"{ready['arm']}/.default").token)["oid"] == builder.object_id
        assert "ours" in groups(ready, credential)


def refusal(ready: Mapping[str, Any], client_id: str, assertion: str) -> str:
    """Why a workload with this assertion gets no token."""
    with (
        ClientAssertionCredential(
            ready["tenant"],
            client_id,
            lambda: assertion,
            authority=ready["identity"],
            connection_verify=ready["ca"],
        ) as credential,
        pytest.raises(ClientAuthenticationError) as caught,
    ):
        credential.get_token(f"{ready['arm']}/.default")
    return str(caught.value)


def test_wrong_assertions_are_refused(ready: Mapping[str, Any], store: Path, builder: Principal) -> None:
    """Somebody else's, forged, foreign, expired and broken assertions have each Entra's own code."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    theirs = control.federated_token_file(store, "azkeep-deployer")[1].read_text()
    assert "AADSTS700213" in refusal(ready, builder.client_id, theirs)
    good = {"iss": assertions.ISSUER, "sub": builder.object_id, "aud": assertions.EXCHANGE, "exp": 4e9}
    for change, code in (
        ({}, "AADSTS50013"),
        ({"iss": "https://token.actions.githubusercontent.com"}, "AADSTS700211"),
        ({"aud": "https://example.com"}, "AADSTS700212"),
    ):
        assert code in refusal(ready, builder.client_id, jwt.encode({**good, **change}, key, algorithm="RS256"))
    assert "AADSTS50027" in refusal(ready, builder.client_id, "no.jwt")
    own = load_pem_private_key((store / "identity.key.pem").read_bytes(), None)
    assert isinstance(own, rsa.RSAPrivateKey)
    late = jwt.encode({**good, "exp": 1_000_000_000}, own, algorithm="RS256")
    assert "AADSTS700024" in refusal(ready, builder.client_id, late)
    unsigned = jwt.encode(good, None, algorithm="none")
    assert "AADSTS50013" in refusal(ready, builder.client_id, unsigned)


def test_identity_trusts_its_federated_credentials(
    ready: Mapping[str, Any], store: Path, builder: Principal, arm: Arm
) -> None:
    """A user-assigned identity is whoever its federated credentials name, letter by letter, until they are gone."""
    path = f"{arm.group('federated')}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/runner"
    made = arm.send("PUT", path, {"location": "westeurope"}, version=IDENTITIES).json()
    client_id, object_id = (made["properties"][name] for name in ("clientId", "principalId"))
    file = control.federated_token_file(store, "builder")[1]
    assert f"AADSTS70025: The client '{client_id}'(runner) has no" in refusal(ready, client_id, file.read_text())
    credential = f"{path}/federatedIdentityCredentials/workload"
    trust = {"issuer": assertions.ISSUER, "subject": builder.object_id, "audiences": [assertions.EXCHANGE]}
    assert arm.send("PUT", credential, {"properties": trust}, version=IDENTITIES).ok
    with WorkloadIdentityCredential(
        tenant_id=ready["tenant"],
        client_id=client_id,
        token_file_path=str(file),
        authority=ready["identity"],
        connection_verify=ready["ca"],
    ) as worker:
        found = claims(worker.get_token(f"{ready['arm']}/.default").token)
    assert (found["oid"], found["appid"], found["xms_mirid"]) == (object_id, client_id, path)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for change, code in (
        ({"iss": f"{assertions.ISSUER}/"}, "AADSTS700211"),
        ({"sub": builder.object_id.upper()}, "AADSTS700213"),
        ({"aud": "https://example.com"}, "AADSTS700212"),
        ({}, "AADSTS50013"),
    ):
        said = {"iss": assertions.ISSUER, "sub": builder.object_id, "aud": assertions.EXCHANGE, "exp": 4e9, **change}
        assert code in refusal(ready, client_id, jwt.encode(said, key, algorithm="RS256"))
    assert arm.send("DELETE", credential, version=IDENTITIES).ok
    assert "AADSTS70025" in refusal(ready, client_id, file.read_text())
