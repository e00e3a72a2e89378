"""Federated sign-in, the purposes of identities and the outputs of stacks where their rules branch."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.policies.cases import finding_of, judged, paths, rule_of

from azkeep.model.finding import Finding, Verdict
from azkeep.model.value import Reference, Secret, Unknown
from azkeep.policy.document import Program
from azkeep.policy.estate import Estate, Given
from azkeep.policy.evaluate import evaluate

PASS, FAIL, UNKNOWN, NA = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/example"
IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"
CREDENTIAL = f"{IDENTITY}/federatedIdentityCredentials"
WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
COMPUTE = f"{WORKSPACE}/computes"
STORAGE = "Microsoft.Storage/storageAccounts"
PRINCIPAL = "5f1c8a40-0000-4000-8000-0000000000aa"
URN = "urn:pulumi:dev::p::azure-native:x:Y::"


def identity() -> dict[str, Any]:
    return {"type": IDENTITY, "name": "identity"}


def of_program(type_: str, name: str, body: dict[str, Any] | None = None) -> Given:
    """A resource of a program whose id is not known yet."""
    return Given(type_, name, None, body or {}, f"{URN}{name}", program=Program("token"))


class TestFederatedSignIn:
    def judged(self, rule: str, issuer: Any, subject: Any = None, **parameters: Any) -> Verdict:
        properties = {"issuer": issuer, "subject": subject}
        return judged(rule, {"type": CREDENTIAL, "name": "i/c", "properties": properties}, **parameters).verdict

    @pytest.mark.parametrize(
        ("issuer", "verdict"),
        [
            ("https://token.actions.githubusercontent.com", PASS),
            ("https://token.actions.githubusercontent.com/", PASS),
            ("https://token.actions.githubusercontent.com/contoso", PASS),
            ("https://token.actions.githubusercontent.com.example.net", FAIL),
            ("http://token.actions.githubusercontent.com", FAIL),
            ("", FAIL),
            (None, FAIL),
            ("?", UNKNOWN),
        ],
    )
    def test_issuer(self, issuer: Any, verdict: Verdict) -> None:
        """An issuer is not agreed because its name begins alike."""
        assert self.judged("ID-FIC-001", issuer) is verdict

    def test_any_issuer(self) -> None:
        """An empty list is no limit."""
        assert self.judged("ID-FIC-001", "https://example.net", allowed_issuers=()) is PASS
        assert self.judged("ID-FIC-001", None, allowed_issuers=()) is FAIL

    @pytest.mark.parametrize(
        ("subject", "verdict"),
        [
            ("repo:contoso/estate:environment:production", PASS),
            ("repo:contoso/estate:ref:refs/heads/main", PASS),
            ("repo:contoso/estate:ref:refs/heads/release/1", PASS),
            ("repo:contoso/estate:ref:refs/tags/v1", PASS),
            ("repo:contoso@12/estate@34:ref:refs/tags/v1", PASS),
            ("repo:contoso/estate:pull_request", FAIL),
            ("repo:contoso/estate", FAIL),
            ("repo:contoso/*:environment:production", FAIL),
            ("repo:contoso/estate:ref:refs/heads/*", FAIL),
            ("repo:contoso/estate:environment:", FAIL),
            ("repo:fabrikam/estate:environment:production", FAIL),
            ("contoso/estate:environment:production", FAIL),
            (None, FAIL),
            ("?", UNKNOWN),
        ],
    )
    def test_subject(self, subject: Any, verdict: Verdict) -> None:
        """One owner, one repository, and one environment, branch or tag."""
        issuer = "https://token.actions.githubusercontent.com"
        assert self.judged("ID-FIC-002", issuer, subject, allowed_owners=("Contoso",)) is verdict

    def test_other_issuer(self) -> None:
        """Subjects of other issuers look otherwise."""
        assert self.judged("ID-FIC-002", "https://vstoken.dev.azure.com/x", "sc://a/b/c") is NA
        assert self.judged("ID-FIC-002", "?", "repo:contoso/*:pull_request") is UNKNOWN
        assert self.judged("ID-FIC-002", "?", "repo:contoso/estate:environment:dev") is PASS


class TestPurposesOfAnIdentity:
    def assigned(self, type_: str, name: str, **body: Any) -> dict[str, Any]:
        return {"type": type_, "name": name, "identity": {"userAssignedIdentities": {"@identity": {}}}, **body}

    def judged(self, *users: dict[str, Any], live: bool = False) -> Finding:
        return judged("ID-MI-001", identity(), *users, live=live)

    def test_one_purpose(self) -> None:
        """Several users of one kind are one purpose, and an identity without any has none."""
        assert self.judged(self.assigned(COMPUTE, "w/a"), self.assigned(COMPUTE, "w/b")).verdict is PASS
        assert self.judged().verdict is PASS

    def test_two_purposes(self) -> None:
        """Workspace and cluster are two, and both are shown."""
        found = self.judged(self.assigned(COMPUTE, "w/a"), self.assigned(WORKSPACE, "w"))
        assert found.verdict is FAIL
        assert found.message == "used for: cluster, workspace"
        assert len(found.places) == 2

    def test_batch_and_online_endpoints(self) -> None:
        """Both kinds of endpoints are one purpose."""
        batch, online = f"{WORKSPACE}/batchEndpoints", f"{WORKSPACE}/onlineEndpoints"
        assert self.judged(self.assigned(batch, "w/a"), self.assigned(online, "w/b")).verdict is PASS

    def test_pipeline(self) -> None:
        """A federated credential makes it the identity of a pipeline."""
        credential = {"type": CREDENTIAL, "name": "identity/c"}
        assert self.judged(credential).verdict is PASS
        assert self.judged(credential, self.assigned(COMPUTE, "w/a")).verdict is FAIL

    def test_user_not_known(self) -> None:
        """A list that is not known may name this identity, which matters beside another purpose only."""
        open_ = {"type": WORKSPACE, "name": "w", "identity": {"userAssignedIdentities": "?"}}
        assert self.judged(open_).verdict is PASS
        assert self.judged(open_, self.assigned(COMPUTE, "w/a")).verdict is UNKNOWN

    def test_references(self) -> None:
        """In a program the identities are named by references."""
        key = Reference(f"{URN}identity", "id")
        users = [
            of_program(COMPUTE, "c", {"identity": {"userAssignedIdentities": {key: {}}}}),
            of_program(WORKSPACE, "w", {"properties": {"primaryUserAssignedIdentity": key}}),
        ]
        assert finding_of("ID-MI-001", of_program(IDENTITY, "identity"), *users).verdict is FAIL
        assert finding_of("ID-MI-001", of_program(IDENTITY, "other"), *users).verdict is PASS


ACCOUNT_KEY = "A" * 43 + "/" + "b" * 42 + "=="


class TestOutputs:
    def judged(self, outputs: dict[str, Any], *given: Given) -> Finding:
        found = evaluate([rule_of("ID-OUT-001")], Estate(given, outputs=outputs))
        assert len(found) == 1
        return found[0]

    @pytest.mark.parametrize(
        "text",
        [
            "DefaultEndpointsProtocol=https;AccountName=example;AccountKey=abc=;EndpointSuffix=core.windows.net",
            "Endpoint=sb://example.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=abc=",
            "Server=tcp:example;Database=d;User ID=u;Password=p",
            "https://example.blob.core.windows.net/c?sv=2024-01-01&sig=" + "a" * 43 + "%3D",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc",
            "ghp_" + "a" * 36,
            "abc8Q~" + "a" * 34,
            ACCOUNT_KEY,
            "-----BEGIN RSA PRIVATE KEY-----\nabc",
            "https://user:word@example.net/repository",
            "users:\n- user:\n    client-key-data: abc",
        ],
    )
    def test_texts_that_are_secrets(self, text: str) -> None:
        """A secret is known by its look, wherever it stands, and never shown."""
        found = self.judged({"estate": {"parts": ["plain", text]}})
        assert found.verdict is FAIL
        assert paths(found) == ["/estate/parts/1"]
        assert found.found == "[secret]"
        assert text not in repr(found)

    @pytest.mark.parametrize(
        "name",
        [
            "password",
            "storageKey",
            "primary_key",
            "connectionString",
            "adminPassword",
            "sas-token",
            "clientSecretValue",
            "keys",
        ],
    )
    def test_names_of_secrets(self, name: str) -> None:
        """A plain text below the name of a secret fails, marked as secret it passes."""
        assert self.judged({name: "word"}).verdict is FAIL
        assert self.judged({name: ["word"]}).verdict is FAIL
        assert self.judged({name: Secret("word")}).verdict is PASS
        assert self.judged({name: Unknown()}).verdict is UNKNOWN

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("workspaceId", f"{GROUP}/providers/{WORKSPACE}/ws"),
            ("keyVaultName", "example"),
            ("secretName", "example"),
            ("publicKey", "ssh-rsa AAAAB3Nza"),
            ("clientSecret", f"{GROUP}/providers/Microsoft.KeyVault/vaults/v/secrets/s"),
            ("encryptionKey", "https://example.vault.azure.net/keys/one/0123"),
            ("connectionString", "InstrumentationKey=0;IngestionEndpoint=https://example.net/;ApplicationId=1"),
            ("digest", "sha256-" + "A" * 43 + "="),
            ("count", 3),
            ("token", ""),
            ("nothing", None),
            ("principal", PRINCIPAL),
        ],
    )
    def test_harmless_outputs(self, name: str, value: Any) -> None:
        """Ids, addresses, names and numbers are no secrets."""
        assert self.judged({name: value}).verdict is PASS

    @pytest.mark.parametrize(
        ("output", "name", "verdict"),
        [
            ("principalId", "principal", PASS),
            ("primaryKey", "principal", FAIL),
            ("id", "storageKey", PASS),
            ("properties.customerId", "logs", PASS),
            ("value", "storageKey", UNKNOWN),
            ("", "anything", UNKNOWN),
        ],
    )
    def test_outputs_of_resources(self, output: str, name: str, verdict: Verdict) -> None:
        """An output of a resource is judged by what it is, one that only derives from it when it is known."""
        given = of_program(STORAGE, "storage")
        assert self.judged({name: Reference(f"{URN}storage", output)}, given).verdict is verdict

    def test_telemetry(self) -> None:
        """Where Application Insights listens is no secret."""
        given = of_program("Microsoft.Insights/components", "insights")
        assert self.judged({"telemetry": Reference(f"{URN}insights", "connectionString")}, given).verdict is PASS

    def test_every_fault(self) -> None:
        """All outputs that hold secrets are shown, not the first only."""
        assert paths(self.judged({"password": "one", "plain": "two", "token": "three"})) == ["/password", "/token"]

    @given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda below: st.lists(below)
                        | st.dictionaries(st.text(), below), max_leaves=8))  # fmt: skip
    def test_any_output_gives_a_verdict(self, value: Any) -> None:
        """Whatever a stack hands out, the rule passes or fails it, and what is secret passes."""
        assert self.judged({"any": value}).verdict in (PASS, FAIL)
        assert self.judged({"any": Secret(value)}).verdict is PASS
