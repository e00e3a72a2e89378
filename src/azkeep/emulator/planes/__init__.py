"""Data planes of the local cloud: what services answer at addresses of their own, beside ARM."""
