"""What archives of cases say and what is said about them, in English, which is the msgid of the catalogues."""

MESSAGES: dict[str, str] = {
    "archives.at": "Moment",
    "archives.event": "What came about",
    "archives.documents": "Documents",
    "archives.material": "Evidence and other material",
    "archives.path_documents": "documents",
    "archives.path_material": "material",
    "archives.path_readme": "read-me.txt",
    "archives.page_index": "Catalogue",
    "archives.page_records": "Records",
    "archives.page_timeline": "Timeline",
    "archives.page_judgements": "Judgements explained",
    "archives.page_deadlines": "Deadline sheets",
    "archives.person": "Person",
    "archives.start": "First day (does not count)",
    "archives.length": "Length",
    "archives.due": "Due day",
    "archives.calendar": "Version of the calendar",
    "archives.notices": "Notices used",
    "archives.pause": "Stopped",
    "archives.extension": "Extended",
    "archives.day": "Day",
    "archives.why": "Counted or not, and why",
    "archives.case": "Case",
    "archives.organ": "Organ in charge",
    "archives.accountability": "Volume of the accountability case",
    "archives.persons": "Persons held accountable",
    "archives.kind": "Kind of archive",
    "archives.kind_archive": "whole archive, for filing",
    "archives.kind_export": "export, without reasons and opinions of the meeting",
    "archives.title_archive": "whole-archive",
    "archives.title_export": "export",
    "archives.readme_archive": "Archive of case {case}, whole.\n"
    "\n"
    "Open the catalogue in a browser; nothing else is needed. To prove the archive "
    "whole: take verify_archive.py out of it and run\n"
    "  python3 verify_archive.py ARCHIVE.zip\n"
    "It needs Python and nothing else. Compare the SHA-256 that it prints with the "
    "one in the register of archives.\n",
    "archives.readme_export": "Export of case {case}: without the material on reasons and basis, without the "
    "opinions of the meeting, without what may tell who informed the organ.\n"
    "\n"
    "Open the catalogue in a browser; nothing else is needed. To prove the archive "
    "whole: take verify_archive.py out of it and run\n"
    "  python3 verify_archive.py ARCHIVE.zip\n"
    "It needs Python and nothing else. Compare the SHA-256 that it prints with the "
    "one in the register of archives.\n",
    "archives.reason_missing": "Say what the archive is for.",
    "archives.own_request": "Whoever asked for an archive cannot agree to it: somebody else has to.",
    "archives.decided_already": "The request has been decided already.",
    "archives.not_approved": "Nobody has agreed to this archive.",
    "archives.changed_since": "The case has changed since the archive was agreed to; ask anew.",
    "archives.pdf_pending": "The PDF of document {document} is still being made; try again in a moment.",
    "archives.too_large": "The archive would be larger than {limit} GB, more than its format holds.",
    "archives.archivist_only": "The whole archive is for archivists; you may ask for an export.",
    "archives.no_such_request": "There is no such request for an archive.",
}
