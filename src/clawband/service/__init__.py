"""The running Clawband: flows bound to their ports, for edges that are asynchronous.

A flow computes a unit; the service commits it and answers only when it is durable. This is the
only place where the two meet. Edges parse, call one method here, and render; each module is one
subject (decisions, gateways, policy, controls, people, log).
"""
