"""Titles and abstracts from one grammar, so that each English text has a true Chinese translation."""

from __future__ import annotations

from random import Random

from replica.vocabulary import ADJECTIVES, FORMULAS, METRICS, PROBLEMS, SYSTEMS, Pair, Topic

TITLES: tuple[Pair, ...] = (
    ("{System}: {Adj} {task} with {a_method}", "{System}：使用{method}的{adj}{task}"),
    ("{An_adj} {method} for {task}", "用于{task}的{adj}{method}"),
    ("Towards {adj} {task} under {problem}", "在{problem}下迈向{adj}{task}"),
    ("Rethinking the {method} for {task} under {problem}", "在{problem}下重新思考用于{task}的{method}"),
    ("{System}: trading {metric} for {metric2} in {task}", "{System}：在{task}中以{metric}换取{metric2}"),
    ("What is the price of {problem} in {task}?", "在{task}中，{problem}的代价是什么？"),
    ("A {formula} bound for {task} with {problem}", "{problem}时{task}的{formula}界"),
    ("{Task} and {task2} from one {adj} {method}", "由同一个{adj}{method}实现{task}和{task2}"),
)
OPENINGS: tuple[Pair, ...] = (
    ("{Task} is a central problem in {field}.", "{task}是{field}中的一个核心问题。"),
    ("Progress in {task} has been held back by {problem}.", "{task}的进展一直受到{problem}的阻碍。"),
    ("Most work on {task} takes {problem} for granted.", "大多数关于{task}的工作把{problem}视为理所当然。"),
    ("{Problem} can make {task} hard.", "{problem}会使{task}变得困难。"),
)
IDEAS: tuple[Pair, ...] = (
    (
        "We introduce {System}, {an_adj} {method} that copes with {problem}.",
        "我们提出{System}，一种能应对{problem}的{adj}{method}。",
    ),
    ("In this paper we replace the usual pipeline by {an_adj} {method}.", "本文用一种{adj}{method}取代常用的流程。"),
    (
        "Our starting point is {an_adj} {method}, which we extend to {task}.",
        "我们的出发点是一种{adj}{method}，我们将其扩展到{task}。",
    ),
    ("We show that {an_adj} {method} is enough for {task}.", "我们表明，一种{adj}{method}足以完成{task}。"),
)
DETAILS: tuple[Pair, ...] = (
    ("Its cost grows as {formula}, not with the size of {data}.", "其代价按{formula}增长，而不随{data}的规模增长。"),
    (
        "We prove that the error stays below {formula} for all {formula2}.",
        "我们证明，对所有{formula2}，误差保持在{formula}以下。",
    ),
    ("The method needs only {n} hyperparameters and no labels.", "该方法只需要{n}个超参数，不需要标签。"),
    ("Each step solves {formula} in closed form.", "每一步都以闭式求解{formula}。"),
    ("A single {method} of {n} layers is shared by all parts.", "所有部分共享一个{n}层的{method}。"),
    (
        "Unlike {System2}, it makes no assumption on {formula}.",
        "与{System2}不同，它不对{formula}作任何假设。",
    ),
)
RESULTS: tuple[Pair, ...] = (
    ("On {data}, {metric} rises by {percent}% over {System2}.", "在{data}上，{metric}比{System2}提高了{percent}%。"),
    (
        "Experiments on {data} confirm gains in {metric} and {metric2}.",
        "在{data}上的实验证实了{metric}和{metric2}的提升。",
    ),
    ("It reaches {percent}% {metric} at {times} times the speed.", "它以{times}倍的速度达到{percent}%的{metric}。"),
    (
        "We find that most of {problem} is avoidable: it explains {percent}% of the remaining errors.",
        "我们发现，{problem}大多可以避免：它解释了{percent}%的剩余误差。",
    ),
)
CLOSINGS: tuple[Pair, ...] = (
    ("Code is available at {code}.", "代码可在{code}获取。"),
    ("Code and models are released at {code}.", "代码和模型发布于{code}。"),
)
REVISIONS: tuple[Pair, ...] = (
    ("This version adds an ablation of the {method}.", "本版本增加了对{method}的消融实验。"),
    ("This version corrects the constant in {formula}.", "本版本修正了{formula}中的常数。"),
)


def _article(word: str) -> str:
    vowel = word[0].lower() in "aeiou" and not word.startswith("uni")
    return ("an " if vowel else "a ") + word


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def words(topic: Topic, random: Random, code: str) -> tuple[dict[str, str], dict[str, str]]:
    """A random word for each slot of the templates: slot → English, and slot → Chinese.

    `code` is the address of the repository.
    """
    task, task2 = random.sample(topic.tasks, 2)
    system, system2 = random.sample(SYSTEMS, 2)
    adjective, problem, method = random.choice(ADJECTIVES), random.choice(PROBLEMS), random.choice(topic.methods)
    shared_slots = {"System": system, "System2": system2, "code": code}
    slots = {"task": task, "task2": task2, "adj": adjective, "problem": problem, "method": method, "field": topic.name}
    english = shared_slots | {name: pair[0] for name, pair in slots.items()}
    english |= {
        "Task": _capital(task[0]),
        "Adj": _capital(adjective[0]),
        "Problem": _capital(problem[0]),
        "an_adj": _article(adjective[0]),
        "a_method": _article(method[0]),
        "An_adj": _capital(_article(adjective[0])),
    }
    chinese = shared_slots | {name: pair[1] for name, pair in slots.items()}
    english["data"] = chinese["data"] = random.choice(topic.data)
    return english, chinese


def _fill_template(random: Random, sentence: Pair, english: dict[str, str], chinese: dict[str, str]) -> Pair:
    """A template filled in both languages, with its own random figures, formulas and metrics."""
    formula, formula2 = random.sample(FORMULAS, 2)
    metric, metric2 = random.sample(METRICS, 2)
    figures = {
        "formula": formula,
        "formula2": formula2,
        "percent": f"{random.randint(1, 98)}.{random.randint(0, 9)}",
        "times": str(random.randint(2, 40)),
        "n": str(random.randint(2, 24)),
    }
    en, zh = sentence
    return (
        en.format_map(english | figures | {"metric": metric[0], "metric2": metric2[0]}),
        zh.format_map(chinese | figures | {"metric": metric[1], "metric2": metric2[1]}),
    )


def title(random: Random, english: dict[str, str], chinese: dict[str, str]) -> Pair:
    """A title in both languages."""
    return _fill_template(random, random.choice(TITLES), english, chinese)


def abstract(random: Random, english: dict[str, str], chinese: dict[str, str], *, has_code: bool) -> Pair:
    """An abstract of five to eight sentences in both languages."""
    sentences = [random.choice(OPENINGS), random.choice(IDEAS), *random.sample(DETAILS, random.randint(1, 3))]
    sentences += random.sample(RESULTS, random.randint(1, 2))
    if has_code:
        sentences.append(random.choice(CLOSINGS))
    sentence_pairs = [_fill_template(random, sentence, english, chinese) for sentence in sentences]
    return " ".join(en for en, _ in sentence_pairs), "".join(zh for _, zh in sentence_pairs)


def revision(random: Random, english: dict[str, str], chinese: dict[str, str]) -> Pair:
    """The sentence that a new version adds to the abstract, in both languages; the English one begins with a blank."""
    en, zh = _fill_template(random, random.choice(REVISIONS), english, chinese)
    return f" {en}", zh
