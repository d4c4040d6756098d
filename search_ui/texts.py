"""The page's own words, in the languages it speaks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

LANGUAGES = {"en": "English", "zh": "中文"}

_EN = {
    "search": "Search",
    "search_label": "Search papers",
    "placeholder": "Words, “a phrase”, or an arXiv id",
    "today": "Newest",
    "skip": "Skip to the papers",
    "filters": "Filters",
    "category": "Category",
    "source": "Source",
    "year": "Year",
    "has": "Has",
    "count_one": "1 paper",
    "count": "{n} papers",
    "none": "No paper matches.",
    "none_hint": "Try fewer or other words, or take a filter away.",
    "nothing_searchable": "There is no word in this to search for.",
    "read_as": "Looking for",
    "all_of": "all of",
    "cut": "Only the first part of this long text was read.",
    "not_here": "{id} is not in this index.",
    "at_arxiv": "See it at arXiv",
    "sort": "Sort",
    "texts": "Texts",
    "both": "both",
    "relevance": "relevance",
    "newest": "newest",
    "upvotes": "upvotes",
    "remove": "Remove this filter",
    "clear": "Remove all filters",
    "histogram": "Papers by date",
    "and_more": "and {n} more",
    "replaced": "replaced",
    "pdf": "PDF",
    "arxiv": "arXiv",
    "code": "Code",
    "project": "Project",
    "huggingface": "Hugging Face",
    "similar": "Similar papers",
    "pages": "Pages",
    "next": "Next",
    "go_on": "Further papers",
    "announced": "Announced",
    "submitted": "Submitted",
    "versions": "Versions",
    "version": "version {n}",
    "categories": "Categories",
    "comments": "Comments",
    "journal": "Journal",
    "report": "Report",
    "doi": "DOI",
    "licence": "Licence",
    "upvotes_label": "Upvotes",
    "keywords": "Keywords",
    "organisation": "Organisation",
    "sources": "Seen at",
    "abstract": "Abstract",
    "no_abstract": "This source gave no abstract.",
    "not_translated": "Not translated yet.",
    "untranslated": "No good enough translation: {reason}.",
    "sentence": "Sentence {n}",
    "quality": "tested on {n} sentences: chrF {chrf}, BLEU {bleu}",
    "reason: empty": "empty",
    "reason: same as the source": "same as the source",
    "reason: wrong script": "wrong script",
    "reason: unreadable characters": "unreadable characters",
    "reason: a placeholder is left": "a placeholder is left",
    "reason: a protected part was lost": "a protected part was lost",
    "reason: something was added": "something was added",
    "reason: numbers or names are exchanged": "numbers or names are exchanged",
    "reason: repetition": "repetition",
    "reason: a part is not translated": "a part is not translated",
    "reason: length": "length",
    "reason: it says something else": "it says something else",
    "reason: a negation was lost": "a negation was lost",
    "reason: a term in another sense": "a term in another sense",
    "reason: no package for its language": "no package for its language",
    "reason: the text is too long": "the text is too long",
    "authors": "Authors",
    "footer": "{n} papers, the newest of {day}",
    "metadata": "metadata CC0 from arXiv",
    "machine": "translations made offline by a machine, may be wrong",
    "toy": "by a toy model that knows the words of made-up papers; “paperglot models install en zh” gets a real one",
    "translated_by": "Translated by",
    "error_503": "The papers cannot be searched right now",
    "away": "The search engine does not answer as it should. Try again in a moment.",
    "error_404": "There is no such page",
    "error_400": "This cannot be answered",
    "error_500": "Something went wrong here",
    "back": "To the newest papers",
    "runs": "Runs",
    "runs_elsewhere": "The catalogue is on another machine: “paperglot runs” there says how the last runs went.",
    "runs_nothing": "Nothing has run yet. “paperglot crawl” or “paperglot schedule” begins.",
    "runs_utc": "Times are in UTC. “paperglot runs --json” has every step.",
    "fine": "All is fine.",
    "not_fine": "What is not fine",
    "began": "Began",
    "job": "Job",
    "outcome": "Outcome",
    "duration": "Duration",
    "brought": "Brought",
    "by_hand": "by hand",
    "made_up": "made up for {n}",
    "attempt": "try {n}",
    "minutes": "{n} min",
    "seconds": "{n} s",
    "run_running": "running",
    "run_ok": "ok",
    "run_incomplete": "incomplete",
    "run_failed": "failed",
    "run_stopped": "stopped",
    "run_killed": "killed",
    "run_skipped": "skipped",
    "count_papers_new": "new",
    "count_papers_changed": "changed",
    "count_papers_translated": "translated",
    "count_refusals": "refused",
    "count_parse_errors": "not readable",
    "coverage": "Coverage",
    "coverage_lead": "What each announcement day has of what is followed here. A number alone says that all papers "
    "that its source states are kept.",
    "coverage_elsewhere": "The catalogue is on another machine: “paperglot coverage” there says what each day has.",
    "coverage_nothing": "Nothing was crawled yet. “paperglot crawl” begins.",
    "coverage_why": "What is not there, and why",
    "coverage_difference": "{id} is announced by {source} as {kind} only",
    "coverage_repair": "“paperglot coverage --repair” fetches what is missing; the next crawl does so for the last "
    "seven days.",
    "day": "Day",
    "so_far": "{n} so far",
    "of_expected": "{n} of {expected}",
    "state_complete": "complete",
    "state_complete so far": "complete so far",
    "state_empty": "empty",
    "state_partial": "partial",
    "state_stale": "not there yet",
    "state_refused": "refused",
    "state_unreachable": "no answer",
    "state_not readable": "not readable",
    "state_missing": "missing",
    "state_not yet": "not yet",
    "from": "from",
    "until": "until",
    "source_arxiv-listing": "arXiv",
    "source_huggingface-daily": "Hugging Face",
    "source_kaggle": "arXiv snapshot",
    "has_code": "Code",
    "has_project": "Project page",
    "has_updates": "Further versions",
    "has_upvotes": "Upvotes",
    "has_translation": "Translation",
    "past_the_end": "The results end before this page.",
    "first_page": "To the first page",
    "empty_index": "There is nothing to search yet. What to do first:",
    "first_crawl": "fetches today's papers from arXiv and Hugging Face, a minute for two categories",
    "first_import": "brings in the metadata of all of arXiv from a snapshot",
    "first_demo": "shows everything on made-up papers",
    "first_index": "makes the index of papers that are kept already",
}
_ZH = {
    "search": "搜索",
    "search_label": "搜索论文",
    "placeholder": "词语、“短语”或 arXiv 编号",
    "today": "最新",
    "skip": "跳到论文列表",
    "filters": "筛选",
    "category": "类别",
    "source": "来源",
    "year": "年份",
    "has": "附有",
    "count_one": "1 篇论文",
    "count": "{n} 篇论文",
    "none": "没有匹配的论文。",
    "none_hint": "请减少或更换词语，或去掉一个筛选条件。",
    "nothing_searchable": "其中没有可以搜索的词语。",
    "read_as": "查找",
    "all_of": "全部包含",
    "cut": "文字过长，只读取了开头部分。",
    "not_here": "本索引中没有 {id}。",
    "at_arxiv": "在 arXiv 上查看",
    "sort": "排序",
    "texts": "文本",
    "both": "双语",
    "relevance": "相关度",
    "newest": "最新",
    "upvotes": "点赞",
    "remove": "去掉此筛选条件",
    "clear": "去掉全部筛选条件",
    "histogram": "按日期的论文数",
    "and_more": "等另外 {n} 人",
    "replaced": "已更新",
    "pdf": "PDF",
    "arxiv": "arXiv",
    "code": "代码",
    "project": "项目",
    "huggingface": "Hugging Face",
    "similar": "相似论文",
    "pages": "页码",
    "next": "下一页",
    "go_on": "更多论文",
    "announced": "公布",
    "submitted": "提交",
    "versions": "版本",
    "version": "第 {n} 版",
    "categories": "类别",
    "comments": "备注",
    "journal": "期刊",
    "report": "报告编号",
    "doi": "DOI",
    "licence": "许可",
    "upvotes_label": "点赞",
    "keywords": "关键词",
    "organisation": "机构",
    "sources": "见于",
    "abstract": "摘要",
    "no_abstract": "来源没有给出摘要。",
    "not_translated": "尚未翻译。",
    "untranslated": "没有足够好的译文：{reason}。",
    "sentence": "第 {n} 句",
    "quality": "在 {n} 个句子上测得 chrF {chrf}、BLEU {bleu}",
    "reason: empty": "译文为空",
    "reason: same as the source": "与原文相同",
    "reason: wrong script": "文字不对",
    "reason: unreadable characters": "有无法辨认的字符",
    "reason: a placeholder is left": "残留占位符",
    "reason: a protected part was lost": "公式、数字、名称或链接有缺失",
    "reason: something was added": "多出了原文没有的内容",
    "reason: numbers or names are exchanged": "数字或名称被调换",
    "reason: repetition": "重复",
    "reason: a part is not translated": "有一部分没有译出",
    "reason: length": "长度不合理",
    "reason: it says something else": "意思不同",
    "reason: a negation was lost": "丢失了否定",
    "reason: a term in another sense": "术语义项不对",
    "reason: no package for its language": "没有这种语言的翻译模型",
    "reason: the text is too long": "文本太长",
    "authors": "作者",
    "footer": "共 {n} 篇论文，最新的公布于 {day}",
    "metadata": "元数据 CC0，来自 arXiv",
    "machine": "译文由机器离线生成，可能有误",
    "toy": "译文出自只认得虚构论文词语的玩具模型；“paperglot models install en zh”可安装真正的模型",
    "translated_by": "翻译模型",
    "error_503": "暂时无法搜索论文",
    "away": "搜索引擎没有正常应答，请稍后再试。",
    "error_404": "没有这个页面",
    "error_400": "无法回答此请求",
    "error_500": "这里出了问题",
    "back": "查看最新论文",
    "runs": "运行记录",
    "runs_elsewhere": "目录保存在另一台机器上：在那里运行“paperglot runs”即可查看最近的运行情况。",
    "runs_nothing": "尚未运行过。运行“paperglot crawl”或“paperglot schedule”即可开始。",
    "runs_utc": "时间为 UTC。“paperglot runs --json”给出每个步骤。",
    "fine": "一切正常。",
    "not_fine": "存在的问题",
    "began": "开始",
    "job": "任务",
    "outcome": "结果",
    "duration": "时长",
    "brought": "带来",
    "by_hand": "手动",
    "made_up": "补上 {n} 次",
    "attempt": "第 {n} 次尝试",
    "minutes": "{n} 分钟",
    "seconds": "{n} 秒",
    "run_running": "进行中",
    "run_ok": "正常",
    "run_incomplete": "未完成",
    "run_failed": "失败",
    "run_stopped": "已停止",
    "run_killed": "被终止",
    "run_skipped": "已跳过",
    "count_papers_new": "篇新论文",
    "count_papers_changed": "篇有变化",
    "count_papers_translated": "篇已翻译",
    "count_refusals": "次被拒",
    "count_parse_errors": "个无法读取",
    "coverage": "收录情况",
    "coverage_lead": "所关注内容在每个公布日的收录情况。数字表示来源所称的论文已全部保存。",
    "coverage_elsewhere": "目录保存在另一台机器上：在那里运行“paperglot coverage”即可查看每天的收录情况。",
    "coverage_nothing": "尚未抓取任何内容。运行“paperglot crawl”即可开始。",
    "coverage_why": "缺少什么，原因何在",
    "coverage_difference": "{id} 仅由{source}公布（{kind}）",
    "coverage_repair": "“paperglot coverage --repair”会补上缺失的内容；下一次抓取也会补上最近七天的。",
    "day": "日期",
    "so_far": "目前 {n}",
    "of_expected": "{n} / {expected}",
    "state_complete": "完整",
    "state_complete so far": "目前完整",
    "state_empty": "无论文",
    "state_partial": "不完整",
    "state_stale": "尚未更新",
    "state_refused": "被拒绝",
    "state_unreachable": "无应答",
    "state_not readable": "无法读取",
    "state_missing": "缺失",
    "state_not yet": "尚未公布",
    "from": "自",
    "until": "至",
    "source_arxiv-listing": "arXiv",
    "source_huggingface-daily": "Hugging Face",
    "source_kaggle": "arXiv 快照",
    "has_code": "代码",
    "has_project": "项目主页",
    "has_updates": "后续版本",
    "has_upvotes": "点赞",
    "has_translation": "译文",
    "past_the_end": "结果在此页之前已结束。",
    "first_page": "回到第一页",
    "empty_index": "还没有可以搜索的内容。可以先做：",
    "first_crawl": "从 arXiv 和 Hugging Face 获取今天的论文，两个分类约需一分钟",
    "first_import": "从快照导入整个 arXiv 的元数据",
    "first_demo": "用虚构的论文演示一切",
    "first_index": "为已保存的论文建立索引",
}
TEXTS: Mapping[str, Mapping[str, str]] = {"en": _EN, "zh": _ZH}

_WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "zh": ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


class Messages:
    """The page's words in one language: `words("count", n="12")`."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = TEXTS[language]

    def __call__(self, key: str, **values: object) -> str:
        text = self._texts[key]
        return text.format(**values) if values else text

    def known(self, key: str, otherwise: str) -> str:
        """The words for `key`, or `otherwise` if there are none: the values of facets come from outside."""
        return self._texts.get(key, otherwise)

    def number(self, value: int) -> str:
        return f"{value:,}"

    def count(self, value: int) -> str:
        return self("count_one") if value == 1 else self("count", n=self.number(value))

    def day(self, day: date) -> str:
        """A day in full: `Friday, 20 November 2026`."""
        weekday = _WEEKDAYS[self.language][day.weekday()]
        if self.language == "zh":
            return f"{day.year}年{day.month}月{day.day}日{weekday}"
        return f"{weekday}, {day.day} {_MONTHS[day.month - 1]} {day.year}"

    def short_day(self, day: date) -> str:
        """A day for a table, without the year: `Fri 20 Nov`."""
        weekday = _WEEKDAYS[self.language][day.weekday()]
        if self.language == "zh":
            return f"{day.month}月{day.day}日 {weekday.replace('星期', '周')}"
        return f"{weekday[:3]} {day.day} {_MONTHS[day.month - 1][:3]}"


def language_of(cookie: str | None, accepted: str, offered: Sequence[str]) -> str:
    """The page's language: the one in the cookie, else the one that the browser likes best, else the first offered.

    `accepted` is the header Accept-Language.
    """
    if cookie is not None and cookie in offered:
        return cookie
    weights: dict[str, float] = {}
    for part in accepted.split(","):
        tag, *parameters = part.split(";")
        code = tag.strip().lower().split("-")[0]
        # The same language with and without a country: "zh-CN, zh;q=0.9".
        weights[code] = max(weights.get(code, 0.0), _weight(parameters))
    accepted_codes = [code for code in offered if weights.get(code, 0.0) > 0]
    if not accepted_codes and weights.get("*", 0.0) > 0:
        accepted_codes = [code for code in offered if code not in weights]
    return max(accepted_codes, key=lambda code: weights.get(code, 0.0), default=offered[0])


def _weight(parameters: Sequence[str]) -> float:
    """The weight of a language in Accept-Language: the value of `q=`, else 1; 0 if it is not a valid weight."""
    for parameter in parameters:
        name, _, value = parameter.strip().partition("=")
        if name.strip().lower() == "q":
            return float(value) if re.fullmatch(r"[01](?:\.\d{0,3})?", value.strip()) else 0.0
    return 1.0
