"""Proves an archive of a case whole, with nothing but Python: `python3 verify_archive.py ARCHIVE.zip [SHA256]`.

Every byte is accounted for: the archive has one possible form (members stored one after another in the manifest's
order, fixed times, no extra fields), and what is not that form is refused. Each member has the size and SHA-256 of the
manifest; each entry of the audit log has the hash of its content, and the last of them is the value of the chain. What
somebody forged as a whole shows in the SHA-256 of the archive: compare it with the one that the register of archives
keeps, or give it as the second argument.

Also used to write archives; needs no other module of the product.
"""

from __future__ import annotations

import hashlib
import json
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

MANIFEST = "manifest.json"
AUDIT = "audit.json"
FORMAT = "rongcuo-archive-1"
PIECE = 1 << 20
LARGEST = 0xFFFFFFFF  # bytes of the whole: the form has no 64-bit fields
_DATE = (1 << 5) | 1  # 1 January 1980, the first day that the format knows
_UTF8 = 0x0800
_VERSION = 20
_LOCAL = struct.Struct("<IHHHHHIIIHH")
_CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
_END = struct.Struct("<IHHHHIIH")
_HASHED = (
    "sequence",
    "at",
    "actor",
    "actor_kind",
    "action",
    "object_kind",
    "object_key",
    "business_key",
    "before",
    "after",
    "effects",
    "previous_hash",
)


class Broken(Exception):
    """The archive is not what was made; the text says where."""


def write(target: BinaryIO, members: Iterable[tuple[str, Iterable[bytes]]]) -> None:
    """Write members in the one form that `verify` accepts. `target` can be read and sought."""
    directory = []
    for path, content in members:
        name, offset = path.encode(), target.tell()
        target.write(local_header(name, 0, 0))
        crc = size = 0
        for piece in content:
            crc, size = zlib.crc32(piece, crc), size + len(piece)
            target.write(piece)
        end = target.tell()
        if end > LARGEST:
            raise OverflowError(path)
        target.seek(offset)
        target.write(local_header(name, crc, size))
        target.seek(end)
        directory.append((name, crc, size, offset))
    start = target.tell()
    tail = directory_of(directory, start)
    if start + len(tail) > LARGEST or len(directory) > 0xFFFF:
        raise OverflowError(MANIFEST)
    target.write(tail)


def local_header(name: bytes, crc: int, size: int) -> bytes:
    return _LOCAL.pack(0x04034B50, _VERSION, _UTF8, 0, 0, _DATE, crc, size, size, len(name), 0) + name


def directory_of(members: list[tuple[bytes, int, int, int]], start: int) -> bytes:
    """Return the directory that stands at the end of the file."""
    rows = [
        _CENTRAL.pack(
            0x02014B50, _VERSION, _VERSION, _UTF8, 0, 0, _DATE, crc, size, size, len(name), 0, 0, 0, 0, 0, offset
        )
        + name
        for name, crc, size, offset in members
    ]
    body = b"".join(rows)
    return body + _END.pack(0x06054B50, 0, 0, len(rows), len(rows), len(body), start, 0)


def verify(file: BinaryIO, expected: str | None = None) -> dict[str, Any]:
    """Return the manifest of a whole archive, with the SHA-256 of the archive as `archive_sha256`.

    Raises `Broken` for anything else.
    """
    try:
        return _verify(file, expected)
    except (
        OSError,
        EOFError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RuntimeError,
        NotImplementedError,
        struct.error,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise Broken(f"cannot be read as an archive: {type(error).__name__}") from error


def _verify(file: BinaryIO, expected: str | None) -> dict[str, Any]:
    digest = hashlib.sha256()
    file.seek(0)
    for piece in iter(lambda: file.read(PIECE), b""):
        digest.update(piece)
    if expected and digest.hexdigest() != expected.lower():
        raise Broken(f"SHA-256 of the archive is {digest.hexdigest()}, expected was {expected}")
    with zipfile.ZipFile(file) as archive:
        text = archive.read(MANIFEST)
        manifest: dict[str, Any] = json.loads(text)
        if manifest["format"] != FORMAT:
            raise Broken(f"format {manifest['format']!r} is unknown, expected was {FORMAT!r}")
        if canonical(manifest) != text:
            raise Broken(f"{MANIFEST} is not written as it should be")
        audit = archive.read(AUDIT) if any(row["path"] == AUDIT for row in manifest["files"]) else None
    _every_byte(file, manifest, len(text))
    if audit is not None:
        _chain(json.loads(audit), manifest["chain"])
    return {**manifest, "archive_sha256": digest.hexdigest()}


def _every_byte(file: BinaryIO, manifest: dict[str, Any], size_of_manifest: int) -> None:
    """Compare the file with the one form that the manifest allows."""
    file.seek(0)
    directory: list[tuple[bytes, int, int, int]] = []
    listed = [(row["path"], row["size"], row["sha256"]) for row in manifest["files"]]
    for path, size, sha256 in [*listed, (MANIFEST, size_of_manifest, None)]:
        offset, name = file.tell(), path.encode()
        header = file.read(_LOCAL.size + len(name))
        crc, digest = 0, hashlib.sha256()
        for piece in _pieces(file, size):
            crc = zlib.crc32(piece, crc)
            digest.update(piece)
        if sha256 is not None and digest.hexdigest() != sha256:
            raise Broken(f"{path}: the content is not that of the manifest")
        if header != local_header(name, crc, size):
            raise Broken(f"{path}: its place in the archive was changed")
        directory.append((name, crc, size, offset))
    start = file.tell()
    if file.read() != directory_of(directory, start):
        raise Broken("the directory of the archive was changed")


def _pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size:
        piece = file.read(min(size, PIECE))
        if not piece:
            raise Broken("the archive ends too early")
        size -= len(piece)
        yield piece


def _chain(entries: list[dict[str, Any]], chain: dict[str, Any]) -> None:
    """Each entry has the hash of what it says; the last one that changed the case is the value of the chain."""
    last = 0
    found = False
    for entry in entries:
        fields = json.dumps([entry[name] for name in _HASHED], ensure_ascii=False, separators=(",", ":"))
        if hashlib.sha256(fields.encode()).hexdigest() != entry["hash"] or entry["sequence"] <= last:
            raise Broken(f"entry {entry['sequence']} of the audit log was changed")
        last = entry["sequence"]
        found = found or (last == chain["sequence"] and entry["hash"] == chain["hash"])
    if not found:
        raise Broken("the value of the chain is not that of an entry of the audit log")


def canonical(value: object) -> bytes:
    """Return JSON in the one way in which archives hold it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, separators=(",", ": ")).encode() + b"\n"


def main(arguments: list[str]) -> int:
    """Verify the archive named on the command line; 0 if it is whole."""
    if len(arguments) not in {1, 2}:
        sys.stderr.write("usage: python3 verify_archive.py ARCHIVE.zip [SHA256]\n")
        return 2
    try:
        with open(arguments[0], "rb") as file:
            manifest = verify(file, arguments[1] if len(arguments) == 2 else None)
    except (Broken, OSError) as error:
        sys.stderr.write(f"BROKEN: {error}\n")
        return 1
    chain = manifest["chain"]
    sys.stdout.write(
        f"WHOLE: case {manifest['case']}, {len(manifest['files'])} files\n"
        f"chain: entry {chain['sequence']} {chain['hash']}\n"
        f"SHA-256 of the archive: {manifest['archive_sha256']}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
