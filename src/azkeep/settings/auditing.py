"""What azkeep.yaml says about audits.

audit:
  ignore:
    - resource: keepdevst            # an ARM id, a name, or a glob of either
      path: tags.*                   # a property, dotted or as JSON pointer, or a glob; left out: all of it
      reason: the cost team tags what it likes
      expires: 2027-03-31
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Said = Annotated[str, Field(min_length=1)]


class IgnoreRule(BaseModel):
    """Findings that are known and no drift, why, and until when; `expires` is the last day on which it holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    resource: Said = Field(description="An ARM id, a resource's name, or a glob of either.")
    path: str = Field(default="*", description="A property, dotted or as JSON pointer, or a glob; * for all of it.")
    reason: Said = Field(description="Why this is no drift.")
    expires: date = Field(description="The last day on which the rule holds.")


class AuditSettings(BaseModel):
    """The section `audit`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ignore: tuple[IgnoreRule, ...] = Field(default=(), description="What is known and no drift.")


NOTHING = AuditSettings()
