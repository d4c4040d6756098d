"""What a sentence does in an abstract: it gives background, says what the paper does, how, or what came out.

The cues are words that authors use in all fields. How well they tell the sentences apart is measured with the abstracts
of `tests/golden/summary`.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple


class Role(StrEnum):
    """What a sentence does."""

    AIM = "aim"  # what is proposed, shown or studied
    METHOD = "method"  # how
    RESULT = "result"  # what it achieves
    BACKGROUND = "background"  # what was known, or is missing
    REMARK = "remark"  # where the code is, whom the authors thank


class Judged(NamedTuple):
    """A sentence with its role, and how clearly its words speak for the role."""

    text: str
    role: Role
    weight: float


def judge(sentence: str) -> Judged:
    """The role of a sentence, from its words alone."""
    if _REMARK.search(sentence):
        return Judged(sentence, Role.REMARK, 1.0)
    aim = 1.0 * _has(_WE_DO, sentence) + 1.3 * _has(_AIM, sentence) + 1.5 * _has(_NEW, sentence)
    weights = {
        Role.AIM: aim - 1.5 * _has(_AFTERTHOUGHT, sentence),
        Role.METHOD: 1.0 * _count(_METHOD, sentence, 2),
        Role.RESULT: 1.0 * _count(_RESULT, sentence, 3) + 0.8 * _has(_NUMBER, sentence),
        Role.BACKGROUND: 1.4 * _count(_BACKGROUND, sentence, 2) + 0.1,
    }
    role = max(weights, key=lambda each: weights[each])
    return Judged(sentence, role, weights[role])


def _has(cues: re.Pattern[str], sentence: str) -> bool:
    return cues.search(sentence) is not None


def _count(cues: re.Pattern[str], sentence: str, most: int) -> int:
    return min(sum(1 for _ in cues.finditer(sentence)), most)


def _any(*cues: str) -> re.Pattern[str]:
    """Any of these; a cue over several lines is one alternation."""
    return re.compile("|".join(re.sub(r"\n\s*", "", cue) for cue in cues), re.IGNORECASE)


_PAPER = "(?:paper|work|article|study|letter|note|survey|review|thesis|report|contribution|manuscript|chapter|reply)"
_DO = """(?:propose|introduce|present|develop|devise|describe|formulate|construct|design|build|derive|establish|prove|
show|demonstrate|argue|study|investigate|examine|analy[sz]e|explore|consider|address|tackle|revisit|survey|review|
provide|offer|give|report|release|characteri[sz]e|compute|calculate|determine|measure|estimate|compare|evaluate|
identify|classify|extend|generali[sz]e|obtain|quantify|discuss|ask|find|test|solve|resolve|model|simulate|search|
replicate|reproduce|announce|observe|detect|discover|answer|define|suggest|improve|apply|bound|settle|disprove|
advocate|outline|create|collect|curate|implement|reconstruct|constrain|map)"""
_DONE = """(?:proposed|introduced|presented|developed|described|derived|established|proved|proven|shown|demonstrated|
studied|investigated|examined|analy[sz]ed|explored|considered|addressed|reviewed|provided|given|reported|computed|
calculated|determined|measured|obtained|discussed|constructed|compared|found|designed|solved|estimated)"""
_BETWEEN = r"(?:\w+ly |also |first |then |here |thus |therefore |now |further |next |instead |can ){0,2}"
_METHOD_NAME = """(?:method|approach|model|framework|algorithm|dataset|benchmark|architecture|technique|estimator|test|
proof|scheme|protocol|mechanism|system|construction|pipeline|procedure|design|argument|probe|network|sample)"""

_REMARK = _any(
    "https?://",
    r"""\b(?:code|data|dataset|models?|software|implementation|weights|scripts|demo|checkpoints?|videos?|guidelines|
    samples|curves|tables)\b[^.]{0,60}\b(?:available|released?|open[- ]sourced?|published|found at|hosted|made public|
    accompany)\b""",
    r"\b(?:freely|publicly) available\b",
    r"\b(?:packages?|data|datasets?|recordings|annotations|baselines|models?|files|likelihoods|code)\b[^.]{0,60}"
    r"\b(?:may be downloaded|accompan(?:y|ies)|(?:is|are) provided|(?:has|have) been deposited|described elsewhere)\b",
    r"""\b(?:accepted (?:at|to|by|for)|to appear in|published in|presented at|submitted to|thank|grateful|acknowledg|
    project page|sparks? (?:a )?discussion|supplementary|companion paper)\b""",
    r"\bwe (?:urge|hope)\b",
    r"^(?:\w+ )?(?:code|data|keywords|comments?)\s*:",
)
_BACKGROUND = _any(
    r"""^(?:recent(?:ly)?|in recent years|over the (?:last|past)|for (?:decades|years|a long time)|traditionally|
    existing|previous|prior|current(?:ly)?|most (?:existing|studies|work|of)|many|conventional|despite|although|while|
    since|today|nowadays|state-of-the-art|yet|however|unfortunately|but|such)\b""",
    r"""\b(?:has|have) (?:recently )?(?:been (?:widely|extensively|long|recently|proposed|shown|studied|used)|attracted|
    emerged|become|shown|achieved|led|received|gained|revolutioni[sz]ed|made|proved|proven|remained)\b""",
    r"""\b(?:is|are|remains?) (?:an? )?(?:\w+ )?(?:important|crucial|essential|fundamental|challenging|open|critical|
    ubiquitous|widely|key|central|poorly|largely|often|usually|commonly|typically|notoriously|still|well[- ]known|
    difficult|unclear|unknown|limited|expensive|costly|scarce|lacking|rarely|elusive|increasingly)\b""",
    r"\b(?:often|usually|typically|commonly|rarely|increasingly|traditionally|notoriously|little is|one of the)\b",
    r"\b(?:known (?:to|that|as)|plays? an?|suffers? from|fails? to|rel(?:y|ies) on)\b",
    r"\?$",
)
_WE_DO = _any(r"\bwe\b(?! (?:hope|thank|believe|expect|conclude|conjecture|acknowledge|disclosed|have))")
_AIM = _any(
    rf"\b(?:we|I) {_BETWEEN}{_DO}\b",
    rf"\b(?:this|the present|our|the current) {_PAPER}\b",
    r"^(?:here|herein)\b|\bwe (?:are the first|have)\b",
    rf"\b(?:is|are) (?:also |here |then )?{_DONE}\b",
    r"\bour (?:goal|aim|main result|contribution)|\b(?:aims?|goal|purpose|objective) (?:is|of|to)\b",
    r"""^(?:motivated|inspired|building on|to (?:address|tackle|fill|overcome|bridge|close|answer|remedy|solve|mitigate|
    this end))""",
)
_NEW = _any(
    rf"""\b(?:we|I) {_BETWEEN}(?:propose|introduce|present|develop|devise|prove|show that|describe|construct|release|
    argue)\b""",
    rf"\b(?:this|our|the present) (?:position )?{_PAPER} (?:\w+ly )?{_DO}(?:s|es)?\b",
    rf"\b(?:novel|new) (?:\w+ ){{0,3}}{_METHOD_NAME}\b",
    r"\b(?:is|are) (?:here )?(?:proposed|introduced|presented)\b",
)
# What is said of the paper at its end, after all that it is about.
_AFTERTHOUGHT = _any(
    r"\b(?:is|are) (?:also |briefly )?(?:discussed|given|outlined|sketched|provided)(?: as well)?\.$",
    r"\bwe (?:also|further|finally|then|moreover|additionally|conclude|believe|recommend|observe)\b",
    r"^(?:as an application|finally)",
    r"^our (?:study|results|findings|analysis|work) (?:suggests?|impl\w+|indicates?|also)",
)
_METHOD = _any(
    rf"^(?:our|the)(?: proposed)? {_METHOD_NAME}\b",
    r"""^(?:specifically|in particular|concretely|to this end|first|firstly|second|secondly|finally|the (?:key|core|
    main) (?:idea|insight|ingredient|tool))\b""",
    r"""\b(?:consists? of|combin(?:es?|ing)|by (?:\w+ly )?\w+ing|based on|built (?:on|from|upon)|relies on|
    leverag(?:es?|ing)|employs?|utili[sz]es?|(?:is|are) trained|trained on|uses?|using|via|through|jointly|
    requires? (?:no|only|neither))\b""",
    r"""\bwe (?:use|employ|combine|apply|train|adopt|leverage|exploit|design|collect|construct|fit|run|optimi[sz]e|
    re-run|simulate|interview|analy[sz]e)\b""",
)
_RESULT = _any(
    r"""\b(?:results?|experiments?|simulations?|evaluations?|ablations?|benchmarks|observations|analys[ie]s|numerics|
    comparisons?|findings?|tests?|studies|measurements)\b[^.]{0,80}\b(?:show|demonstrat|reveal|indicat|confirm|suggest|
    prefer|validat|support|illustrat|imply|implies|establish)\w*""",
    r"""\b(?:outperform|surpass|exceed|improv|reduc|rais|lower|cut|speed|achiev|attain|reach|match|fall|drop|decreas|
    increas|recover|gain|doubl|halv|beat|retain|preserv|yield)(?:s|es|ed|e|ing|ment|ments|ion|ions)?\b""",
    r"""\bwe (?:find|observe|obtain|conclude|show|demonstrate|prove|achieve|report|confirm|detect|measure|rule out|
    deduce)\b""",
    r"""\b(?:state[- ]of[- ]the[- ]art|implies|it follows|as a (?:result|consequence|corollary)|consequently|
    surprisingly|remarkably|notably|overall|in contrast|by contrast|taken together|contrary to|up to|compared (?:with|
    to)|agrees?|consistent with|significant(?:ly)?|it is (?:shown|found|proved))\b""",
)
_NUMBER = re.compile(
    r"\d+(?:\.\d+)?\s*(?:\\?%|percent|points?|times|[x×]\b|dB|sigma|fold|GeV|TeV|ms|K\b)|\$[^$]*\d[^$]*\$|\b\d+\.\d+\b"
)
