"""Template deployments: templates are evaluated, and their resources written as the caller's own requests."""
