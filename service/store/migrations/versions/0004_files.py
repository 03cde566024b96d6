"""files: contents by digest in pieces, and uploads of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.base import KEY, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INDEXES = (
    ["business_key", "created_at"],
    ["created_by", "pending_until"],
    ["expires_at"],
    ["pending_until"],
    ["sha256"],
)


def upgrade() -> None:
    op.create_table(
        "file_content",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", KEY, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_file_content"),
    )
    op.create_table(
        "file_piece",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("number", KEY, autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["file_content.sha256"], name="fk_file_piece_sha256"),
        sa.PrimaryKeyConstraint("sha256", "number", name="pk_file_piece"),
    )
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", KEY, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("business_key", sa.Text(), nullable=True),
        sa.Column("root_key", KEY, nullable=True),
        sa.Column("instance_key", KEY, nullable=True),
        sa.Column("process_id", sa.Text(), nullable=True),
        sa.Column("task_key", KEY, nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("pending_until", UtcDateTime(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("properties", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["file_content.sha256"], name="fk_stored_file_sha256"),
        sa.PrimaryKeyConstraint("id", name="pk_stored_file"),
    )
    for columns in INDEXES:
        op.create_index(f"ix_stored_file_{'_'.join(columns)}", "stored_file", columns)


def downgrade() -> None:
    for columns in INDEXES:
        op.drop_index(f"ix_stored_file_{'_'.join(columns)}", "stored_file")
    op.drop_table("stored_file")
    op.drop_table("file_piece")
    op.drop_table("file_content")
