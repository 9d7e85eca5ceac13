from clawband.labels import lexicon


def test_words_are_folded_and_months_are_twelve():
    for words in vars(lexicon).values():
        if isinstance(words, frozenset):
            assert all(word == word.casefold() for word in words)
    assert set(lexicon.MONTHS.values()) == set(range(1, 13))
    assert lexicon.MONTHS["mai"] == lexicon.MONTHS["may"] == 5
    assert set(lexicon.MONTHS) >= lexicon.DOUBTFUL_MONTHS
