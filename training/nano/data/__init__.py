"""Data families. Importing the package registers all of them (see registry.py)."""
from . import arithmetic, chat, facts, handwritten, logic, long, memory, pictures, prose, tools  # noqa: F401
from .registry import FAMILIES, family, make  # noqa: F401
