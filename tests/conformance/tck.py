"""The DMN engine as the conformance runner calls it. The contract stands in `tck/run_tck.py` of the shared folder."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from service import dmn, feel

ENVIRONMENT = feel.Environment(now=dt.datetime.now(dt.UTC), zone=ZoneInfo("UTC"))

_PLAIN = frozenset([str, Decimal, bool, type(None)])  # FEEL values as they are
_Stamp = tuple[str, int]
LOOK_SECONDS = 0.1


def evaluate(model_paths: Sequence[Path], invocable: str, kind: str, inputs: Mapping[str, object]) -> feel.Value:
    """Evaluate a decision, business knowledge model or decision service of the first model, found by its name."""
    model = _current(tuple(model_paths))
    values = {name: value if type(value) in _PLAIN else _value(value) for name, value in inputs.items()}
    if kind == "bkm":
        return dmn.evaluate_function(model, invocable, values, ENVIRONMENT).value
    if kind == "decisionService":
        return dmn.evaluate_service(model, invocable, values, ENVIRONMENT).value
    # A value under a decision's name stands in for its evaluation.
    given = values if len(model.decisions) > 1 else None
    return dmn.evaluate(model, invocable, values, ENVIRONMENT, given=given, trace=False).value


def _current(paths: tuple[Path, ...]) -> dmn.Model:
    """The model of these files as they are now; a file that was looked at just before is not looked at again."""
    now = time.monotonic()
    looked, model = _LOOKED.get(paths, (0.0, None))
    if model is None or now - looked > LOOK_SECONDS:
        model = _model(tuple([(str(path), os.stat(path).st_mtime_ns) for path in paths]))
        if len(_LOOKED) >= 64:
            _LOOKED.clear()
        _LOOKED[paths] = now, model
    return model


_LOOKED: dict[tuple[Path, ...], tuple[float, dmn.Model]] = {}


@lru_cache(maxsize=64)
def _model(stamps: tuple[_Stamp, ...]) -> dmn.Model:
    models = [dmn.read(Path(path).read_bytes(), Path(path).name) for path, _ in stamps]
    return dmn.link(models)[0]


def _value(value: object) -> feel.Value:
    """A FEEL value of what the runner hands over; its temporal values are a type name and a text."""
    if isinstance(value, list):
        return [_value(item) for item in value]
    if isinstance(value, dict):
        return {name: _value(item) for name, item in value.items()}
    lexical = getattr(value, "lexical", None)
    if isinstance(lexical, str):
        return feel.temporal.parse(lexical)
    return feel.from_python(value)
