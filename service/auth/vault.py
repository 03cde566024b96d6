"""Sealing what must not stand readable in the database; the keys lie in a file of their own, outside of it.

The file holds one Fernet key a line, the newest first: it seals, all of them open. It is read at every use, so that a
rotation by another process needs no restart.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from service.errors import Conflict


class Vault:
    """Seals and opens short texts with the keys of one file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def is_there(self) -> bool:
        """Whether the key file was made yet."""
        return self.path.exists()

    def seal(self, text: str) -> str:
        """Return the text sealed with the newest key; the file is made on first use, for its owner alone to read."""
        if not self.path.exists():
            self._write([Fernet.generate_key().decode()], os.O_EXCL)
        return self._keys().encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Return the text; raises `Conflict` where no key of the file fits."""
        try:
            return self._keys().decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise Conflict("auth.key_does_not_fit", path=str(self.path)) from error

    def reseal(self, sealed: str) -> str:
        """Return what was sealed with any key, sealed with the newest."""
        return self.seal(self.open(sealed))

    def add_key(self) -> None:
        """Put a new key before the others."""
        known = self._lines() if self.path.exists() else []
        self._write([Fernet.generate_key().decode(), *known])

    def forget_old_keys(self) -> int:
        """Keep the newest key only; return how many went."""
        known = self._lines()
        self._write(known[:1])
        return len(known) - 1

    def _keys(self) -> MultiFernet:
        try:
            return MultiFernet([Fernet(line) for line in self._lines()])
        except ValueError as error:
            raise Conflict("auth.key_file_broken", path=str(self.path)) from error

    def _lines(self) -> list[str]:
        try:
            text = self.path.read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise Conflict("auth.key_file_broken", path=str(self.path)) from error
        return text.split()

    def _write(self, keys: Sequence[str], mode: int = 0) -> None:
        """Write the file as a whole; with `O_EXCL` somebody else's that came first is left alone."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write("".join(f"{key}\n" for key in keys))
            file.flush()
            os.fsync(file.fileno())
        if mode & os.O_EXCL:
            try:
                os.link(beside, self.path)
            except FileExistsError:
                pass
            finally:
                beside.unlink()
        else:
            beside.replace(self.path)
