"""Rongcuo: the tolerance and correction procedure, run as models.

Layers, from the doors down to the floor, are written in `[tool.importlinter]` of `pyproject.toml`.
"""

__version__ = "0.1.0"  # as in pyproject.toml
