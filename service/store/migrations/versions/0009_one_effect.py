"""one effect: a start form sent twice with one key, and a message published twice with one id."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

START_KEY = "ix_submission_submitted_by_idempotency_key"
MESSAGE_ID = "uq_buffered_message_message_id"
MESSAGE = "uq_buffered_message_name_correlation_key_message_id"


def upgrade() -> None:
    # Two requests at one moment may both have been kept: the later one loses its key, not what it began.
    op.execute(
        "UPDATE submission SET idempotency_key = NULL WHERE user_task_key IS NULL AND EXISTS (SELECT 1 FROM submission"
        " AS earlier WHERE earlier.user_task_key IS NULL AND earlier.submitted_by = submission.submitted_by"
        " AND earlier.idempotency_key = submission.idempotency_key AND earlier.key < submission.key)"
    )
    starts = sa.text("user_task_key IS NULL")
    op.create_index(
        START_KEY,
        "submission",
        ["submitted_by", "idempotency_key"],
        unique=True,
        sqlite_where=starts,
        postgresql_where=starts,
    )
    with op.batch_alter_table("buffered_message") as batch_op:
        batch_op.add_column(sa.Column("delivered", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.drop_constraint(MESSAGE_ID, type_="unique")
        batch_op.create_unique_constraint(MESSAGE, ["name", "correlation_key", "message_id"])
    with op.batch_alter_table("buffered_message") as batch_op:
        batch_op.alter_column("delivered", server_default=None)


def downgrade() -> None:
    # The older revision knows messages that wait, and one of an id.
    op.execute("DELETE FROM buffered_message WHERE delivered")
    op.execute(
        "UPDATE buffered_message SET message_id = NULL WHERE EXISTS (SELECT 1 FROM buffered_message AS earlier"
        " WHERE earlier.message_id = buffered_message.message_id AND earlier.key < buffered_message.key)"
    )
    with op.batch_alter_table("buffered_message") as batch_op:
        batch_op.drop_constraint(MESSAGE, type_="unique")
        batch_op.create_unique_constraint(MESSAGE_ID, ["message_id"])
        batch_op.drop_column("delivered")
    op.drop_index(START_KEY, "submission")
