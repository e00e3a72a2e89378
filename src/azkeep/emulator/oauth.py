"""How the identity service refuses. Source: OAuth 2, error responses; Microsoft identity platform, AADSTS codes."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import Any


@dataclass(eq=False)
class OauthError(Exception):
    """The identity service's refusal, in OAuth 2 form."""

    status: int
    error: str
    description: str

    def body(self) -> dict[str, Any]:
        codes = [int(self.description[7:].split(":")[0])] if self.description.startswith("AADSTS") else []
        return {
            "error": self.error,
            "error_description": self.description,
            "error_codes": codes,
            "timestamp": time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime()),
            "trace_id": str(uuid.uuid4()),
            "correlation_id": str(uuid.uuid4()),
        }
