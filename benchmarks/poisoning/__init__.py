"""Poisoned state: what an agent's files tell later sessions, attacked and used honestly.

    python -m benchmarks.poisoning

There is no model: each case says what its agent does, the attacks as if the agent obeyed every
word of what it read. The decision in the loop is `flows.ask` over a real store.
"""
