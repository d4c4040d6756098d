"""A paper in a list, as HTML.

It is written here and not in a template because a page has twenty of them: Jinja takes three times as long for them,
which was a third of the time of a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from urllib.parse import urlencode

from markupsafe import Markup

from delivery.html import to_html
from delivery.messages import Messages
from delivery.present import Link, View, category_label
from delivery.segments import Segment


class Cards:
    """Writes papers for one reader. `root` is the start of every link on the page. With `bilingual`, a paper that is in
    one language only says so."""

    def __init__(self, messages: Messages, root: str, *, bilingual: bool) -> None:
        self._t = messages
        self._root = escape(root)
        self._bilingual = bilingual
        self._whole = escape(messages("whole_abstract"))
        self._similar = escape(messages("similar"))
        # It has its place from the beginning, so that nothing moves when the script makes it work.
        star = escape(messages("word: star"))
        self.star = Markup(f'<button type="button" class="star unscripted">☆ {star}</button>')  # noqa: S704

    def paper(self, view: View, words: Sequence[str] = ()) -> Markup:
        """A whole card. `words` say why the paper is like others; () where nothing is compared."""
        t, id = self._t, escape(view.document.id)
        anchor = f"p-{id}".replace(".", "-").replace("/", "-")
        titles = [f' lang="{title.language}">{to_html(title.segments)}' for title in view.titles] or [f">{id}"]
        parts = [
            f'<article class="paper" aria-labelledby="{anchor}" data-paper="{id}">',
            f'<h2 id="{anchor}"><a href="{self._root}/paper/{id}"{titles[0]}</a></h2>',
            *(f'<p class="also"{title}</p>' for title in titles[1:]),
            self._authors(view),
            self.facts(view),
            self._excerpts(view),
        ]
        for match in view.matched:
            language = f' lang="{match.language}"' if match.language else ""
            parts.append(
                f'<p class="read-as">{escape(t(match.field))}: <span{language}>{to_html(match.segments)}</span></p>'
            )
        if words:
            parts.append(f'<p class="read-as">{escape(t("like_words", words=", ".join(words)))}</p>')
        similar = f'<a href="{self._root}/paper/{id}#similar">{self._similar}</a>'
        parts.append(f'<p class="do">{"".join(map(self._link, view.links))}{similar}{self.star}</p></article>')
        return Markup("\n".join(parts))  # noqa: S704  (everything in it is escaped)

    def facts(self, view: View) -> Markup:
        """The line of categories, day and other facts."""
        t, document = self._t, view.document
        parts = [
            _tag(self._root, "category", value.name, to_html(value.segments), number == 0, t.language)
            for number, value in enumerate(view.categories)
        ]
        if document.shown_day:
            about = "" if view.is_day_announced else f' title="{escape(t("computed"))}"'
            shown_day = f"≈ {document.shown_day}" if about else document.shown_day
            parts.append(f'<time datetime="{document.shown_day}"{about}>{shown_day}</time>')
        if document.is_withdrawn:
            reason = escape(document.withdrawal or "")
            parts.append(f'<strong class="withdrawn" title="{reason}">{escape(t("withdrawn"))}</strong>')
        if view.is_replacement:
            parts.append(f"<span>v{document.version} · {escape(t('replaced'))}</span>")
        if document.upvotes is not None:
            parts.append(f'<span title="{escape(t("upvotes_label"))}">▲ {t.number(document.upvotes)}</span>')
        parts += (_tag(self._root, "venue", value.name, to_html(value.segments), False, "") for value in view.venues)
        parts.append(f"<span>{to_html(view.id)}</span>")
        if self._bilingual and view.only_language:
            language = t.language_name(view.only_language)
            parts.append(
                f'<span class="only" title="{escape(self._why_only(view))}">'
                f"{escape(t('only_in', language=language))}</span>"
            )
        return Markup(f'<p class="facts">{"".join(parts)}</p>')  # noqa: S704  (everything in it is escaped)

    def _why_only(self, view: View) -> str:
        t = self._t
        reasons = view.document.untranslated.values()
        return " ".join(t("untranslated", reason=t.get(f"reason: {reason}", reason)) for reason in reasons) or t(
            "not_translated"
        )

    def _authors(self, view: View) -> str:
        t = self._t
        names = ", ".join(
            f'<a href="{self._root}/?{_author_query(author.name)}">{to_html(author.segments)}</a>'
            for author in view.first_authors
        )
        more = f" {escape(t('and_more', n=view.more_authors))}" if view.more_authors else ""
        return f'<p class="by">{names}{more}</p>'

    def _excerpts(self, view: View) -> str:
        excerpts = view.excerpts
        whole = self.abstracts(view)
        if not any(part.is_cut for _, part in excerpts):
            return whole
        shown = _columns([(language, part.segments) for language, part in excerpts], "excerpt")
        return f'{shown}<details class="whole-abstract"><summary>{self._whole}</summary>{whole}</details>'

    def abstracts(self, view: View) -> Markup:
        """Whole abstracts, in two columns where there are two."""
        if not view.abstracts:
            html = f'<div class="one"><p class="none">{escape(self._t("no_abstract"))}</p></div>'
        else:
            html = _columns([(text.language, text.segments) for text in view.abstracts])
        return Markup(html)  # noqa: S704  (everything in it is escaped)

    def _link(self, link: Link) -> str:
        t = self._t
        source = t.get(f"by: {link.named_by}", t.get(f"source_{link.named_by}", link.named_by))
        title = f' title="{escape(t("named_by", source=source))}"' if link.named_by else ""
        return f'<a href="{escape(link.address)}" rel="noopener"{title}>{escape(t.get(link.kind, link.kind))}</a>'


def _columns(texts: Sequence[tuple[str, Sequence[Segment]]], kind: str = "") -> str:
    """Texts side by side where there are two."""
    paragraphs = "".join(f'<p lang="{language}">{to_html(segments)}</p>' for language, segments in texts)
    return f'<div class="{"both" if len(texts) > 1 else "one"}{f" {kind}" if kind else ""}">{paragraphs}</div>'


# Categories, venues and authors come again from page to page.
@lru_cache(maxsize=4096)
def _tag(root: str, name: str, value: str, shown: str, is_main: bool, language: str) -> str:
    title = f' title="{escape(category_label(value, language))}"' if name == "category" else ""
    query = escape(urlencode({name: value}))
    return f'<a class="tag{" main" if is_main else ""}" href="{root}/?{query}"{title}>{shown}</a>'


@lru_cache(maxsize=8192)
def _author_query(name: str) -> str:
    return escape(urlencode({"q": f'au:"{name}"'}))
