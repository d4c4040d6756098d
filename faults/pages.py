"""A page of each format that the stand-in doesn't serve, with every field that its parser reads."""

ABS = """<!DOCTYPE html><html><head><meta name="citation_author" content="Berg Jr., Tomas" />
<meta name="citation_arxiv_id" content="2611.00001" /></head><body><h1 class="title mathjax">A title</h1>
<blockquote class="abstract mathjax">An abstract.</blockquote><table>
<tr><td class="tablecell label">Comments:</td><td class="tablecell comments mathjax">9 pages</td></tr>
<tr><td class="tablecell label">Subjects:</td><td class="tablecell subjects">Machine Learning (cs.LG)</td></tr>
<tr><td class="tablecell label">Report number:</td><td class="tablecell jref">R-7</td></tr>
<tr><td class="tablecell label">Related DOI:</td><td class="tablecell doi"><a data-doi="10.1/x">x</a></td></tr>
</table><div class="submission-history"><strong><a href="/abs/2611.00001v1">[v1]</a></strong>
Thu, 5 Nov 2026 06:04:23 UTC (8 KB)<br/><strong>[v2]</strong> Fri, 20 Nov 2026 06:04:23 UTC (9 KB)</div>
<div class="abs-license"><a href="http://creativecommons.org/licenses/by/4.0/">view license</a></div></body></html>"""

HTML = """<!DOCTYPE html><html><head><title>A title</title></head><body>
<div id="watermark-tr">arXiv:2611.00001v2 [cs.LG] 20 Nov 2026</div><article class="ltx_document">
<h1 class="ltx_title ltx_title_document">A title</h1><figure id="S1.F1" class="ltx_figure">
<img src="2611.00001v2/x1.png" class="ltx_graphics"><figcaption class="ltx_caption">
<span class="ltx_tag ltx_tag_figure">Figure 1: </span>The caption <math alttext="k"></math>.</figcaption></figure>
</article></body></html>"""

API = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"
xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"><opensearch:totalResults>1</opensearch:totalResults>
<opensearch:startIndex>0</opensearch:startIndex><entry><id>http://arxiv.org/abs/2611.00001v2</id><title>A title</title>
<summary>An abstract.</summary><published>2026-11-05T06:04:23Z</published><author><name>Tomas Berg</name></author>
<arxiv:comment>9 pages</arxiv:comment><arxiv:journal_ref>J 7</arxiv:journal_ref><arxiv:doi>10.1/x</arxiv:doi>
<arxiv:primary_category term="cs.LG"/><category term="cs.CL"/></entry></feed>"""

OAI = """<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-11-20T23:52:38Z</responseDate>
<ListRecords><record><header><identifier>oai:arXiv.org:2611.00001</identifier><datestamp>2026-11-20</datestamp>
<setSpec>cs:cs:LG</setSpec></header><metadata><arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>2611.00001</id>
<version version="v1"><date>Thu, 5 Nov 2026 02:19:29 GMT</date></version><title>A title</title>
<authors>Tomas Berg, Mira Holt</authors><categories>cs.LG cs.CL</categories><comments>9 pages</comments>
<journal-ref>J 7</journal-ref><doi>10.1/x</doi><report-no>R-7</report-no>
<license>http://creativecommons.org/licenses/by/4.0/</license><abstract>An abstract.</abstract></arXivRaw></metadata>
</record><resumptionToken cursor="0" completeListSize="2">a-token</resumptionToken></ListRecords></OAI-PMH>"""

RSS = """<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">
<channel><title>cs.LG updates on arXiv.org</title><link>http://rss.arxiv.org/rss/cs.LG</link>
<pubDate>Fri, 20 Nov 2026 00:00:00 -0500</pubDate><item><title>A title</title>
<link>https://arxiv.org/abs/2611.00001</link><description>arXiv:2611.00001v1 Announce Type: new
Abstract: An abstract.</description><guid isPermaLink="false">oai:arXiv.org:2611.00001v1</guid>
<category>cs.LG</category><pubDate>Fri, 20 Nov 2026 00:00:00 -0500</pubDate>
<arxiv:announce_type>new</arxiv:announce_type><dc:rights>http://creativecommons.org/licenses/by/4.0/</dc:rights>
<dc:creator>Tomas Berg, Mira Holt</dc:creator><arxiv:DOI>10.1/x</arxiv:DOI></item></channel></rss>"""
