"""The local cloud: an Azure Resource Manager and its identity service, served on loopback from SQLite."""
