"""AgentDojo v1.2.2 replayed without a model, with Clawband's decision in the loop.

`python -m benchmarks.agentdojo --help`; `docs/agentdojo.md` says what is measured and how.
"""
