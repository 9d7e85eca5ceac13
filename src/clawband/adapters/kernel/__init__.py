"""Full containment on this kernel (Linux): namespaces, mounts, users, filters, and who broke out.

`supervisor` stays outside and starts `inside`, which builds the two roots (`root`), drops every
right (`confine`) and starts the gateway and the spawner of commands. `packets` and `refusals` see
what was tried, `relay` carries the few permitted connections, `facts` reads what really runs.
`calls` holds the system calls that Python does not have.
"""
