"""An answer that is a file: attachment or shown, its name in any language, its digest beside it."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import quote

from flask import Response, url_for

from service.runtime import files
from service.web import security, signing

PLAIN = frozenset("!#$&+-.^_`|~ ()[]")  # besides letters and digits, in the ASCII form of a name
LINK = "file links"


def answer(row: files.StoredFile, content: files.Content, how: str = "attachment") -> Response:
    """Return an answer that is a file, sent in pieces, and closed when it is sent."""
    response = Response(files.pieces(content), mimetype=row.content_type)
    response.call_on_close(content.close)
    response.content_length = row.size
    response.headers["Content-Disposition"] = disposition(how, row.name)
    response.headers["Content-Digest"] = f"sha-256=:{files.digest_in_base64(row)}:"
    if row.content_type.startswith("text/"):
        response.headers["Content-Type"] = row.content_type  # which encoding it has is not known
    security.show_file()
    return response


def disposition(how: str, name: str) -> str:
    """Return the header that names a file: ASCII for old programs, UTF-8 for all others (RFC 6266, RFC 8187)."""
    ascii_name = "".join(sign if sign.isascii() and (sign.isalnum() or sign in PLAIN) else "_" for sign in name)
    return f"{how}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"


def link(row: files.StoredFile, person: str, now: datetime, lifetime: timedelta) -> str:
    """Return an address at which whoever has it gets a file, as long as the person who made it may read it."""
    token = signing.signed(LINK, row.id, now, now + lifetime, by=person)
    return url_for("files.shared", token=token, _external=True)
