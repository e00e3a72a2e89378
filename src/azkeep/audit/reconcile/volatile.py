"""Properties that move by themselves, such as etags and modification times, as the type lists them."""

from azkeep.model.value import Body, remove
from azkeep.types.resource_type import ResourceType

ENVELOPE = ("/id", "/name", "/type", "/etag", "/systemData")


def drop_volatile(body: Body, type_: ResourceType | None) -> Body:
    """`body` without its identity (which matched already) and without what its type calls volatile."""
    for pointer in (*ENVELOPE, *(type_.volatile if type_ else ())):
        body = remove(body, pointer)
    return body
