"""Keys of Key Vault."""

from __future__ import annotations

from azkeep.policy import Document, Maps, Needs, Node, Severity, Truth, rule, when

from ._time import days, is_ahead
from ._vault_keys import encrypts

KEY = "Microsoft.KeyVault/vaults/keys"
DEFAULT_SIZE = 2048
"""Bits of an RSA key that names no size. Source: Key Vault management REST API, keys."""


@rule(
    "KV-KEY-001",
    "Keys have an expiry date",
    severity=Severity.MEDIUM,
    on=KEY,
    paths=("properties.attributes.exp",),
    fix="Set attributes.exp.",
    maps=Maps(
        azure_policy={
            "152b15f7-8e1f-4c1f-ab71-8c010ba5dbc0": "Key Vault keys should have an expiration date",
            "49a22571-d204-4c91-a7b6-09b1a586fbc9": "Keys should have the specified maximum validity period",
        },
        mcsb=("DP-6",),
        cis=(
            "1.4.0:8.1",
            "1.4.0:8.2",
            "2.0.0:8.1",
            "2.0.0:8.2",
            "2.1.0:8.1",
            "2.1.0:8.2",
            "3.0.0:3.3.1",
            "3.0.0:3.3.2",
        ),
        checkov=("CKV_AZURE_40",),
        other=("Trivy:ensure_key_expiry",),
    ),
)
def keys_have_an_expiry_date(key: Document, *, max_days: int = 0) -> Truth:
    """Keys have an expiry date.

    Checks: attributes.exp is present and in the future; at most max_days ahead where that is not 0.
    Why: Keys without an end are never rotated.
    Bad:
        - type: Microsoft.KeyVault/vaults/keys
          name: example/one
          properties: {attributes: {enabled: true}}
    Bad:
        - type: Microsoft.KeyVault/vaults/keys
          name: example/one
          properties: {attributes: {exp: 946684800}}
    Bad:
        - type: Microsoft.KeyVault/vaults/keys
          name: example/one
          properties: {attributes: {exp: 4102444800}}
        - parameters: {max_days: 365}
    Good:
        - type: Microsoft.KeyVault/vaults/keys
          name: example/one
          properties: {attributes: {exp: 4102444800}}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Key Vault/Keys_ExpirationSet.json;
        bridgecrewio/checkov checkov/arm/checks/resource/KeyExpirationDate.py; aquasecurity/trivy-checks
        checks/cloud/azure/keyvault/ensure_key_expiry.rego
    """
    return is_ahead(key["properties.attributes.exp"], at_most_days=max_days)


@rule(
    "KV-KEY-002",
    "Keys rotate by policy",
    severity=Severity.MEDIUM,
    on=KEY,
    paths=(
        "properties.rotationPolicy.lifetimeActions[*].action.type",
        "properties.rotationPolicy.lifetimeActions[*].trigger",
        "properties.rotationPolicy.attributes.expiryTime",
    ),
    fix="Add a rotation policy.",
    maps=Maps(
        azure_policy={
            "d8cf8476-a2ec-4916-896e-992351803c44": (
                "Keys should have a rotation policy "
                "ensuring that their rotation is scheduled "
                "within the specified number of days after "
                "creation."
            ),
        },
        mcsb=("DP-6", "IM-3"),
        psrule=("Azure.KeyVault.AutoRotationPolicy",),
    ),
)
def keys_rotate_by_policy(key: Document, *, max_days: int = 365) -> Truth:
    """Keys rotate by policy.

    Checks: A lifetime action of type rotate has a trigger that fires within max_days of the creation: by
        timeAfterCreate, or by timeBeforeExpiry where the policy has an expiryTime.
    Why: Rotation by hand does not happen.
    Bad:
        - type: Microsoft.KeyVault/vaults/keys
          name: example/one
          properties: {kty: RSA}
    Bad:
        - type: Microsoft.KeyVault/vaults/keys
          name: example/one
          properties:
            rotationPolicy:
              lifetimeActions: [{trigger: {timeAfterCreate: P90D}, action: {type: notify}}]
    Bad:
        - type: Microsoft.KeyVault/vaults/keys
          name: example/one
          properties:
            rotationPolicy:
              lifetimeActions: [{trigger: {timeAfterCreate: P18M}, action: {type: rotate}}]
    Bad:
        - type: Microsoft.KeyVault/vaults/keys
          name: example/one
          properties:
            rotationPolicy:
              attributes: {expiryTime: P2Y}
              lifetimeActions: [{trigger: {timeBeforeExpiry: P30D}, action: {type: rotate}}]
    Bad:
        - type: Microsoft.KeyVault/vaults/keys
          name: example/one
          properties:
            rotationPolicy:
              lifetimeActions: [{trigger: {timeBeforeExpiry: P30D}, action: {type: rotate}}]
    Good:
        - type: Microsoft.KeyVault/vaults/keys
          name: example/one
          properties:
            rotationPolicy:
              lifetimeActions:
                - {trigger: {timeBeforeExpiry: P30D}, action: {type: notify}}
                - {trigger: {timeAfterCreate: P1Y}, action: {type: Rotate}}
    Good:
        - type: Microsoft.KeyVault/vaults/keys
          name: example/one
          properties:
            rotationPolicy:
              attributes: {expiryTime: P1Y}
              lifetimeActions: [{trigger: {timeBeforeExpiry: P30D}, action: {type: rotate}}]
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Key
        Vault/Keys_KeyRotationPolicy_MaximumDaysToRotate.json; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.KeyVault.AutoRotationPolicy.md
    """
    policy = key["properties.rotationPolicy"]
    return policy["lifetimeActions"].some(lambda action: _rotates(action, policy, max_days))


@rule(
    "KV-KEY-003",
    "Workspace keys live in hardware",
    severity=Severity.LOW,
    on=KEY,
    needs=Needs.GRAPH,
    paths=("properties.kty",),
    fix="Use an HSM key type in a premium vault.",
    maps=Maps(
        azure_policy={
            "587c79fe-dd04-4a5e-9d0b-f89598c7261b": "Keys should be backed by a hardware security module (HSM)",
        },
        checkov=("CKV_AZURE_112",),
    ),
)
def workspace_keys_live_in_hardware(key: Document) -> Truth:
    """Workspace keys live in hardware.

    Checks: kty is RSA-HSM or EC-HSM for a key that a workspace, container registry or storage account is encrypted
        with; not applicable to other keys.
    Why: Hardware keys cannot be exported.
    Bad:
        - type: Microsoft.KeyVault/vaults/keys
          name: vault/one
          properties: {kty: RSA}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties:
            encryption:
              status: Enabled
              keyVaultProperties: {keyIdentifier: "https://vault.vault.azure.net/keys/one/0123456789abcdef"}
    Bad:
        - type: Microsoft.KeyVault/vaults/keys
          name: vault/one
          properties: {kty: EC}
        - type: Microsoft.Storage/storageAccounts
          name: storage
          properties:
            encryption:
              keyvaultproperties: {keyvaulturi: "https://vault.vault.azure.net", keyname: one}
    Bad:
        - type: Microsoft.KeyVault/vaults/keys
          name: vault/one
        - type: Microsoft.ContainerRegistry/registries
          name: registry
          properties:
            encryption:
              keyVaultProperties: {keyIdentifier: "https://vault.vault.azure.net/keys/one"}
    Good:
        - type: Microsoft.KeyVault/vaults/keys
          name: vault/one
          properties: {kty: RSA-HSM}
        - type: Microsoft.KeyVault/vaults/keys
          name: vault/two
          properties: {kty: RSA}
        - type: Microsoft.ContainerRegistry/registries
          name: registry
          properties:
            encryption:
              keyVaultProperties: {keyIdentifier: "https://vault.vault.azure.net/keys/one"}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Key Vault/Keys_HSMBacked.json;
        bridgecrewio/checkov checkov/arm/checks/resource/KeyBackedByHSM.py
    """
    return when(encrypts(key), key["properties.kty"].equals("RSA-HSM", "EC-HSM"))


@rule(
    "KV-KEY-004",
    "RSA keys are long enough",
    severity=Severity.MEDIUM,
    on=KEY,
    paths=("properties.keySize", "properties.kty"),
    fix="Use 3072 bits or more.",
    sets={"properties.keySize": 3072},
    maps=Maps(
        azure_policy={
            "82067dbb-e53b-4e06-b631-546d197452d9": (
                "Keys using RSA cryptography should have a specified minimum key size"
            ),
        }
    ),
)
def rsa_keys_are_long_enough(key: Document, *, min_size: int = 2048) -> Truth:
    """RSA keys are long enough.

    Checks: For RSA and RSA-HSM: keySize is at least min_size; one that a program leaves out is 2048, and Azure's
        answers name it. Not applicable to other kinds.
    Why: Short keys can be factored.
    Bad:
        - type: Microsoft.KeyVault/vaults/keys
          name: example/one
          properties: {kty: RSA, keySize: 1024}
    Bad:
        - type: Microsoft.KeyVault/vaults/keys
          name: example/one
          properties: {kty: RSA-HSM}
        - parameters: {min_size: 3072}
    Good:
        - type: Microsoft.KeyVault/vaults/keys
          name: example/one
          properties: {kty: RSA, keySize: 3072}
    Good:
        - type: Microsoft.KeyVault/vaults/keys
          name: example/one
          properties: {kty: RSA}
        - type: Microsoft.KeyVault/vaults/keys
          name: example/two
          properties: {kty: EC, curveName: P-256}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Key Vault/Keys_RSA_MinimumKeySize.json
    """
    by_default = min_size <= DEFAULT_SIZE and not key.is_live
    size = key["properties.keySize"].at_least(min_size, missing=by_default)
    return when(key["properties.kty"].equals("RSA", "RSA-HSM"), size)


def _rotates(action: Node, policy: Node, max_days: int) -> Truth:
    """The action rotates, at most `max_days` after the key's creation."""
    trigger = action["trigger"]
    after = trigger["timeAfterCreate"].satisfies(lambda text: 0 < days(text) <= max_days)
    return action["action.type"].equals("Rotate") & (after | _is_early(trigger, policy, max_days))


def _is_early(trigger: Node, policy: Node, max_days: int) -> Truth:
    """The trigger fires so long before the expiry that `max_days` have not gone by since the creation."""
    expiry, lead = policy["attributes.expiryTime"], trigger["timeBeforeExpiry"]
    return expiry.has_text() & lead.satisfies(lambda text: days(expiry.text) - days(text) <= max_days)
