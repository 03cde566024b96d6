"""Who may read a file of a case: whoever sees all of it, and whoever is shown the record in which the file stands.

`CaseFileReaders` is the runtime's `FileReaders`.
"""

from __future__ import annotations

from service import forms
from service.auth import View
from service.casework import case_files
from service.casework.case import find
from service.errors import NotFound
from service.runtime.unit import UnitOfWork


class CaseFileReaders:
    """Files follow their records: nobody gets by a file what no page shows them."""

    def is_domain(self, unit: UnitOfWork, business_key: str) -> bool:
        return find(unit, business_key) is not None

    def may_read(self, unit: UnitOfWork, business_key: str, file_id: str) -> bool:
        try:
            seen = case_files.view(unit, int(business_key))
        except NotFound:
            return False
        if seen.view is View.FULL:
            return True
        shown = forms.references([dict(records) for records in seen.subjects])
        return any(item["documentId"] == file_id for item in shown)
