"""Verbs of tasks: who handed over to whom, copies and their receipts, versions of drafts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.base import KEY, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "task_act",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("user_task_key", KEY, nullable=False),
        sa.Column("root_key", KEY, nullable=False),
        sa.Column("instance_key", KEY, nullable=False),
        sa.Column("business_key", sa.Text(), nullable=True),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("task_name", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_task_act")),
    )
    with op.batch_alter_table("task_act") as batch:
        batch.create_index(op.f("ix_task_act_user_task_key_kind"), ["user_task_key", "kind"])
        batch.create_index(op.f("ix_task_act_target_kind_key"), ["target", "kind", "key"])
        batch.create_index(op.f("ix_task_act_root_key"), ["root_key"])
    op.add_column("user_task", sa.Column("owner", sa.Text(), nullable=True))
    op.add_column("user_task", sa.Column("opened_at", UtcDateTime(), nullable=True))
    op.add_column("user_task", sa.Column("back_to", sa.Text(), nullable=True))
    op.add_column("user_task", sa.Column("back_to_user", sa.Text(), nullable=True))
    op.add_column("user_task", sa.Column("readers", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("draft", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    op.drop_column("draft", "version")
    for name in ("readers", "back_to_user", "back_to", "opened_at", "owner"):
        op.drop_column("user_task", name)
    op.drop_table("task_act")
