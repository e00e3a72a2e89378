"""Microsoft.Security/securityContacts: whom Microsoft Defender for Cloud writes to.

Source: Security Contacts REST API 2023-12-01-preview.
"""

from __future__ import annotations

from azkeep.types._storage import only_default
from azkeep.types.resource_type import ResourceType, Timing

TYPE = ResourceType(
    arm_type="Microsoft.Security/securityContacts",
    token="azure-native:security:SecurityContact",
    path="/subscriptions/{subscriptionId}/providers/Microsoft.Security/securityContacts/{securityContactName}",
    name=only_default("a security contact"),
    location="none",
    tags=False,
    put=Timing(created=200),
    provisioning_state=None,
    tracked=False,
    unordered=("/properties/notificationsByRole/roles", "/properties/notificationsSources"),
)
