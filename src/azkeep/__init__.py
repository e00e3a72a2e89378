"""azkeep: declare, preview, apply and audit secure Azure Machine Learning estates."""

__version__ = "0.1.0"
