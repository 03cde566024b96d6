"""viewings: who looked at what of a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.base import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "viewing",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("case_key", KEY, nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_key"], ["case_file.key"], name=op.f("fk_viewing_case_key_case_file")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_viewing")),
    )
    op.create_index(op.f("ix_viewing_case_key"), "viewing", ["case_key"])
    op.create_index(
        op.f("ix_viewing_user_name_case_key_part_last_at"), "viewing", ["user_name", "case_key", "part", "last_at"]
    )


def downgrade() -> None:
    op.drop_table("viewing")
