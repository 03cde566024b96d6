"""What kind of file something is: told by its content, and its name must say the same.

TYPES lists all that can be allowed, by the ending of the name. An ending tells nothing about the content, and a content
tells nothing about how the reader's machine will open it, so both must fit. What can run on a machine has no row.
"""

from __future__ import annotations

import codecs
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

import puremagic

from service.errors import Unsupported

HEAD = 64 * 1024  # bytes looked at to tell text from anything else
ENTRIES = 20_000  # of a zip's directory; nothing is unpacked
_TEXT_CONTROLS = frozenset("\t\n\r\f\x0b\x1a")
_MACROS = ("vbaproject.bin", "macros/")


@dataclass(frozen=True, slots=True)
class FileType:
    """One kind of file."""

    media: str  # content type as answered
    signatures: frozenset[str] = frozenset()  # endings that the library knows the content by
    entry: str = ""  # of a zip: how the name of one of its entries begins
    is_text: bool = False


def _binary(media: str, *signatures: str) -> FileType:
    return FileType(media, frozenset(f".{name}" for name in signatures))


def _zipped(media: str, entry: str) -> FileType:
    return FileType(media, frozenset({".zip", ".docx"}), entry)


_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
_JPEG = _binary("image/jpeg", "jpg", "jpeg", "jfif")
_TIFF = _binary("image/tiff", "tif", "tiff")

TYPES: dict[str, FileType] = {
    "pdf": _binary("application/pdf", "pdf"),
    "ofd": _zipped("application/ofd", "OFD.xml"),  # GB/T 33190
    "png": _binary("image/png", "png"),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "gif": _binary("image/gif", "gif"),
    "webp": _binary("image/webp", "webp"),
    "bmp": _binary("image/bmp", "bmp"),
    "tif": _TIFF,
    "tiff": _TIFF,
    "docx": _zipped(f"{_OFFICE}wordprocessingml.document", "word/"),
    "xlsx": _zipped(f"{_OFFICE}spreadsheetml.sheet", "xl/"),
    "pptx": _zipped(f"{_OFFICE}presentationml.presentation", "ppt/"),
    "odt": _zipped(f"{_OPEN}text", "mimetype"),
    "ods": _zipped(f"{_OPEN}spreadsheet", "mimetype"),
    "odp": _zipped(f"{_OPEN}presentation", "mimetype"),
    "doc": _binary("application/msword", "doc"),
    "xls": _binary("application/vnd.ms-excel", "doc"),
    "ppt": _binary("application/vnd.ms-powerpoint", "doc"),
    "wps": _binary("application/vnd.ms-works", "doc"),
    "et": _binary("application/octet-stream", "doc"),
    "dps": _binary("application/octet-stream", "doc"),
    "rtf": _binary("application/rtf", "rtf"),
    "txt": FileType("text/plain", is_text=True),
    "csv": FileType("text/csv", is_text=True),
    "zip": _zipped("application/zip", ""),
    "mp3": _binary("audio/mpeg", "mp3"),
    "wav": _binary("audio/x-wav", "wav"),
    "m4a": _binary("audio/mp4", "m4a", "f4a"),
    "mp4": _binary("video/mp4", "mp4"),
    "avi": _binary("video/x-msvideo", "avi"),
}
ALLOWED = frozenset(TYPES) - {"zip"}  # unless the settings say otherwise


@dataclass(frozen=True, slots=True)
class FileRules:
    """What a site takes in."""

    limit: int = 50 * 1024 * 1024  # bytes of one file
    types: frozenset[str] = ALLOWED  # endings of names


# Shown inside a page: images and PDF, which browsers draw without running anything of ours.
SAFE_TO_SHOW = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"})


def recognised(name: str, stream: BinaryIO, allowed: Collection[str]) -> str:
    """Return the content type of a file. Raises `Unsupported` where it is not allowed, or its name says another."""
    ending = PurePosixPath(name).suffix.lower().removeprefix(".")
    found = TYPES.get(ending) if ending in allowed else None
    if found is None:
        raise Unsupported("runtime.file_type_forbidden", name=name, allowed=", ".join(sorted(allowed)))
    stream.seek(0)
    fits = _is_text(stream.read(HEAD)) if found.is_text else bool(found.signatures & _signatures(stream))
    if fits and found.signatures >= {".zip"}:
        fits = _has_entry(stream, found.entry)
    if not fits:
        raise Unsupported("runtime.file_type_unlike", name=name, ending=ending)
    return found.media


def _signatures(stream: BinaryIO) -> frozenset[str]:
    stream.seek(0)
    try:
        return frozenset(match.extension.lower() for match in puremagic.magic_stream(stream))
    except (puremagic.PureError, ValueError):
        return frozenset()  # nothing it knows, or nothing at all


def _has_entry(stream: BinaryIO, begins: str) -> bool:
    """Whether a zip is whole, has such an entry, and carries no macros."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return False
    if len(names) > ENTRIES or any(part in name.lower() for name in names for part in _MACROS if begins):
        return False
    return any(name.startswith(begins) for name in names)


def _is_text(head: bytes) -> bool:
    """Whether bytes are Chinese or other text: UTF-8, UTF-16 with its mark, or GB 18030."""
    for encoding in ("utf-16",) if head[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            # What the cut left of a last character does not count.
            text = codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeError:
            continue
        return not any(sign < " " and sign not in _TEXT_CONTROLS for sign in text)
    return False
