"""A thin client of the operators' API, for programs; our own command line is one of them.

    from clawband.client import Client

    with Client("http://127.0.0.1:8620", key) as clawband:
        for card in clawband.approvals():
            print(card.id, card.agent, card.action, card.resource)

`key` is that of a service account, or the token of a sign-in. What goes wrong is raised as one of
`clawband.model.errors`, with what to do as its `remedy`.
"""

from clawband.client.client import Client
from clawband.client.values import Approval, Control, Event, Gateway, Operator, Secret

__all__ = ["Approval", "Client", "Control", "Event", "Gateway", "Operator", "Secret"]
