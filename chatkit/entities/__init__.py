"""What can be named in a message by "@": kinds of objects that any app declares.

# myapp/chatkit_entities.py
from chatkit.entities import Entity, EntityKind, register

@register
class Orders(EntityKind):
    name = "order"
    title = _("Orders")
    permission = "shop.view_order"

    def search(self, ctx, words):
        found = Order.objects.filter(customer=ctx.user, number__startswith=words)
        return [self.entity(order) for order in found[:10]]

    def get(self, ctx, id):
        order = Order.objects.filter(customer=ctx.user, pk=id).first()
        return self.entity(order) if order else None

    def entity(self, order):
        return Entity(order.pk, f"Order {order.number}", facts={_("Status"): order.status})

Needs no SDK. The `chatkit_entities` modules are imported when something is first named.
"""

from .naming import Gone, Named, find, look_up, may_name_any
from .registry import Entity, EntityContext, EntityKind, all_kinds, register

__all__ = [
    "Entity",
    "EntityContext",
    "EntityKind",
    "Gone",
    "Named",
    "all_kinds",
    "find",
    "look_up",
    "may_name_any",
    "register",
]
