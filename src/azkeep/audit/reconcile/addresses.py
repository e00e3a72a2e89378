"""One address range has several spellings: `10.0.0.4` and `10.0.0.4/32`, `fd00:0:0::/48` and `fd00::/48`.

Source: Key Vault answers a single address of a rule as `/32`; RFC 5952 for the short form of IPv6.
"""

import ipaddress
import re

from azkeep.audit.reconcile.walk import each_text, is_free_text
from azkeep.model.value import Body
from azkeep.types.resource_type import ResourceType

LIKE = re.compile(r"^([0-9]{1,3}(\.[0-9]{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*)(/[0-9]{1,3})?$")


def fold_addresses(body: Body, type_: ResourceType | None) -> Body:
    """`body` with every address and range in one spelling: a single address without its length."""

    def fold(path: tuple[str, ...], text: str) -> str:
        if is_free_text(path) or not LIKE.match(text):
            return text
        try:
            found = ipaddress.ip_interface(text)
        except ValueError:
            return text
        whole = found.network.prefixlen == found.network.max_prefixlen
        return str(found.ip) if whole else str(found)

    return each_text(body, fold)
