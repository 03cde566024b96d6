"""The small world in which each client does the same: one order, from asking to packing."""

from __future__ import annotations

from pathlib import Path

from service.runtime.deployments import Resource
from tests.builders import (
    a_form,
    a_table,
    decision_task,
    line,
    message,
    message_catch,
    process,
    service_task,
    user_task,
)

ORDER = Resource(
    "order.bpmn",
    process(
        user_task("ask", name="询问数量", groups="OWNER", form="question"),
        decision_task("judge", "fee", "judged"),
        message_catch("wait", "m_paid"),
        service_task("pack", "pack", headers={"box": "small"}),
        line("s", "ask", "judge", "wait", "pack", "e"),
        process_id="order",
        name="订单",
        outside=message("m_paid", "paid", "=orderId"),
    ),
)
FILES = (ORDER, a_table("fee"), a_form("question", {"type": "number", "key": "amount"}))


def write(folder: Path) -> list[Path]:
    """Put the files into a folder."""
    paths = []
    for resource in FILES:
        path = folder / resource.name
        path.write_bytes(resource.content)
        paths.append(path)
    return paths
