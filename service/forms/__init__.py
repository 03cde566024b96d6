"""form-js schemas: read, checked, and submissions validated against them. Pure.

`read` turns a `.form` file into a `Form` with findings. `validate` is the authority over what a browser or an API
client sends: it repeats on the server everything the viewer checks. `paths` says which records and variables a result
touches. `display` describes stored data by the form's labels, for completed tasks and for pages without script.
`restricted` and `concealed` close or leave out the fields that a step may not change or see.

What may stand in a form is `kinds.KINDS`: one row a component type; a type without a row is refused at deployment.
"""

from __future__ import annotations

from service.forms.display import Row, display
from service.forms.kinds import KINDS, Kind, Unfit
from service.forms.reader import read
from service.forms.rights import HIDDEN, concealed, keys, restricted
from service.forms.schema import Component, Field, Form
from service.forms.validation import Files, nest, paths, references, validate

__all__ = [
    "HIDDEN",
    "KINDS",
    "Component",
    "Field",
    "Files",
    "Form",
    "Kind",
    "Row",
    "Unfit",
    "concealed",
    "display",
    "keys",
    "nest",
    "paths",
    "read",
    "references",
    "restricted",
    "validate",
]
