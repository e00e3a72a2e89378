"""A stack folder of any size, of what estates have: groups, networks, subnets, vaults, storage and endpoints."""

from __future__ import annotations

from pathlib import Path

PROGRAM = """
import pulumi
from pulumi_azure_native import keyvault, network, resources, storage

COUNT = {count}


def groups(count):
    made = 0
    while made < count:
        n = made // 8
        group = resources.ResourceGroup(f"group{{n}}", location="westeurope", tags={{"estate": "bench"}})
        vnet = network.VirtualNetwork(
            f"network{{n}}", resource_group_name=group.name, address_space={{"address_prefixes": ["10.0.0.0/16"]}}
        )
        rules = network.NetworkSecurityGroup(
            f"rules{{n}}", resource_group_name=group.name,
            security_rules=[network.SecurityRuleArgs(
                name="deny", access="Deny", direction="Inbound", priority=4096, protocol="*",
                source_address_prefix="*", source_port_range="*",
                destination_address_prefix="*", destination_port_range="*",
            )],
        )
        subnet = network.Subnet(
            f"subnet{{n}}", resource_group_name=group.name, virtual_network_name=vnet.name,
            address_prefix="10.0.0.0/24", network_security_group=network.NetworkSecurityGroupArgs(id=rules.id),
        )
        account = storage.StorageAccount(
            f"account{{n}}", resource_group_name=group.name, kind="StorageV2",
            sku=storage.SkuArgs(name="Standard_LRS"), allow_blob_public_access=False,
        )
        storage.BlobContainer(f"container{{n}}", resource_group_name=group.name, account_name=account.name)
        keyvault.Vault(
            f"vault{{n}}", resource_group_name=group.name,
            properties=keyvault.VaultPropertiesArgs(
                tenant_id="00000000-0000-0000-0000-000000000000",
                sku=keyvault.SkuArgs(family="A", name="standard"), enable_rbac_authorization=True,
            ),
        )
        network.PrivateEndpoint(
            f"endpoint{{n}}", resource_group_name=group.name, subnet=network.SubnetArgs(id=subnet.id),
            private_link_service_connections=[network.PrivateLinkServiceConnectionArgs(
                name="blob", group_ids=["blob"], private_link_service_id=account.id,
            )],
        )
        made += 8


groups(COUNT)
pulumi.export("count", COUNT)
"""


def write(folder: Path, count: int) -> int:
    """Writes a stack of `count` resources, rounded up to whole groups of eight, and tells how many it has."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Pulumi.yaml").write_text("name: bench\nruntime: python\n", encoding="utf-8")
    (folder / "__main__.py").write_text(PROGRAM.format(count=count), encoding="utf-8")
    return -(-count // 8) * 8
