"""Identity of Storage: keys, signatures and local users of accounts."""

from __future__ import annotations

import re

from azkeep.policy import Document, Maps, Needs, Severity, Truth, every, rule, when

from ._storage import ACCOUNT, workspaces
from ._time import DAY, age

KEYS = ("key1", "key2")
_PERIOD = re.compile(r"(\d+)\.(\d{1,2}):(\d{2}):(\d{2})")


@rule(
    "ST-IDN-001",
    "Account keys cannot be used",
    severity=Severity.HIGH,
    on=ACCOUNT,
    needs=Needs.GRAPH,
    paths=(
        "properties.allowSharedKeyAccess",
        "Microsoft.MachineLearningServices/workspaces: properties.systemDatastoresAuthMode",
    ),
    fix="Set allowSharedKeyAccess false after moving to identities.",
    sets={"properties.allowSharedKeyAccess": False},
    maps=Maps(
        azure_policy={
            "8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54": "Storage accounts should prevent shared key access",
        },
        mcsb=("IM-1",),
        checkov=("CKV2_AZURE_40",),
        psrule=("Azure.Storage.LocalAuth",),
    ),
)
def account_keys_cannot_be_used(account: Document, *, accept_user_delegation: bool = False) -> Truth:
    """Account keys cannot be used.

    Checks: allowSharedKeyAccess is false, and every workspace whose default account this is reaches its datastores
        by Identity, or by UserDelegationSAS where accept_user_delegation says so; missing fails.
    Why: An account key is total, permanent access.
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {allowSharedKeyAccess: true}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {provisioningState: Succeeded}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {allowSharedKeyAccess: false}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {storageAccount: "@example", systemDatastoresAuthMode: AccessKey}
    Bad (live):
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {allowSharedKeyAccess: false}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {storageAccount: "@example"}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {allowSharedKeyAccess: false}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {storageAccount: "@example", systemDatastoresAuthMode: UserDelegationSAS}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {allowSharedKeyAccess: false}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {allowSharedKeyAccess: false}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {storageAccount: "@example", systemDatastoresAuthMode: identity}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {allowSharedKeyAccess: false}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {storageAccount: "@example", systemDatastoresAuthMode: UserDelegationSAS}
        - parameters: {accept_user_delegation: true}
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/Storage/StorageAccountAllowSharedKeyAccess_Audit.json;
        bridgecrewio/checkov checkov/terraform/checks/graph_checks/azure/AzureStorageAccConfigSharedKeyAuth.yaml;
        Azure/PSRule.Rules.Azure docs/en/rules/Azure.Storage.LocalAuth.md
    """
    modes = ("Identity", "UserDelegationSAS") if accept_user_delegation else ("Identity",)
    by_identity = workspaces(account).every(lambda each: each["properties.systemDatastoresAuthMode"].equals(*modes))
    return _keys_are_off(account) & by_identity


@rule(
    "ST-IDN-002",
    "SAS tokens have a lifetime policy",
    severity=Severity.MEDIUM,
    on=ACCOUNT,
    paths=(
        "properties.sasPolicy.sasExpirationPeriod",
        "properties.sasPolicy.expirationAction",
        "properties.allowSharedKeyAccess",
    ),
    fix="Add a SAS policy of seven days or less.",
    sets={"properties.sasPolicy.sasExpirationPeriod": "7.00:00:00", "properties.sasPolicy.expirationAction": "Block"},
    maps=Maps(
        azure_policy={
            "bc1b984e-ddae-40cc-801a-050a030e4fbe": (
                "Storage accounts should have shared access signature (SAS) policies configured"
            ),
            "7aa1c9d5-3d7e-4579-8117-d85e99211757": "Storage SAS tokens should adhere to 7 day maximum validity",
        },
        checkov=("CKV2_AZURE_41",),
    ),
)
def sas_tokens_have_a_lifetime_policy(account: Document, *, max_days: int = 7) -> Truth:
    """SAS tokens have a lifetime policy.

    Checks: sasPolicy.sasExpirationPeriod is more than nothing and at most max_days days, and expirationAction,
        where it is given, is Log or Block. Not applicable where allowSharedKeyAccess is false.
    Why: Endless SAS tokens are forgotten open doors.
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {allowSharedKeyAccess: true}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {sasPolicy: {sasExpirationPeriod: 30.00:00:00, expirationAction: Log}}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {sasPolicy: {sasExpirationPeriod: 7.00:00:01, expirationAction: Log}}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {sasPolicy: {sasExpirationPeriod: 0.00:00:00, expirationAction: Log}}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {sasPolicy: {expirationAction: Block}}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {sasPolicy: {sasExpirationPeriod: 7.00:00:00, expirationAction: Log}}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {sasPolicy: {sasExpirationPeriod: 0.12:00:00, expirationAction: Block}}
        - type: Microsoft.Storage/storageAccounts
          name: keyless
          properties: {allowSharedKeyAccess: false}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Storage/StorageAccountSasPolicy_Restrict.json;
        bridgecrewio/checkov checkov/terraform/checks/graph_checks/azure/AzureStorageAccConfig_SAS_expirePolicy.yaml
    """
    policy = account["properties.sasPolicy"]
    period = policy["sasExpirationPeriod"].satisfies(lambda text: 0 < _period(text) <= max_days)
    return when(~_keys_are_off(account), period & policy["expirationAction"].equals("Log", "Block", missing=True))


@rule(
    "ST-IDN-003",
    "Account keys expire",
    severity=Severity.MEDIUM,
    on=ACCOUNT,
    paths=(
        "properties.keyPolicy.keyExpirationPeriodInDays",
        "properties.keyCreationTime",
        "properties.allowSharedKeyAccess",
    ),
    fix="Set the key policy and rotate.",
    sets={"properties.keyPolicy.keyExpirationPeriodInDays": 90},
    maps=Maps(
        azure_policy={
            "044985bb-afe1-42cd-8a36-9d5d42424537": "Storage account keys should not be expired",
        },
        mcsb=("DP-6",),
    ),
)
def account_keys_expire(account: Document, *, max_days: int = 90) -> Truth:
    """Account keys expire.

    Checks: keyPolicy.keyExpirationPeriodInDays is from 1 to max_days. Live: and both keys are younger than that.
        Not applicable where allowSharedKeyAccess is false.
    Why: Old keys spread.
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {provisioningState: Succeeded}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {keyPolicy: {keyExpirationPeriodInDays: 365}}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {keyPolicy: {keyExpirationPeriodInDays: 0}}
    Bad (live):
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties:
            keyPolicy: {keyExpirationPeriodInDays: 90}
            keyCreationTime: {key1: "2099-01-01T00:00:00.0000000Z", key2: "2020-01-01T00:00:00.0000000Z"}
    Bad (live):
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {keyPolicy: {keyExpirationPeriodInDays: 90}}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {keyPolicy: {keyExpirationPeriodInDays: 60}}
        - type: Microsoft.Storage/storageAccounts
          name: keyless
          properties: {allowSharedKeyAccess: false}
    Good (live):
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties:
            keyPolicy: {keyExpirationPeriodInDays: 90}
            keyCreationTime: {key1: "2099-01-01T00:00:00.0000000Z", key2: "2099-01-01T00:00:00.0000000Z"}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Storage/StorageAccountKeysExpired_Restrict.json
    """
    period = account["properties.keyPolicy.keyExpirationPeriodInDays"]
    expires = period.at_least(1) & period.at_most(max_days)
    if account.is_live:
        expires = expires & every(KEYS, lambda key: _is_younger(account, key, min(period.number, max_days)))
    return when(~_keys_are_off(account), expires)


@rule(
    "ST-IDN-004",
    "Local users and SFTP are off",
    severity=Severity.MEDIUM,
    on=ACCOUNT,
    paths=("properties.isLocalUserEnabled", "properties.isSftpEnabled"),
    fix="Set both to false.",
    sets={"properties.isLocalUserEnabled": False, "properties.isSftpEnabled": False},
    maps=Maps(checkov=("CKV_AZURE_244",), other=("ALZ:Deny-Storage-LocalUser", "ALZ:Deny-Storage-SFTP")),
)
def local_users_and_sftp_are_off(account: Document) -> Truth:
    """Local users and SFTP are off.

    Checks: isLocalUserEnabled and isSftpEnabled are each missing or false.
    Why: Local users sign in with passwords outside Entra.
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {isLocalUserEnabled: true, isSftpEnabled: false}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {isSftpEnabled: true}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {isSftpEnabled: true, isLocalUserEnabled: false}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {isLocalUserEnabled: false, isSftpEnabled: false}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {isSftpEnabled: false}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {provisioningState: Succeeded}
    Source: bridgecrewio/checkov checkov/terraform/checks/resource/azure/StorageLocalUsers.py;
        Azure/Enterprise-Scale src/resources/Microsoft.Authorization/policyDefinitions/Deny-Storage-LocalUser.json
    """
    local_users, sftp = account["properties.isLocalUserEnabled"], account["properties.isSftpEnabled"]
    return local_users.is_false(missing=True) & sftp.is_false(missing=True)


def _keys_are_off(account: Document) -> Truth:
    return account["properties.allowSharedKeyAccess"].is_false()


def _is_younger(account: Document, key: str, days: float) -> Truth:
    return account["properties.keyCreationTime"].member(key).satisfies(lambda text: age(text) < days)


def _period(text: str) -> float:
    """Days in a period such as 7.00:00:00; ValueError for anything else."""
    found = _PERIOD.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no period such as 7.00:00:00")
    days, hours, minutes, seconds = map(int, found.groups())
    return days + (hours * 3_600 + minutes * 60 + seconds) / DAY
