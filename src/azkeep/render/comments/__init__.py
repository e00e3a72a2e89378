"""What Markdown says of results that are no judgement: one file for each kind."""
