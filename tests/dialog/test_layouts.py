"""The folders of Microsoft's tools: a workspace, a component collection, an unpacked solution, a whole-bot export."""

import json

import pytest

from dialog.loader import Loaded, load_agent, load_agents

HELLO = """\
beginDialog:
  kind: OnRecognizedIntent
  id: main
  intent:
    displayName: Say hello
    triggerQueries:
      - Hello there
  actions:
    - kind: SendActivity
      id: hello
      activity: Hello
    - kind: BeginDialog
      id: go
      dialog: shop.topic.Bye
"""
BYE = "beginDialog:\n  kind: OnRedirect\n  id: main\n  actions:\n    - kind: EndConversation\n      id: end\n"
COLOURS = "kind: ClosedListEntity\nitems:\n  - id: r\n    displayName: Red\n"
TOPIC = "kind: AdaptiveDialog\n"


def _indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.splitlines())


WORKSPACE = {
    "settings.mcs.yml": "schemaName: shop\nname: The shop\nlanguage: 1031\n",
    "topics/Hello.mcs.yml": f"# Name: Say hello\n{TOPIC}{HELLO}",
    "topics/Bye.mcs.yaml": TOPIC + BYE,
    "entities/Colours.mcs.yml": COLOURS,
    "variables/Basket.mcs.yml": "kind: Variable\nname: Basket\ndefaultValue: empty\n",
    "actions/Ship.mcs.yml": "kind: TaskDialog\naction:\n  kind: InvokeFlowTaskAction\n  flowId: f\n",
    "agents/Helper/agent.mcs.yml": "kind: AgentDialog\nbeginDialog:\n  kind: OnToolSelected\n  id: main\n",
    "translations/Hello.fr-FR.mcs.yml": TOPIC
    + HELLO.replace("Hello there", "Bonjour").replace("y: Hello", "y: Bonjour"),
    "knowledge/Site.mcs.yml": "kind: KnowledgeSourceConfiguration\n",
}
SOLUTION = {
    "botcomponents/shop.topic.Hello/data": f"# Name: Say hello\n{TOPIC}{HELLO}",
    "botcomponents/shop.topic.Bye/data": TOPIC + BYE,
    "botcomponents/shop.topic.Bye/botcomponent.xml": "<x><name>Farewell</name><statecode>0</statecode></x>",
    "botcomponents/shop.topic.Off/data": TOPIC + BYE,
    "botcomponents/shop.topic.Off/botcomponent.xml": "<x><name>Off</name><statecode>1</statecode></x>",
    "botcomponents/shop.entity.Colours/data": COLOURS,
    "botcomponents/shop.globalvariable.Basket/data": "kind: Variable\nname: Basket\ndefaultValue: empty\n",
    "botcomponents/shop.action.Ship/data": WORKSPACE["actions/Ship.mcs.yml"],
    "bots/shop/bot.xml": "<bot schemaname='shop'><language>1031</language><name>The shop</name></bot>",
}
EXPORT = {
    "botContent.yml": "kind: BotDefinition\nentity:\n  schemaName: shop\n  displayName: The shop\n  language: 1031\n"
    "components:\n"
    "  - kind: DialogComponent\n    displayName: Say hello\n    schemaName: shop.topic.Hello\n    dialog:\n"
    + _indented(HELLO, 6)
    + "  - kind: DialogComponent\n    displayName: Farewell\n    schemaName: shop.topic.Bye\n    dialog:\n"
    + _indented(BYE, 6)
    + "  - kind: DialogComponent\n    schemaName: shop.topic.Off\n    state: Inactive\n    dialog:\n"
    + _indented(BYE, 6)
    + "  - kind: DialogComponent\n    schemaName: shop.action.Ship\n    dialog:\n"
    + _indented(WORKSPACE["actions/Ship.mcs.yml"], 6)
    + "  - kind: CustomEntityComponent\n    schemaName: shop.entity.Colours\n    entity:\n"
    + _indented(COLOURS, 6)
    + "  - kind: GlobalVariableComponent\n    schemaName: shop.globalvariable.Basket\n    variable:\n"
    "      name: Basket\n      defaultValue: empty\n"
    "  - kind: TranslationsComponent\n    schemaName: shop.topic.Hello.fr-FR\n    content:\n"
    + _indented(HELLO.replace("Hello there", "Bonjour").replace("y: Hello", "y: Bonjour"), 6)
}


@pytest.mark.parametrize("files", [WORKSPACE, SOLUTION, EXPORT], ids=["workspace", "solution", "export"])
def test_the_same_agent_is_read_from_every_layout(files: dict[str, str]) -> None:
    """Names, language, topics, actions, entities, variables: whatever tool wrote them."""
    loaded = load_agent(files)
    agent = loaded.definition
    assert agent is not None, loaded.problems
    assert not loaded.errors
    assert (agent.schema_name, agent.display_name, agent.locale) == ("shop", "The shop", "de-DE")
    assert {"shop.topic.Hello", "shop.topic.Bye", "shop.action.Ship"} <= set(agent.topics)
    assert "shop.topic.Off" not in agent.topics
    assert agent.topics["shop.topic.Hello"].display_name == "Say hello"
    assert [step.kind for step in agent.topics["shop.action.Ship"].program.steps.values()] == ["InvokeFlowTaskAction"]
    assert set(agent.entities) == {"shop.entity.Colours"}
    assert agent.defaults == {"Basket": "empty"}


def test_a_whole_bot_exports_mistakes_are_told_at_their_lines() -> None:
    """A component's place in the one file is where it stands there."""
    text = EXPORT["botContent.yml"].replace("shop.topic.Bye\n", "shop.topic.By\n", 1)
    (problem,) = load_agent({"botContent.yml": text}).errors
    assert problem.line == 1 + text.splitlines().index("            dialog: shop.topic.By")
    assert 'did you mean "shop.topic.Bye"' in problem.message


def test_an_unpacked_solution_may_hold_several_agents() -> None:
    """Each by itself; without a name there is no telling which one is meant."""
    files = {**SOLUTION, "botcomponents/desk.topic.Hi/data": TOPIC + BYE}
    assert set(load_agents(files)) == {"shop", "desk"}
    assert "--agent" in str(load_agent(files).problems[0])
    agent = load_agent(files, "desk").definition
    assert agent is not None
    assert set(agent.topics) == {"desk.topic.Hi"}


def test_a_folder_without_settings_still_loads() -> None:
    """It is told what it lacks, and called "agent" until then."""
    loaded = load_agent({"topics/Hello.mcs.yml": TOPIC + BYE})
    assert loaded.definition is not None
    assert set(loaded.definition.topics) == {"agent.topic.Hello"}
    assert any(problem.file == "settings.mcs.yml" for problem in loaded.problems)


def test_a_component_collections_topics_keep_their_own_names() -> None:
    """They were made in another agent, and are called by its name."""
    files = {"collection.mcs.yml": "schemaName: shared\n", "topics/other.topic.Hello.mcs.yml": TOPIC + BYE}
    agent = load_agent(files).definition
    assert agent is not None
    assert set(agent.topics) == {"other.topic.Hello"}


def _with(name: str) -> Loaded:
    text = WORKSPACE["topics/Hello.mcs.yml"].replace("dialog: shop.topic.Bye", f"dialog: {name}")
    bye = f"mcs.metadata:\n  componentName: Say goodbye\n{TOPIC}{BYE}"
    return load_agent({**WORKSPACE, "topics/Hello.mcs.yml": text, "topics/Bye.mcs.yaml": bye})


@pytest.mark.parametrize(
    "name", ["shop.topic.Bye", "Bye", "Say goodbye", "othershop.topic.Bye", "SHOP.topic.bye", "sayGoodbye"]
)
def test_a_redirect_is_understood_by_every_name_of_its_target(name: str) -> None:
    """Schema name, short name, display name, another agent's name for it, any case; all but the first are told."""
    loaded = _with(name)
    assert loaded.definition is not None
    found = loaded.definition.named(name)
    assert found is not None
    assert found.name == "shop.topic.Bye"
    assert not loaded.errors
    assert bool([problem for problem in loaded.problems if "is taken as" in problem.message]) is (
        name != "shop.topic.Bye"
    )


def test_what_nothing_is_called_is_an_error_and_the_rest_loads() -> None:
    """The topic is there; the redirect fails when it is reached."""
    loaded = _with("shop.topic.Nowhere")
    assert loaded.definition is not None
    line = 1 + WORKSPACE["topics/Hello.mcs.yml"].splitlines().index("      dialog: shop.topic.Bye")
    assert [problem.line for problem in loaded.errors] == [line]


WHOLE_NAME = {
    **{path: text for path, text in WORKSPACE.items() if not path.startswith("translations/")},
    "translations/shop.topic.Hello.fr-FR.mcs.yml": WORKSPACE["translations/Hello.fr-FR.mcs.yml"],
}


TRANSLATED = {**SOLUTION, "botcomponents/shop.topic.Hello.fr-FR/data": WORKSPACE["translations/Hello.fr-FR.mcs.yml"]}
SAID_SO = {
    **TRANSLATED,
    "botcomponents/shop.topic.Hello.fr-FR/botcomponent.xml": "<x><componenttype>10</componenttype></x>",
}


@pytest.mark.parametrize(
    "files",
    [WORKSPACE, WHOLE_NAME, EXPORT, TRANSLATED, SAID_SO],
    ids=["workspace", "whole name", "export", "solution", "solution that says so"],
)
def test_a_translation_is_told_to_whoever_speaks_it(files: dict[str, str]) -> None:
    """Its phrases are understood by everybody; its texts are for its locale. It is no topic of its own."""
    agent = load_agent(files).definition
    assert agent is not None
    assert not [name for name in agent.topics if "fr-FR" in name]
    hello = agent.topics["shop.topic.Hello"]
    assert agent.told_in("fr-FR", hello).program.steps["hello"].properties["activity"] == "Bonjour"
    assert agent.told_in("de-DE", hello) is hello
    assert agent.recognizer().recognise("bonjour", "test").ranked[0].topic == "shop.topic.Hello"


def test_a_translation_that_is_turned_off_is_not_there() -> None:
    """As a topic that is."""
    off = EXPORT["botContent.yml"].replace("topic.Hello.fr-FR\n", "topic.Hello.fr-FR\n    state: Inactive\n")
    agent = load_agent({"botContent.yml": off}).definition
    assert agent is not None
    assert agent.translations == {}


def test_a_fence_and_comments_around_the_yaml_are_none_of_it() -> None:
    """As chat assistants write files."""
    files = {**WORKSPACE, "topics/Bye.mcs.yaml": f"```CopilotStudio\n# Name: Bye\n{TOPIC}{BYE}\n// the end\n```"}
    loaded = load_agent(files)
    assert loaded.definition is not None
    assert not loaded.errors
    assert loaded.definition.topics["shop.topic.Bye"].display_name == "Bye"


def test_unknown_properties_are_kept_and_told() -> None:
    """A newer tool's properties do not keep an agent from running."""
    text = WORKSPACE["topics/Hello.mcs.yml"].replace(
        "      activity: Hello", "      activity: Hello\n      tone: Friendly"
    )
    loaded = load_agent({**WORKSPACE, "topics/Hello.mcs.yml": text})
    assert loaded.definition is not None
    assert not loaded.errors
    assert loaded.definition.topics["shop.topic.Hello"].program.steps["hello"].properties["tone"] == "Friendly"
    assert any('SendActivity has no property "tone"' in problem.message for problem in loaded.problems)


def test_an_agents_instructions_are_found_in_every_layout() -> None:
    """`agent.mcs.yml`, a component of a solution, or one of a whole-bot export."""
    start = "kind: AdaptiveDialog\nbeginDialog:\n  kind: OnConversationStart\n  id: main\n  actions: []\n"
    told = "kind: GptComponentMetadata\ninstructions: Be kind.\n"
    workspace = {"settings.mcs.yml": "schemaName: shop\n", "agent.mcs.yml": told, "topics/Start.mcs.yml": start}
    solution = {"botcomponents/shop.gpt.default/data": told, "botcomponents/shop.topic.Start/data": start}
    export = json.dumps(
        {
            "kind": "BotDefinition",
            "entity": {"schemaName": "shop"},
            "components": [
                {
                    "kind": "GptComponent",
                    "schemaName": "shop.gpt.default",
                    "metadata": {"instructions": "Be kind.", "displayName": "Shop"},
                },
                {
                    "kind": "DialogComponent",
                    "schemaName": "shop.topic.Start",
                    "dialog": {"kind": "AdaptiveDialog", "beginDialog": {"kind": "OnConversationStart", "actions": []}},
                },
            ],
        }
    )
    for files in (workspace, solution, {"botContent.yml": export}):
        found = load_agent(files).definition
        assert found
        assert found.instructions == "Be kind."


@pytest.mark.parametrize(
    ("mode", "trigger", "first"),
    [("Integrated", "Always", True), ("None", "Always", False), ("Integrated", "AsNeeded", False)],
)
def test_whether_customers_sign_in_first_is_found_in_every_layout(mode: str, trigger: str, *, first: bool) -> None:
    """By name in YAML, by number in `bot.xml`."""
    told = f"authenticationMode: {mode}\nauthenticationTrigger: {trigger}\n"
    numbers = (
        f"<authenticationmode>{ {'None': 1, 'Integrated': 2}[mode] }</authenticationmode>"
        f"<authenticationtrigger>{ {'AsNeeded': 0, 'Always': 1}[trigger] }</authenticationtrigger>"
    )
    workspace = {**WORKSPACE, "settings.mcs.yml": WORKSPACE["settings.mcs.yml"] + told}
    solution = {**SOLUTION, "bots/shop/bot.xml": SOLUTION["bots/shop/bot.xml"].replace("</bot>", f"{numbers}</bot>")}
    export = {"botContent.yml": EXPORT["botContent.yml"].replace("entity:\n", "entity:\n" + _indented(told, 2), 1)}
    for files in (workspace, solution, export):
        found = load_agent(files).definition
        assert found
        assert found.signs_in_first is first
