"""One text, ready to be searched for values."""

from clawband.model.provenance import Meaning


class Passage:
    """One text, ready to be searched for values."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def find(self, meaning: Meaning, value: str) -> tuple[int, int] | None:
        start = self.text.casefold().find(value.casefold()) if value else -1
        return (start, start + len(value)) if start >= 0 else None

    def find_loose(self, meaning: Meaning, value: str) -> tuple[int, int] | None:
        return self.find(meaning, value)

    def quote(self, span: tuple[int, int], limit: int = 240) -> str:
        return self.text[max(0, span[0] - 80) : span[1] + 80].replace("\n", " ")[:limit]

    def covers(self, value: str) -> frozenset[str]:
        text = self.text.casefold()
        return frozenset(word for word in significant(value) if word in text)


def significant(value: str) -> tuple[str, ...]:
    return tuple(word for word in value.casefold().split() if len(word) > 2)


def same(meaning: Meaning, a: str, b: str) -> bool:
    return a.strip().casefold() == b.strip().casefold()
