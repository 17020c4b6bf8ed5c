"""What was used in a period: answers, tokens and their cost, by whatever they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import FieldDoesNotExist

from . import prices
from .daily.facts import Sum

K = TypeVar("K", bound=Hashable)


@dataclass
class Use:
    """`unpriced` counts the answers of `models` that have no price: they are not in `money`."""

    answers: int = 0
    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    money: Decimal = Decimal(0)
    unpriced: int = 0
    models: set[str] = field(default_factory=set)

    def add(self, model: str, sum_: Sum) -> None:
        """Add the sum of some answers of one model."""
        self.answers += sum_.answers
        self.tokens_in += sum_.tokens_in
        self.tokens_cached += sum_.tokens_cached
        self.tokens_out += sum_.tokens_out
        paid = prices.cost(model, sum_.tokens_in, sum_.tokens_cached, sum_.tokens_out)
        if paid is None:
            self.unpriced += sum_.answers
            self.models.add(model)
        else:
            self.money += paid

    def join(self, other: Use) -> None:
        """Add another use."""
        self.answers += other.answers
        self.tokens_in += other.tokens_in
        self.tokens_cached += other.tokens_cached
        self.tokens_out += other.tokens_out
        self.money += other.money
        self.unpriced += other.unpriced
        self.models |= other.models

    @property
    def tokens(self) -> int:
        return self.tokens_in + self.tokens_out

    @property
    def fresh(self) -> int:
        """The tokens that were read and not from the model's cache."""
        return max(0, self.tokens_in - self.tokens_cached)

    @property
    def is_priced(self) -> bool:
        """Whether any of it has a price."""
        return bool(self.money) or not self.unpriced

    @property
    def order(self) -> tuple[Any, ...]:
        """The most expensive first, where sorted in reverse."""
        return self.money, self.tokens, self.answers


def uses(
    sums: Iterable[tuple[K, Sum]], model: Callable[[K], str], by: Callable[[K], Any]
) -> dict[Any, Use]:
    """The use by what `by` makes of a key, of which `model` tells the model."""
    # Summed before it is priced, which takes longest: a year has some ten thousand sums. What used
    # no tokens needs no price, and is kept apart.
    counted: dict[tuple[Any, str, bool], Sum] = {}
    for key, sum_ in sums:
        name = by(key), model(key), bool(sum_.tokens_in or sum_.tokens_out)
        total = counted.get(name)
        if total is None:
            total = counted[name] = Sum()
        total.answers += sum_.answers
        total.tokens_in += sum_.tokens_in
        total.tokens_cached += sum_.tokens_cached
        total.tokens_out += sum_.tokens_out
    found: dict[Any, Use] = {}
    for (whose, of_model, _spent), total in counted.items():
        if whose not in found:
            found[whose] = Use()
        found[whose].add(of_model, total)
    return found


def by_group(people: dict[Any, Use], groups: dict[Any, list[Any]]) -> dict[Any, Use]:
    """The use of people by their groups; None is of those who are in none."""
    found: dict[Any, Use] = {}
    for user_id, use in people.items():
        for group in groups.get(user_id) or [None]:
            found.setdefault(group, Use()).join(use)
    return found


def memberships() -> tuple[dict[Any, str], dict[Any, list[Any]]]:
    """The names of all groups, and the groups of each of their members. Two queries."""
    try:
        name = get_user_model()._meta.get_field("groups").related_query_name()
    except FieldDoesNotExist:
        return {}, {}
    groups: dict[Any, list[Any]] = {}
    members = Group.objects.filter(**{f"{name}__isnull": False}).order_by()
    for group_id, user_id in members.values_list("pk", f"{name}__pk"):
        groups.setdefault(user_id, []).append(group_id)
    return dict(Group.objects.values_list("pk", "name")), groups
