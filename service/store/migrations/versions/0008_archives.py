"""requests for archives of cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.base import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "archive_request",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("case_key", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("sequence", KEY, nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_key"], ["case_file.key"], name=op.f("fk_archive_request_case_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_archive_request")),
    )
    with op.batch_alter_table("archive_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_archive_request_case_key"), ["case_key"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("archive_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_archive_request_case_key"))
    op.drop_table("archive_request")
