"""Messages, which reach exactly one receiver, and signals, which reach all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from service import feel, store
from service.errors import Conflict, Invalid
from service.runtime import audit, execution, instances
from service.runtime.unit import UnitOfWork
from service.store.subscriptions import BufferedMessage, Subscription, SubscriptionKind

__all__ = ["Correlation", "Subscription", "broadcast_signal", "correlate", "correlate_with", "publish", "subscriptions"]

TIME_TO_LIVE_LIMIT = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Correlation:
    """Who received a message."""

    message_key: int
    instance_key: int
    started: bool  # the message started a new instance


def correlate(
    unit: UnitOfWork,
    name: str,
    correlation_key: str,
    variables: Mapping[str, object],
    *,
    business_key: str | None = None,
) -> Correlation | None:
    """Bring a message to its one receiver now; None when nobody waits for it and it starts nothing.

    An instance that it starts belongs to the case `business_key`.
    """
    _named(name)
    values = instances.feel_mapping(variables)
    key = unit.new_key()
    with audit.action(unit, "message.correlate", "message", key, business_key=business_key) as entry:
        delivery = execution.deliver(unit, name, correlation_key, values, business_key)
        entry.after.update(name=name, instance=delivery.instance_key if delivery else None)
    return None if delivery is None else Correlation(key, delivery.instance_key, delivery.started)


def correlate_with(
    unit: UnitOfWork,
    name: str,
    variables: Mapping[str, object],
    *,
    business_key: str | None = None,
    instance_key: int | None = None,
) -> Correlation | None:
    """Bring a message to the one instance of a business key, or to the instance named; None when nobody waits.

    So messages of Camunda 7 find their receiver, which has no correlation key. Raises `Conflict` when several wait.
    """
    _named(name)
    values = instances.feel_mapping(variables)
    key = unit.new_key()
    waiting = [
        row
        for row in store.subscriptions.search(
            unit.session, instance_key=instance_key, business_key=business_key, name=name, limit=1000
        )
        if row.kind is SubscriptionKind.MESSAGE and row.root_key is not None
    ]
    if len(waiting) > 1:
        raise Conflict("runtime.message_many_wait", name=name, count=len(waiting))
    with audit.action(unit, "message.correlate", "message", key, business_key=business_key) as entry:
        delivery: execution.Delivery | None
        if waiting:
            delivery = execution.deliver_to(unit, waiting[0], values)
        elif instance_key is None:
            delivery = execution.start_by_message(unit, name, values, business_key)
        else:
            delivery = None
        entry.after.update(name=name, instance=delivery.instance_key if delivery else None)
    return None if delivery is None else Correlation(key, delivery.instance_key, delivery.started)


def publish(
    unit: UnitOfWork,
    name: str,
    correlation_key: str,
    variables: Mapping[str, object],
    *,
    business_key: str | None = None,
    time_to_live: timedelta = timedelta(0),
    message_id: str | None = None,
) -> int:
    """Bring a message to its one receiver, or keep it for `time_to_live` until somebody waits; return its key.

    `message_id` is unique for name and correlation key while the message would live, delivered or not. Raises
    `Conflict` for the second one.
    """
    _named(name)
    if time_to_live > TIME_TO_LIVE_LIMIT:
        raise Invalid("runtime.message_lives_too_long", days=TIME_TO_LIVE_LIMIT.days)
    values = instances.feel_mapping(variables)
    key = unit.new_key()
    with audit.action(unit, "message.publish", "message", key, business_key=business_key) as entry:
        store.subscriptions.drop_expired(unit.session, unit.now)
        if message_id is not None and store.subscriptions.is_known(unit.session, name, correlation_key, message_id):
            raise Conflict("runtime.message_known", id=message_id)
        delivery = execution.deliver(unit, name, correlation_key, values, business_key)
        if time_to_live > timedelta(0) and (delivery is None or message_id is not None):
            store.subscriptions.buffer(
                unit.session,
                BufferedMessage(
                    key=key,
                    name=name,
                    correlation_key=correlation_key,
                    message_id=message_id,
                    variables="{}" if delivery else feel.codec.encode(values),
                    published_at=unit.now,
                    expires_at=unit.now + time_to_live,
                    delivered=delivery is not None,
                ),
            )
        entry.after.update(name=name, instance=delivery.instance_key if delivery else None)
    return key


def broadcast_signal(unit: UnitOfWork, name: str, variables: Mapping[str, object]) -> int:
    """Bring a signal to all who wait for it and all that it starts; return its key."""
    _named(name)
    key = unit.new_key()
    with audit.action(unit, "signal.broadcast", "signal", key) as entry:
        count = execution.broadcast(unit, name, instances.feel_mapping(variables))
        entry.after.update(name=name, receivers=count)
    return key


def subscriptions(
    unit: UnitOfWork,
    *,
    root_key: int | None = None,
    instance_key: int | None = None,
    business_key: str | None = None,
    name: str | None = None,
    limit: int = 100,
) -> list[Subscription]:
    """Return who waits for messages, signals and conditions, longest waiting first."""
    return list(
        store.subscriptions.search(
            unit.session,
            root_key=root_key,
            instance_key=instance_key,
            business_key=business_key,
            name=name,
            limit=limit,
        )
    )


def _named(name: str) -> None:
    if not name:
        raise Invalid("runtime.message_without_name")
