"""Generative answers: from the agent's knowledge, from a model, or, where there is neither, none.

No answer is no error: the variable is Blank, and the topic goes on, as an agent without knowledge does it.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from dialog.calls import KnowledgeCall
from dialog.errors import TopicError
from dialog.nodes.generated import LOOKED_AT, is_looked_at_first, say_generated
from dialog.nodes.registry import Flow, node
from dialog.nodes.world import answer_of, seconds_of
from dialog.powerfx.encoding import plain
from dialog.powerfx.values import Record, Table, Value, from_plain
from dialog.program import Step
from dialog.run import Run
from dialog.understood import fires

REMEMBERS = 10
"""Earlier words of the customer's that go along with a question."""
_OWN = frozenset(["AnswerQuestionWithAI", "InvokeCustomModelAction"])
"""Kinds that ask the model itself, and no knowledge."""


@node(
    "SearchAndSummarizeContent", "AnswerQuestionWithAI", "SearchAndSummarizeWithCustomModel", "InvokeCustomModelAction"
)
def generative_answer(run: Run, step: Step) -> Flow:
    """Look for an answer, keep it, and say it unless the author wants to do that himself."""
    if run.frame.stage == LOOKED_AT:
        say_generated(run)
        return Flow.NEXT
    own = step.kind in _OWN
    if not own and _asks_topics(run, step):
        return Flow.MOVED
    answer = answer_of(run, step, lambda: _call(run, step, "answer" if own else "summary"), seconds_of(run, step))
    if answer is None:
        return Flow.WAIT
    run.frame.stage = ""
    run.trace("searched", step, answer.code or ("answered" if answer.value else "nothing found"))
    if answer.code:
        raise TopicError(answer.code, answer.message)
    found = answer.value if isinstance(answer.value, Mapping) and answer.value.get("text") else None
    if step.properties.get("variable"):
        full = step.properties.get("responseCaptureType") == "FullResponse"
        run.set(str(step.properties["variable"]), _captured(found, full=full))
    if found is None or not run.boolean(step.properties.get("autoSend"), default=True):
        return Flow.NEXT
    if is_looked_at_first(run, str(found["text"])):
        return Flow.MOVED
    say_generated(run)
    return Flow.NEXT


@node("SearchKnowledgeSources")
def search_knowledge_sources(run: Run, step: Step) -> Flow:
    """What the agent's knowledge has on a text, as a table."""
    if _asks_topics(run, step):
        return Flow.MOVED
    answer = answer_of(run, step, lambda: _call(run, step, "results"), seconds_of(run, step))
    if answer is None:
        return Flow.WAIT
    run.frame.stage = ""
    if answer.code:
        raise TopicError(answer.code, answer.message)
    if step.properties.get("result"):
        run.set(str(step.properties["result"]), from_plain(answer.value or []))
    return Flow.NEXT


@node("CreateSearchQuery")
def create_search_query(run: Run, step: Step) -> Flow:
    """Words to search by, made of what the customer said."""
    answer = answer_of(run, step, lambda: _call(run, step, "query"), seconds_of(run, step))
    if answer is None:
        return Flow.WAIT
    if answer.code:
        raise TopicError(answer.code, answer.message)
    query = answer.value if isinstance(answer.value, str) else ""
    run.system["SearchQuery"] = query
    if step.properties.get("result"):
        # Topics read it as a record: `Topic.X.SearchQuery`.
        run.set(str(step.properties["result"]), Record({"SearchQuery": query, "KeywordSearchQuery": query}))
    return Flow.NEXT


def _asks_topics(run: Run, step: Step) -> bool:
    """Whether topics for `OnKnowledgeRequested` search first, above this one, which goes on with what they found."""
    if run.frame.stage or run.frame.waiting == "world":
        return False
    topics = [topic for topic in run.agent.triggered_by("OnKnowledgeRequested") if topic.name != run.frame.topic.name]
    topics = [topic for topic in topics if fires(run, topic)]
    if not topics:
        return False
    text = run.text(step.properties.get("userInput"))
    for name in ("SearchQuery", "KeywordSearchQuery", "SearchPhrase"):
        run.system[name] = text
    run.system["SearchResults"] = None
    run.frame.stage = "knowledge"
    run.begin_all(topic.name for topic in topics)
    return True


def _call(run: Run, step: Step, wants: Literal["summary", "answer", "results", "query"]) -> KnowledgeCall:
    properties = step.properties
    text = properties.get("userInput", "=System.Activity.Text")
    results = plain(run.system.get("SearchResults")) if run.frame.stage == "knowledge" else None
    return KnowledgeCall(
        wants=wants,
        text=run.text(text),
        instructions=run.text(properties.get("additionalInstructions")),
        history=tuple(run.phrases[-REMEMBERS - 1 : -1]),
        found=tuple(results) if isinstance(results, list) else (),
        sources=tuple(_sources(properties.get("knowledgeSources"))),
        own_knowledge=wants == "answer" or properties.get("applyModelKnowledgeSetting") is True,
    )


def _sources(authored: Any) -> Iterator[str]:
    """The names of the sources that alone may be searched."""
    if not isinstance(authored, Mapping) or authored.get("kind") != "SearchSpecificKnowledgeSources":
        return
    named = authored.get("knowledgeSources")
    if isinstance(named, list):
        yield from (str(name) for name in named)


def _captured(found: Mapping[str, Any] | None, *, full: bool) -> Value:
    """What the variable gets: the text, or all of the response."""
    if found is None:
        return None
    text = str(found["text"])
    if not full:
        return text
    sources = Table(from_plain(source) for source in found.get("sources") or () if isinstance(source, Mapping))
    return Record({"Text": Record({"Content": text, "MarkdownContent": text, "CitationSources": sources})})
