"""The part of the Kusto query language that the local cloud's Resource Graph understands; anything else is refused.

Source: Kusto query language reference, and the list of what Azure Resource Graph supports of it.
"""
