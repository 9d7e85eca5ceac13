"""The verbs: one file each. A flow receives the ports it uses, by name, and values.

Flows are ordinary synchronous functions with no clock, file, socket or randomness of their own.
What they want written they put into a `Unit`; the edge commits the unit and answers only after
the store has said that it is durable.
"""
