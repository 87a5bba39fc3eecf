"""Registry of data families.

A family is a function (sources, rng) -> sample or None. A sample is {"text": str} or
{"messages": [...], "thinking": bool, "tools": [...]?}. Sample i of a family is a pure function of
(family name, data version, i): the same index always gives the same sample from the same sources.
"""
from ..rng import Rng

FAMILIES = {}


def family(name):
    """Decorator that registers a family."""
    def add(function):
        FAMILIES[name] = function
        return function
    return add


def make(name, sources, version, index):
    """Sample `index` of the family; a family may answer None (a reserved item), then the caller goes on."""
    return FAMILIES[name](sources, Rng(name, version, index))
