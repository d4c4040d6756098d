"""The patterns of spans in prose. Formulas are found elsewhere, for all packages (`papers.normalise.formulas`).

Every pattern has a bound for its length, and none begins within a run of letters and digits. So the time grows
linearly with the length of the text.
"""

from __future__ import annotations

import re

_UNIT = (
    r"(?:%|‰|°C|°|×|[xX](?![A-Za-z])"
    r"|[kMGTPcmµμnpf]?(?:bits?|Bytes?|B|FLOP/?s|FLOPS?|FLOPs|Hz|eV|pc|mol|Pa|bp|W|V|m|s|g|K|b)"
    r"|dB|dex|yr|Myr|Gyr|hr?|min|ms|kpc|Mpc|Å|rad|arcsec|mag|rpm|fps)"
)
_POWER = r"(?:[⁺⁻]?[⁰¹²³⁴-⁹]{1,2}|\^\{?[-−]?\d\}?)?"
# "3.1x", "85.4 %", "12 µm", "250 km/s", "5 fb⁻¹", "2.5 million", "300 万", "20th", "1990s", "1.5M", "1e-3".
NUMBER = rf"""
    (?:(?<![A-Za-z0-9)\]}}^_])[-+±−~≈])?
    (?P<digits>\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d{{1,30}}(?!\d))(?P<decimals>\.\d{{1,30}})?(?P<exponent>[eE][-+]?\d{{1,3}})?
    (?:
        [\s-]?(?P<word>(?i:thousand|million|billion|trillion))(?![A-Za-z])
      | \s?(?P<han>[十百千万亿]{{1,2}})(?![分年])
      | (?P<letter>[kKMBT])(?![A-Za-z0-9])
      | (?:st|nd|rd|th|s)(?![A-Za-z0-9])
      | \s?{_UNIT}{_POWER}(?:[/·]{_UNIT}{_POWER})?(?![A-Za-z0-9])
      | (?![A-Za-z0-9_^]|\.\d)
    )
"""

_FAMILY = (
    r"GPT|ChatGPT|Gemini|Claude|Llama|LLaMA|LLaVA|Qwen|Mistral|Mixtral|Gemma|Phi|DeepSeek|Stable\sDiffusion|Grok|Kimi|GLM"
    r"|Falcon|Vicuna|PaLM|Whisper|YOLO|Imagen|Flux|FLUX|Kling|Python|CUDA|DALL-E|DALL·E|Codex|Nova|Command\sR"
)
_MODEL = (
    r"v?\d+(?:\.\d+)*[A-Za-z]?|XXL|XL|Pro|Max|Ultra|Sonnet|Opus|Haiku|Flash|Lite|Mini|Nano|Turbo|Large|Medium|Small|Base"
    r"|Instruct|Chat|Vision|Thinking|Coder|R\d|V\d(?:\.\d)?|o\d|\d+(?:\.\d+)?[BM]"
)
_AUTHOR = r"[A-Z][\w’'-]{1,30}"
# The key of a TeX citation that is left in a text: "[holt2026clocks]".
_CITED = r"[A-Za-z][A-Za-z-]{0,30}(?:19|20)?\d\d[A-Za-z0-9_:-]{0,40}"
_AUTHORS = rf"{_AUTHOR}(?:,?\s(?:et\sal\.?|(?:and|&)\s{_AUTHOR}))?,?\s(?:19|20)\d\d[a-z]?"
# Mathematical letters, sets and operators of Unicode. A word with only raised or lowered digits ("CO₂") is a name.
MATHEMATICS = "\U0001d400-\U0001d7ff∑∏∫∂∇√∞∈∉⊂⊆⊕⊗∪∩∀∃ℝℂℕℤℚℓℏ"
RAISED = "⁰¹²³⁴-₎"
_TOP_LEVEL = "com|org|net|io|edu|gov|ai|dev|cn|de|uk|fr|jp|co|me|app"

PROSE = re.compile(
    rf"""
    (?P<tex>~?\\[A-Za-z]+\*?(?:\[[^\]\n]{{0,200}}\])?(?:\{{[^{{}}]{{0,400}}\}}){{0,4}})
  | (?P<link>(?:https?://|ftp://|www\.)[^\s<>"“”{{}}|，。；、）】》\u3400-\u9fff]*)
  | (?P<mail>(?<![A-Za-z0-9])[A-Za-z0-9][A-Za-z0-9._+-]{{0,64}}@[A-Za-z0-9-]{{1,64}}(?:\.[A-Za-z0-9-]{{1,64}}){{1,5}})
  | (?P<doi>(?<![\w.])10\.\d{{4,9}}/[^\s，。；）]{{1,200}})
  | (?P<arxiv>(?<![A-Za-z])arXiv:\s?(?:\d{{4}}\.\d{{4,5}}|[a-z-]{{2,12}}/\d{{7}})(?:v\d+)?)
  | (?P<code>`[^`'\n]{{1,120}}`)
  | (?P<cite>\[\d{{1,3}}(?:\s*[,–-]\s*\d{{1,3}}){{0,30}}\])
  | (?P<cited>\[{_CITED}(?:[,;]\s?{_CITED}){{0,8}}\])
  | (?P<author>\((?:see\s|e\.g\.,?\s|cf\.\s)?{_AUTHORS}(?:;\s{_AUTHORS}){{0,8}}\))
  | (?P<journal>(?<![A-Za-z0-9])(?=(?:[A-Z][A-Za-z]{{0,9}}\.\s?){{0,5}}[A-Z][a-z]{{2,9}}\.)
      (?:[A-Z][A-Za-z]{{0,9}}\.\s?){{2,6}}(?:[A-Z]\s)?\d{{1,5}}[A-Z]?
      (?:[,:]\s?\d{{1,6}}(?:[-–]\d{{1,6}})?){{0,3}}(?:,?\s?\((?:19|20)\d\d\))?)
  | (?P<formula>(?<![A-Za-z0-9])(?:
        [A-Za-z0-9]{{1,20}}(?:_[A-Za-z0-9]{{1,10}}){{0,2}}
          (?:\^(?:\{{[^{{}}\n]{{1,60}}\}}|[-+]?[A-Za-z0-9]{{1,10}})|_\{{[^{{}}\n]{{1,60}}\}})
          (?:[_^](?:\{{[^{{}}\n]{{1,60}}\}}|[A-Za-z0-9]{{1,10}})){{0,3}}
      | [OΘΩ]\([^()\n]{{1,40}}(?:\([^()\n]{{1,30}}\)[^()\n]{{0,30}})?\)
      | [A-Za-z]\([^()\s]{{1,20}}\)
      ))
  | (?P<unicode>(?<![A-Za-z0-9])[A-Za-z0-9(\[|]{{0,8}}[{MATHEMATICS}{RAISED}][^\s，。；、：（）]{{0,80}})
  | (?P<product>(?<![A-Za-z0-9])(?:{_FAMILY})(?:[\s-](?:{_MODEL})(?![A-Za-z0-9])){{1,4}})
  | (?P<number>(?<![A-Za-z0-9_.]){NUMBER})
  | (?P<domain>(?<![A-Za-z0-9.])(?:[a-z0-9-]{{1,40}}\.){{1,3}}(?:{_TOP_LEVEL})/[^\s<>"“”{{}}|，。；、）】》]{{1,200}})
  | (?P<token>[A-Za-z0-9](?:[A-Za-z0-9._+#’/-]*[A-Za-z0-9+#])?)
    """,
    re.VERBOSE,
)
# The rest of a name that begins with a formula: "$\beta$-VAE", "$^{18}$F-FDG".
TAIL = re.compile(r"-?[A-Z][A-Za-z]{0,3}(?:-[A-Z0-9][A-Za-z0-9]{0,8}){0,2}(?![a-z])")
