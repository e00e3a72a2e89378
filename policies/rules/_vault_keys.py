"""Who uses which key of a vault."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from azkeep.model.value import Reference
from azkeep.policy import TRUE, Document, Estate, Node, Truth, any_of, deferred, some

from ._storage import ACCOUNT
from ._workspace import WORKSPACE

REGISTRY = "Microsoft.ContainerRegistry/registries"
DISK_SET = "Microsoft.Compute/diskEncryptionSets"
CERTIFICATE = "Microsoft.Web/certificates"
VAULT_LINKS: Mapping[str, tuple[str, ...]] = {
    WORKSPACE: ("properties.keyVault", "properties.encryption.keyVaultProperties.keyVaultArmId"),
    DISK_SET: ("properties.activeKey.sourceVault.id",),
    CERTIFICATE: ("properties.keyVaultId",),
}
"""Where a vault is named by its id."""
KEY_ADDRESSES: Mapping[str, str] = {
    WORKSPACE: "properties.encryption.keyVaultProperties.keyIdentifier",
    REGISTRY: "properties.encryption.keyVaultProperties.keyIdentifier",
}
"""Where a key is named by its address, `https://{vault}.vault.azure.net/keys/{key}/{version}`."""
_ADDRESS = re.compile(r"https://([^./]+)\.vault\.[^/]+(?:/keys/([^/]+)(?:/.*)?)?/*", re.IGNORECASE)

Who = tuple[str, str]
"""Vault and key: names, or `urn …` of what the program declares; the vault is "" where the key alone is known."""


@dataclass(frozen=True)
class KeyUses:
    """The keys that resources of an estate are encrypted with; `not_known` where the key is not, or is no text."""

    of: Mapping[Who, Node]
    of_vault: Mapping[str, Node]
    not_known: tuple[Node, ...]


def encrypts(key: Document) -> Truth:
    """A workspace, container registry or storage account is encrypted with `key`."""
    uses = _uses(key.estate)
    found = tuple(uses.of[who] for who in _names(key) if who in uses.of)
    return any_of((*(node.shown(TRUE) for node in found), *_open(uses), key.fact(False)))


def serves_platform(vault: Document) -> Truth:
    """A workspace, disk set, certificate or customer key of the estate needs `vault`."""
    uses = _uses(vault.estate)
    names = (_name_of(vault), f"urn {vault.urn}")
    encrypting = tuple(uses.of_vault[name].shown(TRUE) for name in names if name in uses.of_vault)
    linked = some(VAULT_LINKS.items(), lambda item: vault.linked_from(item[0], *item[1]).any())
    keys = vault.children("keys").some(encrypts)
    return any_of((linked, *encrypting, keys, *_open(uses), vault.fact(False)))


def _open(uses: KeyUses) -> tuple[Truth, ...]:
    return tuple(node.shown(deferred("which key is used here is not known")) for node in uses.not_known[:1])


def _names(key: Document) -> Iterator[Who]:
    own, name = key.arm_id, _name_of(key)
    if key.urn:
        yield "", f"urn {key.urn}"
    if own is not None and own.parent is not None:
        yield own.parent.name.casefold(), name
    vault = key.parent()
    if vault is not None and vault.urn:
        yield f"urn {vault.urn}", name


def _name_of(document: Document) -> str:
    """Its name; "" where that is not known yet."""
    if document.arm_id is not None:
        return document.arm_id.name.casefold()
    return "" if document.urn else document.name.casefold()


def _uses(estate: Estate) -> KeyUses:
    return estate.kept("keys of vaults", _read_uses)


def _read_uses(estate: Estate) -> KeyUses:
    of: dict[Who, Node] = {}
    of_vault: dict[str, Node] = {}
    not_known: list[Node] = []
    for vault, key, node in _named(estate):
        if not vault and not key:
            not_known.append(node)
            continue
        of.setdefault((vault, key), node)
        if vault:
            of_vault.setdefault(vault, node)
    return KeyUses(of, of_vault, tuple(not_known))


def _named(estate: Estate) -> Iterator[tuple[str, str, Node]]:
    """(vault, key, where) of each use; "" and "" where it is not known."""
    for type_, path in KEY_ADDRESSES.items():
        for document in estate.of_type(type_):
            yield from _by_address(document[path])
    for document in estate.of_type(ACCOUNT):
        place = document["properties.encryption.keyvaultproperties"]
        yield from _by_parts(place["keyvaulturi"], place["keyname"])


def _by_address(node: Node) -> Iterator[tuple[str, str, Node]]:
    value = node.value
    if isinstance(value, Reference):
        yield "", f"urn {value.urn}", node
    elif isinstance(value, str):
        found = _ADDRESS.fullmatch(value.strip())
        if found and found[2]:
            yield found[1].casefold(), found[2].casefold(), node
    elif not node.is_missing:
        yield "", "", node


def _by_parts(address: Node, name: Node) -> Iterator[tuple[str, str, Node]]:
    if isinstance(name.value, Reference):
        yield "", f"urn {name.value.urn}", name
    elif name.is_missing or address.is_missing:
        return
    elif not isinstance(name.value, str):
        yield "", "", name
    elif isinstance(address.value, Reference):
        yield f"urn {address.value.urn}", name.value.casefold(), name
    elif isinstance(address.value, str):
        found = _ADDRESS.fullmatch(address.value.strip())
        if found:
            yield found[1].casefold(), name.value.casefold(), name
    else:
        yield "", "", address
