"""Documents of cases: templates that owners changed, numbers by organ and year, what was issued, and its files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, exists, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import Base, IndexedKey, Key, PrimaryKey, enum_column


class FileKind(StrEnum):
    DOCX = "docx"
    PDF = "pdf"


class DocumentTemplate(Base):
    """One version of a template as used or uploaded here; never changed."""

    __tablename__ = "document_template"
    __table_args__ = (UniqueConstraint("template", "version"),)

    key: Mapped[PrimaryKey]
    template: Mapped[str]  # e.g. rectification-notice
    version: Mapped[int]  # 1-based
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str]
    origin: Mapped[str]  # "shipped" or "uploaded"
    note: Mapped[str]
    added_by: Mapped[str]
    added_at: Mapped[datetime]


class DocumentOrgan(Base):
    """The code of an organ in its document numbers."""

    __tablename__ = "document_organ"

    organ: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]


class DocumentNumber(Base):
    """The yearly sequence of document numbers of one organ."""

    __tablename__ = "document_number"

    organ: Mapped[str] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(primary_key=True)  # official | record
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Document(Base):
    """An issued document; never changed. A correction is a document of its own, with the next version."""

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("organ", "series", "year", "sequence"),
        UniqueConstraint("case_key", "subject_key", "template", "item", "version"),
        Index(None, "source_key", unique=True),
    )

    key: Mapped[PrimaryKey]
    case_key: Mapped[IndexedKey] = mapped_column(ForeignKey("case_file.key"))
    subject_key: Mapped[Key]  # 0 for the whole case
    template: Mapped[str]
    template_key: Mapped[Key] = mapped_column(ForeignKey("document_template.key"))
    item: Mapped[str]  # what of several it is about, e.g. filing.personnel or appeal[0]; may be empty
    version: Mapped[int]  # 1-based, of the same document
    organ: Mapped[str]
    series: Mapped[str]
    year: Mapped[int]
    sequence: Mapped[int]
    number: Mapped[str]
    title: Mapped[str]
    recipient: Mapped[str]
    missing: Mapped[str]  # JSON list of fields that were not filled in
    issued_by: Mapped[str]
    issued_at: Mapped[datetime]
    source_key: Mapped[Key | None]  # of the job that issued it, so that a second run issues nothing twice


class DocumentFile(Base):
    """The bytes of a document, written once."""

    __tablename__ = "document_file"

    document_key: Mapped[int] = mapped_column(ForeignKey("document.key"), primary_key=True, autoincrement=False)
    kind: Mapped[FileKind] = mapped_column(enum_column(FileKind), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str]
    size: Mapped[int]
    made_at: Mapped[datetime]


def add(session: Session, row: Base) -> None:
    session.add(row)
    session.flush()


def get(session: Session, key: int) -> Document | None:
    return session.get(Document, key)


def of_case(session: Session, case_key: int) -> Sequence[Document]:
    """Return the documents of a case in order of issue."""
    return session.scalars(select(Document).where(Document.case_key == case_key).order_by(Document.key)).all()


def of_source(session: Session, source_key: int) -> Document | None:
    return session.scalars(select(Document).where(Document.source_key == source_key)).one_or_none()


def last_version(session: Session, case_key: int, subject_key: int, template: str, item: str) -> int:
    """Return the newest version of one document, 0 if it was never issued."""
    statement = select(func.max(Document.version)).where(
        Document.case_key == case_key,
        Document.subject_key == subject_key,
        Document.template == template,
        Document.item == item,
    )
    return session.scalar(statement) or 0


def file(session: Session, document_key: int, kind: FileKind) -> DocumentFile | None:
    return session.get(DocumentFile, (document_key, kind))


def files(session: Session, document_keys: Sequence[int]) -> Sequence[DocumentFile]:
    """Return the files of documents, without reading their content."""
    statement = select(DocumentFile).where(DocumentFile.document_key.in_(list(document_keys)))
    return session.scalars(statement.order_by(DocumentFile.document_key, DocumentFile.kind)).all()


def without_pdf(session: Session, limit: int) -> Sequence[int]:
    """Return keys of documents whose PDF has not been made, oldest first."""
    made = exists().where(DocumentFile.document_key == Document.key, DocumentFile.kind == FileKind.PDF)
    return session.scalars(select(Document.key).where(~made).order_by(Document.key).limit(limit)).all()


def lock(session: Session, key: int) -> bool:
    """Lock a document until the end of the transaction, so that its PDF is attached once; False if there is none."""
    statement = select(Document.key).where(Document.key == key).with_for_update()
    return session.scalar(statement) is not None


def next_number(session: Session, organ: str, series: str, year: int) -> int:
    """Return the next number of the yearly sequence.

    Transaction: the counter is locked until the end, so a number that is rolled back is given out again.
    """
    statement = (
        update(DocumentNumber)
        .where(DocumentNumber.organ == organ, DocumentNumber.series == series, DocumentNumber.year == year)
        .values(last=DocumentNumber.last + 1)
        .returning(DocumentNumber.last)
        .execution_options(synchronize_session=False)
    )
    number = session.execute(statement).scalar_one_or_none()
    if number is None:
        session.execute(insert(DocumentNumber).values(organ=organ, series=series, year=year, last=1))
        number = 1
    return number


def code_of(session: Session, organ: str) -> str | None:
    """Return an organ's code in document numbers, None if none was set."""
    row = session.get(DocumentOrgan, organ)
    return None if row is None else row.code


def codes(session: Session) -> Sequence[DocumentOrgan]:
    """Return the codes of all organs that have one."""
    return session.scalars(select(DocumentOrgan).order_by(DocumentOrgan.organ)).all()


def set_code(session: Session, organ: str, code: str) -> None:
    session.merge(DocumentOrgan(organ=organ, code=code))
    session.flush()


def template(session: Session, key: int) -> DocumentTemplate | None:
    return session.get(DocumentTemplate, key)


def template_versions(session: Session, name: str | None = None) -> Sequence[DocumentTemplate]:
    """Return the versions of one template, or of all, oldest first, without their content."""
    statement = select(DocumentTemplate).order_by(DocumentTemplate.template, DocumentTemplate.version)
    if name is not None:
        statement = statement.where(DocumentTemplate.template == name)
    return session.scalars(statement).all()


def used_by_case(session: Session, case_key: int, name: str) -> DocumentTemplate | None:
    """Return the version that the case's last document of this template was made with."""
    statement = (
        select(DocumentTemplate)
        .join(Document, Document.template_key == DocumentTemplate.key)
        .where(Document.case_key == case_key, Document.template == name)
        .order_by(Document.key.desc())
        .limit(1)
    )
    return session.scalars(statement).one_or_none()
