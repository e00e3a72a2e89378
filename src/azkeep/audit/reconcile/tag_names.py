"""The name of a tag comes back in another casing; its value does not. Source: tag-resources, "Tag names are
case-insensitive for operations … Tag values are case-sensitive"."""

from azkeep.model.value import Body
from azkeep.types.resource_type import ResourceType


def fold_tag_names(body: Body, type_: ResourceType | None) -> Body:
    """`body` with lower-case names of tags; values are kept."""
    tags = body.get("tags")
    if not isinstance(tags, dict):
        return body
    return {**body, "tags": {str(name).lower(): value for name, value in tags.items()}}
