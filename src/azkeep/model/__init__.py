"""The nouns every room speaks: ids, values, resources, plans, drift. Frozen, without I/O."""
