"""TEMPLATES: documents rendered from data; a template is a word processor file with fields like `{{ subject.name }}`.

The layer knows neither cases nor the database. Whoever calls it hands in what a template may name (`Fields`) and what
stands there (`Words`); a template that names anything else is refused with the field's name. To add a document: the
file in `templates/`, a row in `table.TEMPLATES`, its title in the catalogue of texts.
"""

from service.documents.pdf import convert
from service.documents.table import TEMPLATES, Audience, Template, shipped
from service.documents.template import Problem, Rendered, check, render, words_of
from service.documents.words import Fields, Words

__all__ = [
    "TEMPLATES",
    "Audience",
    "Fields",
    "Problem",
    "Rendered",
    "Template",
    "Words",
    "check",
    "convert",
    "render",
    "shipped",
    "words_of",
]
