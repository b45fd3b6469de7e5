"""One set of checks over every Rasa component of the pipeline, with a temporary model storage and no Rasa run."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.answers.encoder import DIMENSIONS
from bot.nlu.act_classifier import ActClassifier
from bot.nlu.sentence_featurizer import SentenceFeaturizer

EXAMPLES = (
    ("今年农村装多少盏路灯", "ask_amount"),
    ("要修几公里路", "ask_amount"),
    ("How many parks will be built?", "ask_amount"),
    ("口袋公园建几座", "ask_amount"),
    ("你好", "greet"),
    ("您好啊", "greet"),
    ("hello there", "greet"),
    ("早上好", "greet"),
    ("谢谢你", "thanks"),
    ("多谢了", "thanks"),
    ("thanks a lot", "thanks"),
    ("感谢", "thanks"),
)
NEW = ("积水点改造多少处", "hi", "太谢谢了", "积水點改造多少處", "ＨＥＬＬＯ")
ODD = ("", " ", "😀", "\ud800", "?" * 300, "路" * 500, "\x00")


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    """An empty model storage."""
    return LocalModelStorage.create(tmp_path)


@pytest.fixture
def execution() -> ExecutionContext:
    """What a graph run hands to its nodes."""
    return ExecutionContext(GraphSchema({}), node_name="node")


def create(component: type[Any], storage: LocalModelStorage, execution: ExecutionContext, **changed: Any) -> Any:
    config = {**component.get_default_config(), **changed}
    return component.create(config, storage, Resource(component.__name__), execution)


def messages(texts: tuple[str, ...] = NEW) -> list[Message]:
    return [Message(data={TEXT: text}) for text in texts]


def training_data(examples: tuple[tuple[str, str], ...] = EXAMPLES) -> TrainingData:
    return TrainingData([Message(data={TEXT: text, INTENT: intent}) for text, intent in examples])


@pytest.fixture
def featurizer(storage: LocalModelStorage, execution: ExecutionContext) -> SentenceFeaturizer:
    """The featurizer as Rasa makes it."""
    return create(SentenceFeaturizer, storage, execution)  # type: ignore[no-any-return]


@pytest.fixture
def trained(storage: LocalModelStorage, execution: ExecutionContext, featurizer: SentenceFeaturizer) -> ActClassifier:
    """A classifier trained on twelve examples."""
    classifier = create(ActClassifier, storage, execution)
    assert classifier.train(featurizer.process_training_data(training_data())) == Resource("ActClassifier")
    return classifier  # type: ignore[no-any-return]


def predictions(featurizer: SentenceFeaturizer, classifier: ActClassifier, texts: tuple[str, ...] = NEW) -> list[Any]:
    return [message.get("intent_ranking") for message in classifier.process(featurizer.process(messages(texts)))]


@pytest.fixture(params=[SentenceFeaturizer, ActClassifier])
def process(
    request: pytest.FixtureRequest, featurizer: SentenceFeaturizer, trained: ActClassifier
) -> Callable[[list[Message]], list[Message]]:
    """What a component does to messages, with what it needs done before."""
    if request.param is SentenceFeaturizer:
        return featurizer.process
    return lambda batch: trained.process(featurizer.process(batch))


@pytest.mark.parametrize("component", [SentenceFeaturizer, ActClassifier])
def test_a_component_is_one_of_rasas(component: type[GraphComponent]) -> None:
    assert issubclass(component, GraphComponent)
    assert isinstance(component.get_default_config(), dict)
    assert component.required_packages() == []
    before = copy.deepcopy(component.get_default_config())
    component.get_default_config()["C"] = 0
    assert component.get_default_config() == before


def test_texts_are_left_as_they_came(process: Callable[[list[Message]], list[Message]]) -> None:
    given = messages((*NEW, *ODD))
    returned = process(given)
    assert returned is given or returned == given
    assert [message.get(TEXT) for message in returned] == [*NEW, *ODD]


def test_any_text_goes_through(process: Callable[[list[Message]], list[Message]]) -> None:
    for text in ODD:
        [message] = process(messages((text,)))
        _, sentence = message.get_dense_features(TEXT, [])
        assert sentence is not None and np.isfinite(sentence.features).all()
    assert process([]) == []
    process([Message(data={})])


def test_one_vector_for_each_message(featurizer: SentenceFeaturizer) -> None:
    for message in featurizer.process(messages()):
        [features] = message.features
        assert features.type == FEATURE_TYPE_SENTENCE and features.attribute == TEXT
        assert features.features.shape == (1, DIMENSIONS)
        assert np.linalg.norm(features.features) == pytest.approx(1, abs=1e-4)


def test_training_and_use_see_the_same_vectors(featurizer: SentenceFeaturizer) -> None:
    data = featurizer.process_training_data(training_data())
    used = featurizer.process(messages(tuple(text for text, _ in EXAMPLES)))
    for one, other in zip(data.training_examples, used):
        np.testing.assert_allclose(one.features[0].features, other.features[0].features, atol=1e-5)


def test_script_and_width_play_no_part(featurizer: SentenceFeaturizer, trained: ActClassifier) -> None:
    rankings = predictions(featurizer, trained, ("今年農村裝多少盞路燈", "今年农村装多少盏路灯", "ＨＥＬＬＯ", "hello"))
    assert rankings[0] == rankings[1] and rankings[2] == rankings[3]


def test_twelve_examples_are_learnt(featurizer: SentenceFeaturizer, trained: ActClassifier) -> None:
    rankings = predictions(featurizer, trained, tuple(text for text, _ in EXAMPLES))
    assert [ranking[0]["name"] for ranking in rankings] == [intent for _, intent in EXAMPLES]
    new = predictions(featurizer, trained, ("积水点改造多少处", "太谢谢你了"))
    assert [ranking[0]["name"] for ranking in new] == ["ask_amount", "thanks"]


def test_a_ranking_is_a_distribution(featurizer: SentenceFeaturizer, trained: ActClassifier) -> None:
    for message in trained.process(featurizer.process(messages())):
        ranking = message.get("intent_ranking")
        shares = [entry["confidence"] for entry in ranking]
        assert shares == sorted(shares, reverse=True) and sum(shares) == pytest.approx(1)
        assert message.get(INTENT) == ranking[0]
        assert {"intent", "intent_ranking"} <= set(message.as_dict(only_output_properties=True))


def test_a_ranking_may_be_cut(
    storage: LocalModelStorage, execution: ExecutionContext, featurizer: SentenceFeaturizer
) -> None:
    classifier = create(ActClassifier, storage, execution, ranking_length=2)
    classifier.train(featurizer.process_training_data(training_data()))
    assert {len(ranking) for ranking in predictions(featurizer, classifier)} == {2}


def test_what_is_loaded_predicts_the_same(
    storage: LocalModelStorage, execution: ExecutionContext, featurizer: SentenceFeaturizer, trained: ActClassifier
) -> None:
    loaded = ActClassifier.load(ActClassifier.get_default_config(), storage, Resource("ActClassifier"), execution)
    texts = (*NEW, *(text for text, _ in EXAMPLES))
    for before, after in zip(predictions(featurizer, trained, texts), predictions(featurizer, loaded, texts)):
        assert [entry["name"] for entry in after] == [entry["name"] for entry in before]
        assert [e["confidence"] for e in after] == pytest.approx([e["confidence"] for e in before])


def test_nothing_that_is_persisted_can_run_code(storage: LocalModelStorage, trained: ActClassifier) -> None:
    with storage.read_from(Resource("ActClassifier")) as folder:
        assert {path.suffix for path in folder.iterdir()} == {".json", ".npz"}


@pytest.mark.parametrize("text", ["", " "])
def test_an_empty_text_has_no_act_that_is_sure(
    featurizer: SentenceFeaturizer, trained: ActClassifier, text: str
) -> None:
    [message] = trained.process(featurizer.process(messages((text,))))
    assert set(message.get(INTENT)) == {"name", "confidence"}
    assert message.get(INTENT)["confidence"] < 0.9


def test_without_training_there_is_no_act(
    storage: LocalModelStorage, execution: ExecutionContext, featurizer: SentenceFeaturizer
) -> None:
    untrained = create(ActClassifier, storage, execution)
    assert untrained.train(featurizer.process_training_data(TrainingData([]))) == Resource("ActClassifier")
    loaded = ActClassifier.load(ActClassifier.get_default_config(), storage, Resource("ActClassifier"), execution)
    for classifier in (untrained, loaded):
        [message] = classifier.process(featurizer.process(messages(("你好",))))
        assert message.get(INTENT) == {"name": None, "confidence": 0.0} and message.get("intent_ranking") == []


def test_the_classifier_says_what_it_lacks(trained: ActClassifier) -> None:
    with pytest.raises(ValueError, match="SentenceFeaturizer"):
        trained.process(messages(("你好",)))
