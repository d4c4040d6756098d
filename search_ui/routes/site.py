"""What browsers and robots ask of a site: `/robots.txt`, `/favicon.ico`, `/opensearch.xml` and its suggestions."""

from __future__ import annotations

from html import escape

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from search_ui import asked
from search_ui.layout import public_root, root, static, words

router = APIRouter(include_in_schema=False)
_SUGGESTED = 8
# A robot follows papers and days. Filters, orders and pages of results make an endless space; files are large.
_ROBOTS = """\
User-agent: *
Allow: {root}/$
Allow: {root}/paper/
Allow: {root}/days
Allow: {root}/static/
Disallow: {root}/?
Disallow: {root}/api/
Disallow: {root}/export
Disallow: {root}/feed
Disallow: {root}/ranked
Disallow: {root}/language/
Disallow: {root}/texts/
"""


@router.get("/robots.txt")
def robots(request: Request) -> Response:
    """Robots may read papers and the calendar, and not follow filters."""
    return Response(_ROBOTS.format(root=root(request)), media_type="text/plain")


@router.get("/favicon.ico")
def favicon(request: Request) -> Response:
    """For what looks for a picture without having read a page."""
    return RedirectResponse(root(request) + static("icon.svg"), status_code=302)


@router.get("/opensearch.xml")
def opensearch(request: Request) -> Response:
    """With which a browser searches here from its own bar. Its addresses are whole ones: see `layout.public_root`."""
    start = escape(public_root(request) or root(request))
    body = f"""<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
  <ShortName>Paperglot</ShortName>
  <Description>{escape(words(request)("search_label"))}</Description>
  <InputEncoding>UTF-8</InputEncoding>
  <Image type="image/svg+xml">{start}{static("icon.svg")}</Image>
  <Url type="text/html" template="{start}/?q={{searchTerms}}"/>
  <Url type="application/x-suggestions+json" template="{start}/suggestions?q={{searchTerms}}"/>
  <Url type="application/atom+xml" template="{start}/feed?q={{searchTerms}}"/>
  <Url type="application/opensearchdescription+xml" rel="self" template="{start}/opensearch.xml"/>
</OpenSearchDescription>
"""
    return Response(body, media_type="application/opensearchdescription+xml")


@router.get("/suggestions")
def suggestions(request: Request, q: str = "") -> Response:
    """Suggestions as browsers read them: the text as it was typed, then what it may become."""
    texts = [suggestion.text for suggestion in asked.suggestions(request, q, _SUGGESTED)]
    return Response(orjson.dumps([q, texts]), media_type="application/x-suggestions+json")
