"""Keys: 63-bit integers from one sequence of the site, taken in blocks.

SQLite has one writer, so a row counts in the transaction; on PostgreSQL such a row would make all writers wait for one
another, so a sequence counts there.
"""

from __future__ import annotations

from sqlalchemy import Sequence, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import KEY, Base, Key

BLOCK = 200

# Created by the first migration on PostgreSQL only.
SITE_KEYS = Sequence("site_key", start=1, increment=BLOCK, metadata=Base.metadata)


class KeySequence(Base):
    """The one row that counts keys on SQLite."""

    __tablename__ = "key_sequence"

    id: Mapped[int] = mapped_column(KEY, primary_key=True, autoincrement=False)
    next: Mapped[Key]  # first key not yet handed out


def take_block(session: Session) -> range:
    """Return keys that nobody else gets; on SQLite they are given back if the transaction is rolled back."""
    if session.get_bind().dialect.name == "sqlite":
        statement = (
            update(KeySequence)
            .where(KeySequence.id == 1)
            .values(next=KeySequence.next + BLOCK)
            .returning(KeySequence.next)
            .execution_options(synchronize_session=False)
        )
        end = session.execute(statement).scalar_one_or_none()
        if end is None:
            session.execute(insert(KeySequence).values(id=1, next=1 + BLOCK))
            end = 1 + BLOCK
        return range(end - BLOCK, end)
    first = session.execute(select(SITE_KEYS.next_value())).scalar_one()
    return range(first, first + BLOCK)
