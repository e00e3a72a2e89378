"""What the offline monitor makes of a program."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from azkeep.errors import ProgramError, Source
from azkeep.model.resource import Resource
from azkeep.model.value import Reference, Secret, Unknown
from azkeep.program.offline import Declaration, declare
from azkeep.program.project import Project, load_project

NETWORK = """
import pulumi
from pulumi_azure_native import keyvault, network, resources, storage
group = resources.ResourceGroup("rg", resource_group_name="estate", location="westeurope")
vnet = network.VirtualNetwork("vnet", virtual_network_name="net", resource_group_name=group.name)
subnet = network.Subnet("subnet", subnet_name="apps", resource_group_name=group.name, virtual_network_name=vnet.name)
"""
ACCOUNT = """
account = storage.StorageAccount("account", resource_group_name=group.name, kind="StorageV2",
    sku={"name": "Standard_LRS"})
"""
ENDPOINT = """
network.PrivateEndpoint("endpoint", private_endpoint_name="pe", resource_group_name=group.name,
    subnet=network.SubnetArgs(id=subnet.id),
    private_link_service_connections=[network.PrivateLinkServiceConnectionArgs(
        name="blob", group_ids=["blob"], private_link_service_id=account.id)],
    tags={"guid": vnet.resource_guid, "upper": vnet.resource_guid.apply(str.upper)})
"""


def declared(project: Project, secret: frozenset[str] = frozenset(), **config: str) -> Declaration:
    return declare(
        project, stack="dev", config={f"tiny:{key}": text for key, text in config.items()}, secret_config=secret
    )


def named(declaration: Declaration, name: str) -> Resource:
    (found,) = [resource for resource in declaration.resources if resource.name == name]
    return found


def test_ids_bodies_and_lines_of_a_network(stack: Callable[..., Project]) -> None:
    """Names that are given make ARM ids, known outputs flow on, and each resource has its line and body."""
    found = declared(stack(NETWORK))
    subnet = named(found, "subnet")
    base = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/estate"
    assert [resource.name for resource in found.resources] == ["rg", "vnet", "subnet"]
    assert named(found, "rg").id == base
    assert subnet.id == f"{base}/providers/Microsoft.Network/virtualNetworks/net/subnets/apps"
    assert subnet.source == Source("__main__.py", 6)
    assert subnet.type == "Microsoft.Network/virtualNetworks/subnets"
    assert subnet.urn == "urn:pulumi:dev::tiny::azure-native:network:Subnet::subnet"
    assert set(subnet.dependencies) == {named(found, "rg").urn, named(found, "vnet").urn}
    assert subnet.property_dependencies["virtualNetworkName"] == (named(found, "vnet").urn,)
    vnet = named(found, "vnet")
    assert vnet.inputs["location"] == "westeurope"
    assert vnet.body is not None
    assert vnet.body["location"] == "westeurope"


def test_what_only_the_service_knows_is_a_reference(stack: Callable[..., Project]) -> None:
    """An unknown that is an output names it; one derived from an output names its resource alone."""
    found = declared(stack(NETWORK + ACCOUNT + ENDPOINT))
    endpoint = named(found, "endpoint")
    (connection,) = endpoint.inputs["privateLinkServiceConnections"]
    assert connection["privateLinkServiceId"] == Reference(named(found, "account").urn, "id")
    assert endpoint.inputs["tags"]["guid"] == Reference(named(found, "vnet").urn, "resourceGuid")
    assert endpoint.inputs["tags"]["upper"] == Reference(named(found, "vnet").urn, "")
    assert endpoint.inputs["subnet"]["id"] == named(found, "subnet").id
    assert endpoint.body is not None
    (sent,) = endpoint.body["properties"]["privateLinkServiceConnections"]
    assert sent["properties"]["privateLinkServiceId"] == Reference(named(found, "account").urn, "id")
    assert named(found, "account").id is None


def test_a_member_of_an_output_is_a_reference(stack: Callable[..., Project]) -> None:
    """`account.identity.principal_id` names the path within the output."""
    found = declared(
        stack(
            NETWORK
            + """
account = storage.StorageAccount("account", resource_group_name=group.name, kind="StorageV2",
    sku={"name": "Standard_LRS"}, identity=storage.IdentityArgs(type="SystemAssigned"))
keyvault.Vault("vault", resource_group_name=group.name, properties=keyvault.VaultPropertiesArgs(
    tenant_id="t", sku=keyvault.SkuArgs(family="A", name="standard"),
    access_policies=[keyvault.AccessPolicyEntryArgs(
        tenant_id="t", object_id=account.identity.principal_id, permissions={})]))
"""
        )
    )
    (policy,) = named(found, "vault").inputs["properties"]["accessPolicies"]
    assert policy["objectId"] == Reference(named(found, "account").urn, "identity.principalId")


def test_secrets_stay_secret(stack: Callable[..., Project]) -> None:
    """A secret of the config or of the program is a Secret in inputs, body and outputs, also where it is nested."""
    found = declared(
        stack(
            NETWORK
            + """
key = pulumi.Config().require_secret("key")
network.RouteTable("table", resource_group_name=group.name, tags={"key": key, "plain": "x"})
network.RouteTable("other", resource_group_name=group.name, tags=pulumi.Output.secret({"a": "b"}))
pulumi.export("key", key)
"""
        ),
        frozenset({"tiny:key"}),
        key="hush",
    )
    assert named(found, "table").inputs["tags"] == {"key": Secret("hush"), "plain": "x"}
    assert named(found, "other").inputs["tags"] == {"a": Secret("b")}
    assert named(found, "table").body["tags"]["key"] == Secret("hush")  # type: ignore[index]
    assert found.outputs == {"key": Secret("hush")}
    assert "hush" not in repr(found)


def test_a_secret_that_is_not_at_hand_is_a_secret_unknown(stack: Callable[..., Project]) -> None:
    """A program that requires an encrypted setting runs without its passphrase."""
    found = declared(
        stack(
            NETWORK
            + """
key = pulumi.Config().require_secret("key")
network.RouteTable("table", resource_group_name=group.name, tags={"key": key})
"""
        ),
        frozenset({"tiny:key"}),
    )
    assert named(found, "table").inputs["tags"] == {"key": Secret(Unknown())}


def test_a_resource_within_an_unknown_is_reported_as_not_seen(stack: Callable[..., Project]) -> None:
    """Its callback's line and class are named; a callback that declares nothing is not."""
    found = declared(
        stack(
            NETWORK
            + """
def more(guid):
    helper(guid)
def helper(guid):
    network.RouteTable(guid, resource_group_name=group.name)
vnet.resource_guid.apply(more)
vnet.resource_guid.apply(lambda guid: guid.upper())
vnet.id.apply(lambda id: network.NetworkSecurityGroup("seen", resource_group_name=group.name))
"""
        )
    )
    assert [(str(hole.source), hole.classes) for hole in found.not_seen] == [("__main__.py:8", ("RouteTable",))]
    assert "seen" in [resource.name for resource in found.resources]


def test_components_carry_their_children(stack: Callable[..., Project]) -> None:
    """A component is a resource without id and body; its child's URN has both types and its line is the program's."""
    found = declared(
        stack(
            """
import pulumi, parts
parts.Net("net")
""",
            parts="""
import pulumi
from pulumi_azure_native import network
class Net(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("parts:index:Net", name)
        network.VirtualNetwork(f"{name}-vnet", resource_group_name="g", virtual_network_name="v",
            opts=pulumi.ResourceOptions(parent=self, protect=True))
        self.register_outputs({})
""",
        )
    )
    net, vnet = found.resources
    assert (net.type, net.is_component, net.id, net.body) == ("parts:index:Net", True, None, None)
    assert net.source == Source("__main__.py", 3)
    assert vnet.urn == "urn:pulumi:dev::tiny::parts:index:Net$azure-native:network:VirtualNetwork::net-vnet"
    assert (vnet.parent, vnet.protect) == (net.urn, True)
    assert vnet.source == Source("parts.py", 7)


def test_functions_answer_in_their_shape(stack: Callable[..., Project]) -> None:
    """getClientConfig answers what was given; other functions are unknown, pasted text too; stack references too."""
    project = stack("""
import pulumi
from pulumi_azure_native import authorization, keyvault, network
me = authorization.get_client_config()
vault = keyvault.get_vault(vault_name="v", resource_group_name="g")
other = pulumi.StackReference("org/other/dev")
pulumi.export("me", me.subscription_id)
network.RouteTable("table", resource_group_name="g", route_table_name=f"t-{me.tenant_id}", tags={
    "uri": vault.properties.vault_uri, "pasted": f"{vault.properties.vault_uri}keys",
    "late": authorization.get_client_config_output().object_id,
    "later": keyvault.get_vault_output(vault_name="v", resource_group_name="g").id,
    "other": other.require_output("x"),
})
""")
    found = declare(
        project, stack="dev", config={"azure-native:tenantId": "ten"}, secret_config=frozenset(),
        client={"subscriptionId": "sub", "objectId": "me"},
    )  # fmt: skip
    table = named(found, "table")
    assert found.outputs == {"me": "sub"}
    assert table.id == "/subscriptions/sub/resourceGroups/g/providers/Microsoft.Network/routeTables/t-ten"
    tags = table.inputs["tags"]
    assert tags["late"] == "me"
    assert {tags[key] for key in ("uri", "pasted", "later")} == {Unknown()}
    assert not isinstance(tags["other"], str)


def test_transforms_of_the_program_apply(stack: Callable[..., Project]) -> None:
    """Both of Pulumi's kinds of transforms change what is declared."""
    found = declared(
        stack(
            """
import pulumi
from pulumi_azure_native import network
def tag(args):
    return pulumi.ResourceTransformResult(props={**args.props, "tags": {"by": "transform"}}, opts=args.opts)
def place(args):
    args.props["location"] = "northeurope"
    return pulumi.ResourceTransformationResult(props=args.props, opts=args.opts)
pulumi.runtime.register_resource_transform(tag)
pulumi.runtime.register_stack_transformation(place)
network.RouteTable("table", resource_group_name="g")
"""
        )
    )
    assert named(found, "table").inputs["tags"] == {"by": "transform"}
    assert named(found, "table").inputs["location"] == "northeurope"


def test_an_unknown_type_is_shown_with_its_token(stack: Callable[..., Project]) -> None:
    """A resource that azkeep does not know keeps its inputs, without id and body."""
    found = declared(
        stack("""
from pulumi_azure_native import batch
batch.BatchAccount("account", resource_group_name="g", account_name="name")
""")
    )
    (account,) = found.resources
    assert account.type == account.token == "azure-native:batch:BatchAccount"
    assert (account.id, account.body) == (None, None)
    assert account.inputs["accountName"] == "name"


def test_a_program_that_fails_is_a_program_error(stack: Callable[..., Project]) -> None:
    """The error names the program's own line."""
    with pytest.raises(ProgramError) as caught:
        declared(stack("import pulumi\npulumi.Config().require('size')\n"))
    assert caught.value.source == Source("__main__.py", 2)
    assert "tiny:size" in caught.value.summary
    assert caught.value.fix == "azkeep config set STACK tiny:size VALUE"


def test_sixty_resources_take_no_time(stack: Callable[..., Project]) -> None:
    """Sixty resources, in the program's order, stay well under 1.5 s, twice over for a busy machine."""
    project = stack(NETWORK + "for n in range(57):\n    network.RouteTable(f't{n}', resource_group_name=group.name)\n")
    began = time.monotonic()
    found = declared(project)
    assert time.monotonic() - began < 3
    assert [resource.name for resource in found.resources[3:]] == [f"t{n}" for n in range(57)]


def test_the_plain_example_is_declared_whole() -> None:
    """The shipped example runs offline, and every resource has a type that azkeep knows."""
    folder = Path(__file__).parents[3] / "examples" / "plain-workspace"
    found = declare(
        load_project(folder), stack="dev", config={"plain-workspace:prefix": "plain"}, secret_config=frozenset()
    )
    types = {resource.type for resource in found.resources}
    assert "Microsoft.MachineLearningServices/workspaces" in types
    assert all(kind.startswith("Microsoft.") for kind in types)
