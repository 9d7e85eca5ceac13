"""`python -m benchmarks.agentdojo`: sets up its environment once, then replays and prints."""

from benchmarks.agentdojo.environment import enter

enter()

from benchmarks.agentdojo.program import main  # noqa: E402 - only in the environment made above

if __name__ == "__main__":
    raise SystemExit(main())
