"""Is the estate still what was applied? Recorded documents against live ones, noise taken out, coverage counted."""
