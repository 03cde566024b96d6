"""What one evaluation may use, so that no expression can hang or exhaust the server."""

from __future__ import annotations

MAX_TEXT = 1_000_000  # characters of an expression
MAX_NESTING = 100  # levels of the syntax tree
MAX_CALLS = 150  # depth of calls of user-defined functions; above Python's own limit of frames it could not go
MAX_STEPS = 1_000_000  # iterations, calls and items that builtins walk over
MAX_ITEMS = 200_000  # of one list
MAX_STRING = 1_000_000  # characters of one string
MAX_DEPTH = 200  # of lists and contexts in one another
MAX_WEIGHT = 10_000_000  # about the characters of a value written out; parts that it shares count each time
MAX_DIAGNOSTICS = 100
REGEX_SECONDS = 1.0  # for all regular expressions together
