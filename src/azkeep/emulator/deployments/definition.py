"""Members that a deployment's own classes have: what else stands in a template is refused before it is evaluated.

Source: Azure Resource Manager, structure and syntax of templates; troubleshooting template deployments, where a
resource has `apiVersion1`. What lies in `properties`, in a nested template too, is read by whom it is for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from azkeep.emulator.deserialization import no_member
from azkeep.model.value import Body

TEMPLATE = frozenset(
    (
        *("$schema", "apiprofile", "asserts", "contentversion", "definitions", "extensions", "functions", "imports"),
        *("languageversion", "metadata", "outputs", "parameters", "resources", "rules", "variables"),
    )
)
RESOURCE = frozenset(
    (
        *("apiversion", "asserts", "comments", "condition", "copy", "dependson", "existing", "extendedlocation"),
        *("extension", "id", "identity", "import", "kind", "location", "managedby", "managedbyextended", "metadata"),
        *("name", "@options", "placement", "plan", "properties", "resourcegroup", "resources", "retryon", "scale"),
        *("scope", "sku", "subscriptionid", "tags", "type", "waituntil", "zones"),
    )
)


def check_members(sent: Body) -> None:
    """Raises ArmFault for the first member of the template in the request `sent`, or of a resource in it, that is none.

    Lower-case names of what is known are `TEMPLATE` and `RESOURCE`.
    """
    template, here = sent["properties"]["template"], ("properties", "template")
    for name, value in template.items():
        if name.lower() not in TEMPLATE:
            raise no_member(sent, (*here, name), "Template")
        if name == "resources":
            for parts in _unknown(value, (*here, name)):
                raise no_member(sent, parts, "TemplateResource")


def _unknown(resources: Any, at: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Where `resources`, a list or an object by symbol, have members that they should not."""
    items = enumerate(resources) if isinstance(resources, list) else ()
    named = resources.items() if isinstance(resources, Mapping) else items
    for key, each in named:
        if not isinstance(each, Mapping):
            continue
        here = (*at, str(key))
        for name, value in each.items():
            if name.lower() not in RESOURCE:
                yield (*here, name)
            elif name == "resources":
                yield from _unknown(value, (*here, name))
