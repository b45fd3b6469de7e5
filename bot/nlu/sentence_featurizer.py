"""Sentence vectors as a Rasa featurizer."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.answers.encoder import DIMENSIONS, Matrix, shared_encoder
from bot.language.normalise import normalise


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceFeaturizer(DenseFeaturizer, GraphComponent):
    """Adds one sentence vector (1, 512) to each message; the encoder is shared with retrieval."""

    def __init__(self, config: dict[str, Any], name: str) -> None:
        super().__init__(name, {FEATURIZER_CLASS_ALIAS: name, **config})
        self._alias = name

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceFeaturizer:
        """Create the component; nothing is loaded yet."""
        return cls(config, execution_context.node_name or cls.__name__)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """There is nothing to configure."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add vectors to all examples, encoded in batches."""
        messages = [message for message in training_data.training_examples if message.get(TEXT)]
        vectors = shared_encoder().encode([normalise(message.get(TEXT)) for message in messages])
        for message, vector in zip(messages, vectors):
            self._add(message, vector)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add vectors to messages as they come in."""
        for message in messages:
            text = normalise(message.get(TEXT) or "")
            self._add(message, shared_encoder().encode_one(text) if text else np.zeros(DIMENSIONS, dtype=np.float32))
        return messages

    def _add(self, message: Message, vector: Matrix) -> None:
        message.add_features(Features(vector.reshape(1, -1), FEATURE_TYPE_SENTENCE, TEXT, self._alias))
