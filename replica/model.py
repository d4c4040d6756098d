"""A small Argos package for the demo and the tests: English to Chinese, word by word, in the stand-in's vocabulary.

Nothing is trained. The attention weights are set by hand, so that each target position looks at the same position of
the source. The output projection then turns each English piece into its Chinese one, and copies unknown pieces. Whole
terms of the vocabulary are single pieces. The encoder marks pieces after which the word continues. These are copied,
too, so that "better" does not become 是tter. It is a toy: word order stays English. It breaks figures ("3.5%" becomes
"3。5%") as real models do, and the protection of figures has to repair them.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from replica.vocabulary import ADJECTIVES, METRICS, PROBLEMS, TOPICS
from replica.world import World

VERSION = "0.2"
SPACE = "▁"
_POSITIONS = 512
# With so many pieces the stand-in's abstracts have 1.3 of them a word; real ones have 1.26 with a real package.
_PIECES_OF_REAL_LENGTH = 2500
_GAIN, _SHARPNESS, _NOISE = 20.0, 46.0, 1e-4
_INSIDE = 8.0


@dataclass(frozen=True, slots=True)
class Size:
    """The size of the model. Three quarters of the width encode the piece, the rest its position."""

    width: int
    heads: int
    inner: int
    layers: int
    vocabulary: int = 0  # filled up to this size with pieces that are never used
    copies: bool = False  # knows no terms: splits words into as many pieces as a real model, and copies them all

    @property
    def content(self) -> int:
        return self.width * 3 // 4


TOY = Size(width=256, heads=4, inner=64, layers=1)
# As large, and so as slow, as the published English-Chinese package; its answers are as long as its questions.
FULL = Size(width=512, heads=8, inner=2048, layers=6, vocabulary=65_001, copies=True)

_WORDS = """
a= an= the= of=的 in=在 on=在 at=以 by=由 to=到 for=用于 with=与 from=由 under=在 as=随 over=比 than=比 and=和
not=不 no=没有 is=是 are=是 be=是 can=能 has=有 been=被 back=住 held=阻 it=它 its=其 we=我们 our=我们的 this=本 each=每
all=所有 most=大多数 one=一个 only=只 that=即 which=其 what=什么 paper=文 work=工作 takes=把 granted=视为理所当然
central=核心 problem=问题 progress=进展 make=使 hard=困难 introduce=提出 copes=应对 replace=取代 usual=常用
pipeline=流程 starting=出发 point=点 extend=扩展 show=表明 enough=足够 cost=代价 grows=增长 size=规模 prove=证明
error=误差 errors=误差 stays=保持 below=低于 method=方法 needs=需要 hyperparameters=超参数 labels=标签 step=步
solves=求解 closed=闭 form=式 single=单个 layers=层 shared=共享 parts=部分 unlike=不同于 makes=作 assumption=假设
experiments=实验 confirm=证实 gains=提升 rises=提高 reaches=达到 times=倍 speed=速度 find=发现 avoidable=可以避免
explains=解释 remaining=剩余 code=代码 available=可用 models=模型 released=发布 version=版本 adds=增加 ablation=消融
corrects=修正 constant=常数 trading=换取 rethinking=重新思考 towards=迈向 price=代价 bound=界 .=。 ,=， ?=？ :=：
"""


def words() -> dict[str, str]:
    """English → Chinese, for every word and term of the stand-in's grammar."""
    translations = {}
    for entry in _WORDS.split():
        english, _, chinese = entry.partition("=")
        translations[english] = chinese
    pairs = [*ADJECTIVES, *PROBLEMS, *METRICS]
    for topic in TOPICS:
        pairs += [*topic.tasks, *topic.methods, topic.name]
    return translations | dict(pairs)


def build(path: Path, size: Size = TOY) -> Path:
    """Write the package, an `.argosmodel` file, to `path` and return that. The toy has a megabyte (half a second)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / f"translate-en_zh-{VERSION.replace('.', '_')}"
        folder.mkdir()
        vocabulary, mapping = _tokenizer(folder, size.copies)
        unused = range(len(vocabulary), size.vocabulary)
        vocabulary, mapping = vocabulary + [f"<unused{n}>" for n in unused], mapping + [0 for _ in unused]
        model(folder / "model", vocabulary, mapping, size)
        metadata: dict[str, str | bool] = {
            "package_version": VERSION,
            "argos_version": "1.9.0",
            "from_code": "en",
            "from_name": "English",
        }
        metadata |= {"to_code": "zh", "to_name": "Chinese", "demo": True}
        (folder / "metadata.json").write_text(json.dumps(metadata))
        (folder / "README.md").write_text("A toy that knows the words of Paperglot's stand-in, and no others.\n")
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(folder.rglob("*")):
                if file.is_file():
                    archive.write(file, str(file.relative_to(folder.parent)))
    return path


def _tokenizer(folder: Path, copies: bool) -> tuple[list[str], list[int]]:
    """Train sentencepiece in `folder`. Returns its pieces, and for each the number of the piece that it becomes."""
    import sentencepiece

    terms = {} if copies else _term_pieces()
    chinese_words = sorted({chinese for chinese in terms.values() if chinese and chinese not in "。，？："})
    placeholders = [f"{SPACE}X{number}" for number in range(11, 80)] + [f"{SPACE}Q{n}Q" for n in range(3, 40)]
    symbols = list(dict.fromkeys([*(piece for piece in terms if piece not in ".,?:"), *placeholders, *chinese_words]))
    corpus = folder / "corpus.txt"
    corpus.write_text("\n".join(_abstracts() if copies else _word_salad(chinese_words)), "utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(corpus),
        model_prefix=str(folder / "sentencepiece"),
        vocab_size=len(symbols) + (_PIECES_OF_REAL_LENGTH if copies else 500),
        model_type="bpe",
        character_coverage=1.0,
        user_defined_symbols=symbols,
        hard_vocab_limit=False,
        normalization_rule_name="identity",
        required_chars="".join(map(chr, range(33, 127))) + "。，？：",
        minloglevel=2,
    )
    corpus.unlink()
    (folder / "sentencepiece.vocab").unlink()
    processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / "sentencepiece.model"))
    vocabulary = [processor.id_to_piece(number) for number in range(processor.get_piece_size())]
    numbers = {piece: number for number, piece in enumerate(vocabulary)}
    mapping = list(range(len(vocabulary)))  # unknown pieces are copied
    for piece, chinese in terms.items():
        if piece in numbers:
            mapping[numbers[piece]] = numbers[chinese] if chinese in numbers else numbers[SPACE]
    return vocabulary, mapping


def _term_pieces() -> dict[str, str]:
    """Piece → Chinese: each word or term of the grammar is one piece, and another one with a capital."""
    pieces = {}
    for english, chinese in words().items():
        start = SPACE if english[0].isalnum() else ""
        for form in {english, english[0].upper() + english[1:]}:
            pieces[start + form.replace(" ", SPACE)] = chinese
    return pieces


def _word_salad(chinese_words: list[str]) -> list[str]:
    random = Random(5)
    english = [" ".join(random.choices([*words(), "X11", "Q3Q"], k=8)) for _ in range(2000)]
    return english + ["".join(random.choices(chinese_words, k=6)) for _ in range(300)]


def _abstracts() -> list[str]:
    return [paper.abstract[0] for paper in World(papers_a_day=2000).announced(date(2026, 11, 18))]


def model(folder: Path, vocabulary: list[str], mapping: list[int], size: Size) -> None:
    """Write a transformer whose last decoder layer attends to its own position; the other layers change nothing."""
    import numpy as np
    from ctranslate2.specs import common_spec, transformer_spec

    random = np.random.default_rng(0)
    spec = transformer_spec.TransformerSpec.from_config(
        (size.layers, size.layers), size.heads, pre_norm=True, activation=common_spec.Activation.RELU
    )
    codes = random.choice([-1.0, 1.0], size=(len(vocabulary), size.content)).astype(np.float32)
    codes_out = random.choice([-1.0, 1.0], size=(len(vocabulary), size.content)).astype(np.float32)

    def embedded(content: Any) -> Any:
        table = np.zeros((len(vocabulary), size.width), np.float32)
        table[:, : size.content] = content
        return table / np.sqrt(size.width)

    frequencies = random.uniform(0.02, np.pi, size=(size.width - size.content) // 2)
    angles = np.arange(_POSITIONS)[:, None] * frequencies[None]
    positions = np.zeros((_POSITIONS, size.width), np.float32)
    positions[:, size.content :: 2], positions[:, size.content + 1 :: 2] = (
        np.sin(angles) * np.sqrt(2),
        np.cos(angles) * np.sqrt(2),
    )

    def normal(part: Any) -> None:
        part.gamma, part.beta = np.ones(size.width, np.float32), np.zeros(size.width, np.float32)

    def linear(part: Any, out: int, width: int, weight: Any = None) -> None:
        # Tiny weights instead of zeros: quantization divides by the largest weight.
        part.weight = weight if weight is not None else (random.standard_normal((out, width)) * _NOISE).astype("f4")
        part.bias = np.zeros(out, np.float32)

    encoder, decoder = spec.encoder, spec.decoder
    # One part of the content says that a piece continues a word, another that the piece after it does.
    goes_on, next_goes_on = size.content - 1, size.content - 2
    codes[:, goes_on] = [1.0 if _goes_on(piece) else -1.0 for piece in vocabulary]
    looks_ahead = not size.copies and any(piece.startswith(SPACE) for piece in vocabulary)
    codes[:, next_goes_on] = 0.0
    encoder.scale_embeddings = decoder.scale_embeddings = True
    encoder.embeddings[0].weight, decoder.embeddings.weight = embedded(codes), embedded(codes_out)
    encoder.position_encodings.encodings = decoder.position_encodings.encodings = positions
    for part in (encoder, decoder):
        normal(part.layer_norm)
        for layer in part.layer:
            normal(layer.ffn.layer_norm)
            linear(layer.ffn.linear_0, size.inner, size.width)
            linear(layer.ffn.linear_1, size.width, size.inner)
            normal(layer.self_attention.layer_norm)
            linear(layer.self_attention.linear[0], 3 * size.width, size.width)
            linear(layer.self_attention.linear[1], size.width, size.width)
    if looks_ahead:
        first_attention = encoder.layer[0].self_attention.linear
        first_attention[0].weight, first_attention[1].weight = _look_ahead(np, size, frequencies, goes_on, next_goes_on)
    for number, layer in enumerate(decoder.layer, start=1):
        normal(layer.attention.layer_norm)
        weights = _attention(np, size) if number == size.layers else (None, None, None)
        rows = (size.width, 2 * size.width, size.width)
        for part, out, weight in zip(layer.attention.linear, rows, weights, strict=True):
            linear(part, out, size.width, weight)
    projection = np.zeros((len(vocabulary), size.width), np.float32)
    used_count = len(mapping) - mapping.count(0) + 1  # the other pieces are fillers
    for source, target in enumerate(mapping[:used_count]):
        projection[target, : size.content] += codes[source] * _SHARPNESS / size.content
        if looks_ahead and source != target and vocabulary[source].lstrip(SPACE)[:1].isalpha():
            projection[source, : size.content] = codes[source] * _SHARPNESS / size.content
            projection[source, next_goes_on], projection[target, next_goes_on] = _INSIDE, -_INSIDE
    decoder.projection.weight = projection
    decoder.projection.bias = np.zeros(len(vocabulary), np.float32)
    for unused in set(range(len(vocabulary))) - set(mapping[:used_count]):
        decoder.projection.bias[unused] = -5
    spec.register_source_vocabulary(list(vocabulary))
    spec.register_target_vocabulary(list(vocabulary))
    spec.config.add_source_eos, spec.config.add_source_bos = True, False
    spec.config.decoder_start_token = "<s>"  # noqa: S105
    spec.validate()
    spec.optimize(quantization="int8")
    folder.mkdir()
    spec.save(str(folder))


def _goes_on(piece: str) -> bool:
    return not piece.startswith(SPACE) and piece[:1].isascii() and piece[:1].isalnum()


def _look_ahead(np: Any, size: Size, frequencies: Any, source_part: int, target_part: int) -> tuple[Any, Any]:
    """Weights of the first encoder layer: one part of the next position is added to another part of this one."""
    width, content = size.width, size.content
    head_width = width // size.heads
    pair_count = min(head_width, width - content) // 2
    sharpness = np.sqrt(32 * np.sqrt(head_width) / (2 * pair_count))
    in_weights, out_weights = np.zeros((3 * width, width), np.float32), np.zeros((width, width), np.float32)
    for number, frequency in enumerate(frequencies[:pair_count]):
        sine, cosine = content + 2 * number, content + 2 * number + 1
        # The angle of a position, turned by its frequency, is the angle of the next position.
        in_weights[2 * number, [sine, cosine]] = sharpness * np.cos(frequency), sharpness * np.sin(frequency)
        in_weights[2 * number + 1, [sine, cosine]] = -sharpness * np.sin(frequency), sharpness * np.cos(frequency)
        in_weights[width + 2 * number, sine] = in_weights[width + 2 * number + 1, cosine] = sharpness
    in_weights[2 * width, source_part] = 1.0
    out_weights[target_part, 0] = 1.0
    return in_weights, out_weights


def _attention(np: Any, size: Size) -> tuple[Any, Any, Any]:
    """Weights of the decoder's attention to the source: it compares positions only, and copies the content."""
    width, content = size.width, size.content
    head_width, position_width = width // size.heads, width - content
    dimensions = min(head_width, position_width)
    sharpness = np.sqrt(32 * np.sqrt(head_width) / dimensions)
    query = np.zeros((width, width), np.float32)
    key_value = np.zeros((2 * width, width), np.float32)
    out = np.zeros((width, width), np.float32)
    content_a_head = content // size.heads
    for head in range(size.heads):
        first = head * dimensions % position_width
        for number in range(dimensions):
            query[head * head_width + number, content + (first + number) % position_width] = sharpness
            key_value[head * head_width + number, content + (first + number) % position_width] = sharpness
        for number in range(content_a_head):
            key_value[width + head * head_width + number, head * content_a_head + number] = 1.0
            out[head * content_a_head + number, head * head_width + number] = _GAIN
    return query, key_value, out
