"""Texts that a reader may type: any Unicode, and pieces of the query language in any order."""

from __future__ import annotations

from hypothesis import strategies as st

TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(
        st.sampled_from(
            'a clocks 注意力 BERT模型 AND OR NOT ANDNOT ( ) " “ ” - -- ti: au: cat:cs.CL topic:clocks x:y date:last-7d '
            "~3 * diffus* 2611.00001 10.1234/x C++ 「 」 [au] ： （ \x00 \ud800 upvotes:>20 L. Holt, 5..".split(" ")
        ),
        max_size=40,
    ).map(" ".join),
    st.lists(st.sampled_from('()" ti:-a注'), max_size=200).map("".join),
)
