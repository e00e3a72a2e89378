"""Protection against deletion."""

from __future__ import annotations

from azkeep.policy import Document, Maps, Needs, Severity, Truth, deferred, fact, rule, when
from azkeep.policy.truth import Evidence, NotDecided, State

from ._environment import in_production
from ._places import extensions_around

LOCK = "Microsoft.Authorization/locks"
STORES = (
    "Microsoft.MachineLearningServices/workspaces",
    "Microsoft.MachineLearningServices/registries",
    "Microsoft.KeyVault/vaults",
    "Microsoft.ContainerRegistry/registries",
    "Microsoft.Storage/storageAccounts",
    "Microsoft.Sql/servers/databases",
)
"""What holds state that cannot be made again."""


@rule(
    "GOV-LCK-001",
    "Stores that hold state cannot be deleted by accident",
    severity=Severity.MEDIUM,
    on=STORES,
    needs=Needs.GRAPH,
    paths=("Microsoft.Authorization/locks: properties.level", "Microsoft.Authorization/locks: scope"),
    fix="Add a delete lock.",
    maps=Maps(azure_policy={"78460a36-508a-49a4-b2b2-2f5ec564f4bb": "Do not allow deletion of resource types"}),
)
def stores_that_hold_state_cannot_be_deleted_by_accident(store: Document) -> Truth:
    """Stores that hold state cannot be deleted by accident.

    Checks: In production, by the environment tag of the store or else of its group: a CanNotDelete lock (or a
        ReadOnly one, which forbids more) on it, on its group, or on what else encloses it. Elsewhere not applicable.
    Why: One wrong destroy removes models, keys and data.
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
          tags: {environment: production}
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: store
        - type: Microsoft.Resources/resourceGroups
          name: example
          tags: {environment: production}
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
          tags: {environment: production}
        - type: Microsoft.Authorization/locks
          name: keep
          scope: "@example"
          properties: {level: CanNotDelete}
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
          tags: {environment: production}
        - type: Microsoft.Authorization/locks
          name: keep
          scope: /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/example
          properties: {level: CanNotDelete}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/General/ResourceType_denyActionDelete.json
    """
    locked = extensions_around(store, LOCK).some(lambda lock: lock["properties.level"].equals(*KEEPING))
    if locked.state is State.FALSE and not locked.evidence:
        locked = store.fact(False)
    return when(is_in_production(store), locked.otherwise("no lock keeps it from deletion"))


KEEPING = ("CanNotDelete", "ReadOnly")
"""Source: Azure Resource Manager, "Lock your resources": both levels refuse to delete."""


def is_in_production(store: Document) -> Truth:
    """By the tag of the store, else of its group."""
    try:
        return in_production(store, store.group())
    except NotDecided as open_:
        own = in_production(store)
        return own if own.state is State.TRUE else open_.truth


@rule(
    "GOV-LCK-002",
    "State-holding resources are protected in the program",
    severity=Severity.MEDIUM,
    on=STORES,
    needs=Needs.PROGRAM,
    paths=("options.protect",),
    fix="Set protect on the resource.",
)
def state_holding_resources_are_protected_in_the_program(store: Document) -> Truth:
    """State-holding resources are protected in the program.

    Checks: In production, as GOV-LCK-001 finds it: the program sets protect, or retainOnDelete. Elsewhere not
        applicable; what is only live tells no option.
    Why: A rename in code must not replace a store.
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
          tags: {environment: production}
          program: {protect: false}
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
          tags: {environment: production}
          program: {protect: true}
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
          tags: {environment: production}
          program: {retain_on_delete: true}
    Source: own rule (platform-team practice); no outside rule found
    """
    return when(is_in_production(store), _is_protected(store))


def _is_protected(store: Document) -> Truth:
    if store.program is None:
        return deferred("only a program tells its options")
    kept = store.program.protect or store.program.retain_on_delete
    return fact(kept, Evidence(store, "/options/protect", store.program.protect))
