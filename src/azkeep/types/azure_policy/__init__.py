"""Azure Policy's language, its built-in definitions, and what an assignment makes of them. Pure.

Sources: Microsoft Learn, "Azure Policy definition structure: policy rule", "… alias", "… parameters", "assignment
structure", "exemption structure"; the definitions themselves: repository Azure/azure-policy.
"""
