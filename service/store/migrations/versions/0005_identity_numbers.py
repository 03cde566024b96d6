"""identity numbers: sealed, apart from the records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.base import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subject_identity",
        sa.Column(
            "subject_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("masked", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_key"], ["case_subject.key"], name=op.f("fk_subject_identity_subject_key_case_subject")
        ),
        sa.PrimaryKeyConstraint("subject_key", name=op.f("pk_subject_identity")),
    )


def downgrade() -> None:
    op.drop_table("subject_identity")
