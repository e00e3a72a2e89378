"""Storage's rules where they branch: kinds, users of the account, services that nobody wrote, live and declared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.policies.cases import finding, finding_of, first_finding, judged, paths

from azkeep.model.finding import Verdict
from azkeep.model.value import Reference, Unknown
from azkeep.policy.estate import Estate, Given

PASS, FAIL, UNKNOWN, NA = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
ACCOUNT = "Microsoft.Storage/storageAccounts"
WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/example"
ID = f"{GROUP}/providers/{ACCOUNT}/example"
URN = "urn:pulumi:dev::p::azure-native:storage:StorageAccount::data"


def account(properties: str = "{}", *others: str, outside: str = "") -> str:
    """An account and whatever else there is; `outside` goes beside its properties."""
    return "\n".join((f"- {{type: {ACCOUNT}, name: example, {outside} properties: {properties}}}", *others))


def below(kind: str, properties: str, name: str = "example/default") -> str:
    return f"- {{type: {ACCOUNT}/{kind}, name: {name}, properties: {properties}}}"


def workspace(properties: str = '{storageAccount: "@example"}', name: str = "ws") -> str:
    return f"- {{type: {WORKSPACE}, name: {name}, properties: {properties}}}"


def datastore(kind: str, of: str = "example") -> str:
    type_ = f"{WORKSPACE}/datastores"
    return f"- {{type: {type_}, name: other/one, properties: {{datastoreType: {kind}, accountName: {of}}}}}"


def endpoint(group: str, name: str = "", target: str = "@example") -> str:
    return (
        f"- {{type: Microsoft.Network/privateEndpoints, name: {name or group}, properties: "
        f'{{privateLinkServiceConnections: [{{properties: {{privateLinkServiceId: "{target}", '
        f"groupIds: [{group}]}}}}]}}}}"
    )


def connected(*connections: tuple[str, str]) -> str:
    """Properties of a live account with connections from endpoints, each with its status."""
    made = (
        f"{{properties: {{privateEndpoint: {{id: '{id}'}}, privateLinkServiceConnectionState: {{status: {status}}}}}}}"
        for id, status in connections
    )
    return f"{{privateEndpointConnections: [{', '.join(made)}]}}"


def setting(
    service: str, logs: str = "[{categoryGroup: allLogs, enabled: true}]", name: str = "logs", to: str = "/x"
) -> str:
    return (
        f"- {{type: Microsoft.Insights/diagnosticSettings, name: {service}-{name}, "
        f'scope: "{ID}/{service}/default", properties: {{workspaceId: {to}, logs: {logs}}}}}'
    )


def customer_key(address: str, name: str) -> str:
    place = f"{{keyvaulturi: {address}, keyname: {name}}}"
    return f"{{encryption: {{keySource: Microsoft.Keyvault, keyvaultproperties: {place}}}}}"


class TestSwitches:
    @pytest.mark.parametrize(
        ("rule", "properties", "live", "verdict"),
        [
            ("ST-NET-001", "{publicNetworkAccess: securedbyperimeter}", False, PASS),
            ("ST-NET-001", "{publicNetworkAccess: null}", False, FAIL),
            ("ST-NET-001", "{publicNetworkAccess: '?'}", False, UNKNOWN),
            ("ST-NET-002", "{publicNetworkAccess: SecuredByPerimeter, networkAcls: '?'}", False, PASS),
            ("ST-NET-002", "{publicNetworkAccess: '?', networkAcls: {defaultAction: Allow}}", False, UNKNOWN),
            ("ST-NET-002", "{networkAcls: {defaultAction: Deny, virtualNetworkRules: [{id: '?'}]}}", False, FAIL),
            ("ST-NET-002", "{networkAcls: {defaultAction: Deny, resourceAccessRules: [{tenantId: t}]}}", False, PASS),
            ("ST-NET-005", "{supportsHttpsTrafficOnly: null}", True, PASS),
            ("ST-NET-005", "{supportsHttpsTrafficOnly: false, isNfsV3Enabled: true}", False, NA),
            ("ST-NET-005", "{supportsHttpsTrafficOnly: false, isNfsV3Enabled: '?'}", False, UNKNOWN),
            ("ST-NET-005", "{supportsHttpsTrafficOnly: true, isNfsV3Enabled: '?'}", False, PASS),
            ("ST-NET-006", "{minimumTlsVersion: null}", False, FAIL),
            ("ST-NET-006", "{minimumTlsVersion: TLS1_3}", True, PASS),
            ("ST-NET-006", "{minimumTlsVersion: '?'}", False, UNKNOWN),
            ("ST-IDN-004", "{isSftpEnabled: false}", False, PASS),
            ("ST-IDN-004", "{isLocalUserEnabled: '?', isSftpEnabled: true}", False, FAIL),
            ("ST-IDN-004", "{isLocalUserEnabled: '?'}", False, UNKNOWN),
            ("ST-DAT-001", "{allowBlobPublicAccess: null}", False, PASS),
            ("ST-DAT-001", "{allowBlobPublicAccess: null}", True, FAIL),
            ("ST-DAT-003", "{}", False, PASS),
            ("ST-DAT-003", "{}", True, FAIL),
            ("ST-DAT-004", "{allowedCopyScope: aad}", False, PASS),
            ("ST-DAT-004", "{allowedCopyScope: '?'}", False, UNKNOWN),
            ("ST-ENC-002", "{encryption: {requireInfrastructureEncryption: 'true'}}", False, FAIL),
            ("ST-ENC-002", "{encryption: '?'}", False, UNKNOWN),
            ("ST-ENC-001", "{encryption: {keySource: microsoft.keyvault, keyvaultproperties: '?'}}", False, UNKNOWN),
            ("ST-ENC-001", "{encryption: {keySource: Microsoft.Storage, keyvaultproperties: '?'}}", False, FAIL),
            ("ST-ENC-001", customer_key("' '", "key"), False, FAIL),
            ("ST-ENC-001", customer_key("'https://v.vault.azure.net'", "' '"), False, FAIL),
            ("ST-ENC-001", customer_key("'https://v.vault.azure.net'", "key"), True, PASS),
        ],
    )
    def test_a_switch(self, rule: str, properties: str, live: bool, verdict: Verdict) -> None:
        """Missing values are the service's in a declaration, and a fault on live documents."""
        assert finding(rule, account(properties), live=live).verdict is verdict

    @pytest.mark.parametrize(
        ("version", "switch", "verdict"),
        [
            ("2018-11-01", None, FAIL),
            ("2018-03-01-preview", None, FAIL),
            ("2018-11-01", True, PASS),
            ("2019-04-01", None, PASS),
            ("2025-01-01", None, PASS),
            ("2025-01-01", False, FAIL),
            (None, None, PASS),
            ("latest", None, PASS),
        ],
    )
    def test_transport_by_default(self, version: str | None, switch: bool | None, verdict: Verdict) -> None:
        """In a template of an older API version plain transport is on where nothing is said."""
        properties = {"supportsHttpsTrafficOnly": switch}
        account = {"type": ACCOUNT, "name": "example", "apiVersion": version, "properties": properties}
        assert judged("ST-NET-005", account, live=True).verdict is verdict

    @pytest.mark.parametrize(
        ("kind", "verdict"), [("filestorage", NA), ("StorageV2", FAIL), ("'?'", UNKNOWN), ("null", FAIL)]
    )
    def test_public_blobs(self, kind: str, verdict: Verdict) -> None:
        """An account of files has no blobs to read."""
        text = account("{allowBlobPublicAccess: true}", outside=f"kind: {kind},")
        assert finding("ST-DAT-001", text).verdict is verdict

    @pytest.mark.parametrize(
        ("tags", "sku", "verdict"),
        [
            ("{environment: Production}", "Standard_ZRS", PASS),
            ("{environment: production}", "standard_lrs", FAIL),
            ("{environment: production}", "PremiumV2_LRS", FAIL),
            ("{environment: production}", "'?'", UNKNOWN),
            ("{environment: '?'}", "Standard_LRS", UNKNOWN),
            ("{environment: '?'}", "Standard_GRS", PASS),
            ("{environment: dev}", "Standard_LRS", NA),
            ("{}", "Standard_LRS", NA),
        ],
    )
    def test_replication(self, tags: str, sku: str, verdict: Verdict) -> None:
        """Production needs copies in more than one zone."""
        text = account("{}", outside=f"tags: {tags}, sku: {{name: {sku}}},")
        assert finding("ST-REC-005", text).verdict is verdict


class TestPrivateEndpoints:
    @pytest.mark.parametrize(
        ("others", "verdict", "message"),
        [
            ([], NA, ""),
            ([endpoint("blob")], NA, ""),
            ([workspace()], FAIL, "no approved private endpoint leads to blob, file"),
            ([workspace(), endpoint("Blob")], FAIL, "no approved private endpoint leads to file"),
            ([workspace(), endpoint("blob"), endpoint("file")], PASS, ""),
            ([workspace(), datastore("AzureDataLakeGen2"), endpoint("blob"), endpoint("file")], FAIL, "dfs"),
            ([datastore("azureblob"), endpoint("blob")], PASS, ""),
            ([datastore("AzureBlob", "EXAMPLE"), endpoint("file")], FAIL, "blob"),
            ([datastore("AzureBlob", "another")], NA, ""),
            ([datastore("AzureBlob", "'?'")], UNKNOWN, ""),
            ([datastore("AzureBlob", "'?'"), endpoint("blob")], PASS, ""),
            ([datastore("'?'")], UNKNOWN, ""),
            ([datastore("OneLake")], NA, ""),
            ([workspace(), endpoint("blob"), endpoint("file", target="?")], UNKNOWN, ""),
            ([workspace(), endpoint("dfs", target="?")], FAIL, "blob, file"),
            ([workspace('{storageAccount: "?"}')], UNKNOWN, ""),
        ],
    )
    def test_declared(self, others: list[str], verdict: Verdict, message: str) -> None:
        """Each service that a workspace or a datastore uses has an endpoint, and the finding names those without."""
        found = finding("ST-NET-003", account("{}", *others))
        assert found.verdict is verdict
        assert message in found.message

    @pytest.mark.parametrize(
        ("connections", "others", "verdict"),
        [
            ([("@blob", "Approved"), ("@file", "Approved")], ["blob", "file"], PASS),
            ([("@blob", "Approved"), ("@file", "Rejected")], ["blob", "file"], FAIL),
            ([("@blob", "Approved")], ["blob", "file"], FAIL),
            ([("@blob", "Approved"), ("/elsewhere", "Approved")], ["blob"], UNKNOWN),
            ([("@blob", "Approved"), ("/elsewhere", "Pending")], ["blob"], FAIL),
        ],
    )
    def test_live(self, connections: list[tuple[str, str]], others: list[str], verdict: Verdict) -> None:
        """Live the account's own connections count; one from an endpoint that was not read leaves its group open."""
        ids = [(id.replace("@", f"{GROUP}/providers/Microsoft.Network/privateEndpoints/"), s) for id, s in connections]
        text = account(connected(*ids), workspace(), *(endpoint(group) for group in others))
        assert finding("ST-NET-003", text, live=True).verdict is verdict

    @pytest.mark.parametrize(("group", "verdict"), [("file", PASS), ("blob", FAIL)])
    def test_connection_apart(self, group: str, verdict: Verdict) -> None:
        """A connection that stands apart counts for the service of its private endpoint."""
        target = {"privateLinkServiceId": "@example", "groupIds": [group]}
        endpoint = {"privateLinkServiceConnections": [{"properties": target}]}
        state = {"privateEndpoint": {"id": "@pe"}, "privateLinkServiceConnectionState": {"status": "Approved"}}
        share = {"datastoreType": "AzureFile", "accountName": "example"}
        found = judged(
            "ST-NET-003",
            {"type": ACCOUNT, "name": "example", "properties": {"privateEndpointConnections": []}},
            {"type": f"{ACCOUNT}/privateEndpointConnections", "name": "example/link", "properties": state},
            {"type": "Microsoft.Network/privateEndpoints", "name": "pe", "properties": endpoint},
            {"type": "Microsoft.MachineLearningServices/workspaces/datastores", "name": "w/d", "properties": share},
            live=True,
        )
        assert found.verdict is verdict

    def test_datastore_names_an_output(self) -> None:
        """A datastore that takes the account's name from the account uses it; one of another account does not."""

        def judged(urn: str, output: str) -> Verdict:
            properties = {"datastoreType": "AzureBlob", "accountName": Reference(urn, output)}
            lake = Given(f"{WORKSPACE}/datastores", "lake", None, {"properties": properties})
            return finding_of("ST-NET-003", Given(ACCOUNT, "data", None, {}, urn=URN), lake).verdict

        assert judged(URN, "name") is FAIL
        text = account("{}", datastore("AzureBlob")).replace("name: example", "name: Example", 1)
        assert finding("ST-NET-003", text).verdict is FAIL
        assert judged(URN, "") is UNKNOWN
        assert judged("urn:other", "name") is NA

    @pytest.mark.parametrize(
        ("bypass", "others", "verdict"),
        [
            ("None", [], NA),
            ("None", [workspace()], FAIL),
            ("'Logging,AZURESERVICES'", [workspace()], PASS),
            ("AzureServicesX", [workspace()], FAIL),
            ("'?'", [workspace()], UNKNOWN),
            ("'?'", [], NA),
            (
                "None",
                [workspace('{storageAccount: "@example", managedNetwork: {isolationMode: AllowInternetOutbound}}')],
                NA,
            ),
            ("None", [workspace('{storageAccount: "@example", managedNetwork: {isolationMode: "?"}}')], UNKNOWN),
            ("AzureServices", [workspace('{storageAccount: "?"}')], PASS),
            ("None", [workspace('{storageAccount: "?"}')], UNKNOWN),
        ],
    )
    def test_trusted_services(self, bypass: str, others: list[str], verdict: Verdict) -> None:
        """They need a way in where the platform itself uses the account."""
        text = account(f"{{networkAcls: {{bypass: {bypass}}}}}", *others)
        assert finding("ST-NET-004", text).verdict is verdict


class TestKeys:
    @pytest.mark.parametrize(
        ("shared", "others", "live", "verdict"),
        [
            ("false", [], False, PASS),
            ("null", [], False, FAIL),
            ("null", [], True, FAIL),
            ("'?'", [], False, UNKNOWN),
            ("'?'", [workspace()], False, FAIL),
            ("false", [workspace('{storageAccount: "@example", systemDatastoresAuthMode: IDENTITY}')], False, PASS),
            ("false", [workspace('{storageAccount: "@example", systemDatastoresAuthMode: "?"}')], False, UNKNOWN),
            ("false", [workspace('{storageAccount: "?", systemDatastoresAuthMode: accessKey}')], False, UNKNOWN),
        ],
    )
    def test_shared_keys(self, shared: str, others: list[str], live: bool, verdict: Verdict) -> None:
        """Keys are off, and the workspace does not need them."""
        text = account(f"{{allowSharedKeyAccess: {shared}}}", *others)
        assert finding("ST-IDN-001", text, live=live).verdict is verdict

    def test_workspace_that_needs_keys(self) -> None:
        """The finding shows the setting of the workspace."""
        found = finding("ST-IDN-001", account("{allowSharedKeyAccess: false}", workspace()))
        assert [((place.id or "").rsplit("/", 1)[1], place.path) for place in found.places] == [
            ("ws", "/properties/systemDatastoresAuthMode")
        ]

    @pytest.mark.parametrize(
        ("period", "max_days", "verdict"),
        [
            ("7.00:00:00", 7, PASS),
            ("07.00:00:00", 7, PASS),
            ("7.00:00:01", 7, FAIL),
            ("7.00:00:01", 8, PASS),
            ("0.00:00:01", 7, PASS),
            ("0.00:00:00", 7, FAIL),
            ("P7D", 7, FAIL),
            ("-1.00:00:00", 7, FAIL),
            ("?", 7, UNKNOWN),
        ],
    )
    def test_signatures(self, period: str, max_days: int, verdict: Verdict) -> None:
        """A period of days and a time of day, longer than nothing."""
        text = account(f'{{sasPolicy: {{sasExpirationPeriod: "{period}", expirationAction: Log}}}}')
        assert finding("ST-IDN-002", text, max_days=max_days).verdict is verdict

    @pytest.mark.parametrize(
        ("action", "verdict"), [("null", PASS), ("Block", PASS), ("Ignore", FAIL), ("'?'", UNKNOWN)]
    )
    def test_action_on_signatures(self, action: str, verdict: Verdict) -> None:
        """What happens to longer signatures may be left to the service."""
        text = account(f"{{sasPolicy: {{sasExpirationPeriod: 1.00:00:00, expirationAction: {action}}}}}")
        assert finding("ST-IDN-002", text).verdict is verdict

    @given(st.text())
    def test_any_period(self, period: str) -> None:
        """No text makes the rule raise."""
        body = {"properties": {"sasPolicy": {"sasExpirationPeriod": period}}}
        assert finding_of("ST-IDN-002", Given(ACCOUNT, "example", None, body)).verdict in (PASS, FAIL)

    @given(st.text())
    def test_any_time(self, moment: str) -> None:
        """Nor does any text make the other one raise, and what is no time is no young key."""
        times = {"key1": moment, "key2": "2020-01-01T00:00:00Z"}
        properties = {"keyPolicy": {"keyExpirationPeriodInDays": 90}, "keyCreationTime": times}
        live = Estate.of_documents(({"type": ACCOUNT, "name": "example", "properties": properties},))
        assert first_finding("ST-IDN-003", live).verdict is FAIL

    @pytest.mark.parametrize("rule", ["ST-IDN-002", "ST-IDN-003"])
    @pytest.mark.parametrize(("shared", "verdict"), [("false", NA), ("true", FAIL), ("null", FAIL), ("'?'", UNKNOWN)])
    def test_without_keys(self, rule: str, shared: str, verdict: Verdict) -> None:
        """Where keys cannot be used, their lifetime does not matter."""
        assert finding(rule, account(f"{{allowSharedKeyAccess: {shared}}}")).verdict is verdict

    @pytest.mark.parametrize(
        ("days", "ages", "verdict"),
        [
            ("90", (1, 89), PASS),
            ("90", (1, 91), FAIL),
            ("60", (1, 61), FAIL),
            ("91", (1, 1), FAIL),
            ("'?'", (1, 1), UNKNOWN),
        ],
    )
    def test_live_keys(self, days: str, ages: tuple[int, int], verdict: Verdict) -> None:
        """Both keys are younger than the account's own period."""
        one, two = (datetime.now(UTC) - timedelta(days=age) for age in ages)
        text = account(
            f"{{keyPolicy: {{keyExpirationPeriodInDays: {days}}}, "
            f'keyCreationTime: {{key1: "{one:%Y-%m-%dT%H:%M:%S.0000000Z}", key2: "{two:%Y-%m-%dT%H:%M:%S}"}}}}'
        )
        assert finding("ST-IDN-003", text, live=True).verdict is verdict

    def test_key_that_is_too_old(self) -> None:
        """The finding shows which one."""
        times = 'key1: "2099-01-01T00:00:00Z", key2: "2020-01-01T00:00:00Z"'
        text = account(f"{{keyPolicy: {{keyExpirationPeriodInDays: 90}}, keyCreationTime: {{{times}}}}}")
        assert paths(finding("ST-IDN-003", text, live=True)) == ["/properties/keyCreationTime/key2"]


class TestData:
    @pytest.mark.parametrize(
        ("origins", "allowed", "verdict"),
        [
            ("[HTTPS://ml.azure.com]", ("https://ml.azure.com",), PASS),
            ("['*']", ("*",), FAIL),
            ("['*']", (), FAIL),
            ("['https://x.org']", (), PASS),
            ("['?', '*']", ("https://ml.azure.com",), FAIL),
            ("['?']", (), UNKNOWN),
            ("'?'", (), UNKNOWN),
            ("null", (), FAIL),
            ("'*'", (), FAIL),
        ],
    )
    @pytest.mark.parametrize("kind", ["blobServices", "fileServices", "queueServices", "tableServices"])
    def test_origins(self, kind: str, origins: str, allowed: tuple[str, ...], verdict: Verdict) -> None:
        """The wildcard is never agreed, on any service."""
        text = below(kind, f"{{cors: {{corsRules: [{{allowedOrigins: {origins}}}]}}}}")
        assert finding("ST-DAT-005", text, allowed_origins=allowed).verdict is verdict

    def test_every_offending_origin_is_shown(self) -> None:
        """Each with its own place."""
        rules = "[{allowedOrigins: ['https://ml.azure.com', 'https://a.org']}, {allowedOrigins: ['*']}]"
        found = finding("ST-DAT-005", below("blobServices", f"{{cors: {{corsRules: {rules}}}}}"))
        places = list(dict.fromkeys(paths(found)))
        assert places == [
            "/properties/cors/corsRules/0/allowedOrigins/1",
            "/properties/cors/corsRules/1/allowedOrigins/0",
        ]

    @pytest.mark.parametrize(
        ("access", "verdict"), [("none", PASS), ("null", PASS), ("Blob", FAIL), ("'?'", UNKNOWN), ("true", FAIL)]
    )
    def test_container(self, access: str, verdict: Verdict) -> None:
        """A container is open only where it says so."""
        text = below("blobServices/containers", f"{{publicAccess: {access}}}", "example/default/data")
        assert finding("ST-DAT-002", text).verdict is verdict


class TestRecovery:
    @pytest.mark.parametrize(
        ("rule", "policy"),
        [
            ("ST-REC-001", "deleteRetentionPolicy"),
            ("ST-REC-002", "containerDeleteRetentionPolicy"),
            ("ST-REC-004", "shareDeleteRetentionPolicy"),
        ],
    )
    @pytest.mark.parametrize(
        ("value", "verdict"),
        [
            ("{enabled: true, days: 7}", PASS),
            ("{enabled: true, days: 6}", FAIL),
            ("{enabled: '?', days: 6}", FAIL),
            ("{enabled: '?', days: 7}", UNKNOWN),
            ("{enabled: true, days: '?'}", UNKNOWN),
            ("{enabled: false, days: '?'}", FAIL),
            ("{enabled: true, days: '7'}", FAIL),
            ("'?'", UNKNOWN),
        ],
    )
    def test_policy(self, rule: str, policy: str, value: str, verdict: Verdict) -> None:
        """On, and for long enough."""
        kind = "fileServices" if rule == "ST-REC-004" else "blobServices"
        assert finding(rule, below(kind, f"{{{policy}: {value}}}")).verdict is verdict

    @pytest.mark.parametrize(
        ("rule", "kind", "live", "verdict"),
        [
            ("ST-REC-001", "StorageV2", False, FAIL),
            ("ST-REC-001", "StorageV2", True, UNKNOWN),
            ("ST-REC-001", "FileStorage", False, NA),
            ("ST-REC-002", "BlobStorage", False, FAIL),
            ("ST-REC-003", "StorageV2", False, FAIL),
            ("ST-REC-004", "StorageV2", False, PASS),
            ("ST-REC-004", "BlockBlobStorage", False, NA),
            ("ST-REC-004", "FileStorage", True, UNKNOWN),
        ],
    )
    def test_service_that_nobody_wrote(self, rule: str, kind: str, live: bool, verdict: Verdict) -> None:
        """A declared account comes with services as Azure makes them; a live one has them, read or not."""
        assert finding(rule, account("{}", outside=f"kind: {kind},"), live=live).verdict is verdict

    @pytest.mark.parametrize("rule", ["ST-REC-001", "ST-REC-002", "ST-REC-003"])
    def test_service_apart(self, rule: str) -> None:
        """An account whose service is a document of its own has no finding; that of another account does not help."""
        assert finding(rule, account("{}", below("blobServices", "{}"))).verdict is NA
        assert finding(rule, account("{}", below("blobServices", "{}", "other/default"))).verdict is FAIL

    def test_service_of_an_account_not_known(self) -> None:
        """A service whose account is not known yet may be this one's."""
        service = Given(f"{ACCOUNT}/blobServices", "default", None, {}, urn="urn:service")
        assert finding_of("ST-REC-001", Given(ACCOUNT, "example", ID, {}), service).verdict is UNKNOWN

    def test_service_of_an_output(self) -> None:
        """A service that names its account by the account's output is this one's."""
        service = Given(f"{ACCOUNT}/blobServices", "default", None, {}, urn="urn:service", parent_urn=URN)
        assert finding_of("ST-REC-001", Given(ACCOUNT, "data", None, {}, urn=URN), service).verdict is NA

    @pytest.mark.parametrize(
        ("versions", "folders", "verdict"),
        [
            ("true", "false", PASS),
            ("false", "null", FAIL),
            ("false", "true", NA),
            ("false", "'?'", UNKNOWN),
            ("true", "'?'", PASS),
            ("'?'", "false", UNKNOWN),
            ("null", "false", FAIL),
        ],
    )
    def test_versions(self, versions: str, folders: str, verdict: Verdict) -> None:
        """A hierarchical namespace rules versions out."""
        service = below("blobServices", f"{{isVersioningEnabled: {versions}}}")
        assert finding("ST-REC-003", f"{service}\n{account(f'{{isHnsEnabled: {folders}}}')}").verdict is verdict

    def test_versions_without_the_account(self) -> None:
        """Whether the namespace is hierarchical is not known without the account."""
        assert finding("ST-REC-003", below("blobServices", "{isVersioningEnabled: true}")).verdict is PASS
        assert finding("ST-REC-003", below("blobServices", "{isVersioningEnabled: false}")).verdict is UNKNOWN


READS = "{category: StorageRead, enabled: true}"
WRITES = "{category: StorageWrite, enabled: true}"
DELETES = "{category: storagedelete, enabled: true}"


class TestLogs:
    @pytest.mark.parametrize(
        ("others", "verdict"),
        [
            ([], FAIL),
            ([setting("blobServices")], PASS),
            ([setting("blobservices")], PASS),
            ([setting("fileServices")], FAIL),
            ([setting("blobServices", f"[{READS}, {WRITES}, {DELETES}]")], PASS),
            ([setting("blobServices", f"[{READS}, {WRITES}]")], FAIL),
            ([setting("blobServices", f"[{READS}, {WRITES}]"), setting("blobServices", f"[{DELETES}]", "two")], PASS),
            ([setting("blobServices", to="'?'")], UNKNOWN),
            ([setting("blobServices", to="null")], FAIL),
            ([setting("blobServices"), workspace()], FAIL),
            ([setting("blobServices"), workspace('{storageAccount: "?"}')], UNKNOWN),
            ([setting("blobServices"), setting("fileServices"), workspace()], PASS),
            ([setting("blobServices"), datastore("AzureFile")], FAIL),
            ([setting("blobServices"), datastore("AzureBlob")], PASS),
            ([setting("blobServices"), endpoint("table")], FAIL),
            ([setting("blobServices"), below("queueServices/queues", "{}", "example/default/jobs")], FAIL),
            ([setting("blobServices"), below("fileServices", "{}")], PASS),
        ],
    )
    def test_services_in_use(self, others: list[str], verdict: Verdict) -> None:
        """Blobs always, the others where something shows that they are used; categories may come apart."""
        assert finding("ST-LOG-001", account("{}", *others)).verdict is verdict

    def test_setting_on_the_account_itself(self) -> None:
        """An account has metrics only: its services log."""
        logs = setting("blobServices").replace("/blobServices/default", "")
        assert finding("ST-LOG-001", account("{}", logs)).verdict is FAIL

    def test_finding_names_the_service(self) -> None:
        """The place is the service, also where nobody wrote it."""
        found = finding("ST-LOG-001", account("{}", workspace(), setting("blobServices")))
        assert [place.id for place in found.places] == [f"{ID}/fileServices/default"]

    def test_setting_on_an_output_of_the_service(self) -> None:
        """A setting on a declared service belongs to it, whatever its account will be called."""
        body = {"properties": {"workspaceId": "/x", "logs": [{"categoryGroup": "audit", "enabled": True}]}}
        scope = Reference("urn:blobs", "id")
        data = Given(ACCOUNT, "data", None, {}, urn=URN)
        blobs = Given(f"{ACCOUNT}/blobServices", "default", None, {}, urn="urn:blobs", parent_urn=URN)
        logs = Given("Microsoft.Insights/diagnosticSettings", "logs", None, body, urn="urn:logs", scope=scope)
        assert finding_of("ST-LOG-001", data, blobs, logs).verdict is PASS

    def test_setting_on_a_text_made_of_an_output(self) -> None:
        """A scope that is only derived from the account may be any of its services."""
        body = {"properties": {"workspaceId": "/x", "logs": [{"categoryGroup": "audit", "enabled": True}]}}
        data = Given(ACCOUNT, "data", None, {}, urn=URN)
        logs = Given("Microsoft.Insights/diagnosticSettings", "l", None, body, urn="u", scope=Reference(URN, ""))
        assert finding_of("ST-LOG-001", data, logs).verdict is UNKNOWN

    def test_setting_on_something_not_known(self) -> None:
        """So may one whose scope is not known at all."""
        body = {"properties": {"workspaceId": "/x", "logs": [{"categoryGroup": "audit", "enabled": True}]}}
        logs = Given("Microsoft.Insights/diagnosticSettings", "l", None, body, scope=Unknown())
        assert finding_of("ST-LOG-001", Given(ACCOUNT, "example", ID, {}), logs).verdict is UNKNOWN
