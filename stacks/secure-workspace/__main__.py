"""A secure Azure Machine Learning workspace, from the network up to a served model.

What each part looks like stands in Pulumi.<env>.yaml; what nothing is said about is secure.
"""

import pulumi

from azkeep.components import (
    Companions,
    Compute,
    Estate,
    Identities,
    Locks,
    Monitoring,
    Network,
    OnlineEndpoint,
    PrivateAccess,
    Registry,
    Roles,
    Storage,
    Vault,
    Workspace,
    stack_settings,
)

settings = stack_settings("estate")
estate = Estate("estate", settings)

# The companions: made here, or given by id.
monitoring = Monitoring("monitoring", estate, settings.monitoring)
storage = Storage("storage", estate, settings.storage, monitoring)
vault = Vault("vault", estate, settings.vault, monitoring)
registry = Registry("registry", estate, settings.registry, monitoring)

# The network: own, existing or managed.
network = Network("network", estate, settings.network, storage)

# One identity for each purpose, with no more rights than it needs.
companions = Companions(storage, vault, registry, monitoring)
roles = Roles("roles", estate, Identities("identities", estate), companions)
workspace = Workspace("workspace", estate, settings.workspace, companions, roles, network)

# The only way in: private endpoints, and the names that lead to them.
access = PrivateAccess("access", estate, settings.dns, network, [*companions.targets, workspace.target])
roles.let_studio_read(access)

last = access.ready
if settings.compute:
    compute = Compute("compute", estate, settings.compute, workspace, network, access)
    last = [*last, *compute.clusters.values()]
if settings.endpoint:
    scoring = OnlineEndpoint("scoring", estate, settings.endpoint, workspace, access, after=last)
    pulumi.export("endpoint", scoring.name)
if settings.protected:
    Locks("locks", estate, workspace, after=last)

pulumi.export("workspace_id", workspace.id)
pulumi.export("registry", registry.address)
