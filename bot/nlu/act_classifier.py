"""Classifies the dialogue act of a message: logistic regression over its sentence vector and character n-grams.

measurements.md: vectors and n-grams together were the best or within noise of the best on all public intent sets.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.language.normalise import normalise
from bot.nlu.ngrams import Ngrams

Floats = npt.NDArray[np.float64]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ActClassifier(IntentClassifier, GraphComponent):
    """Dialogue acts by logistic regression; needs `SentenceFeaturizer` before it in the pipeline."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, model_storage, resource
        self._acts: list[str] = []
        self._ngrams = Ngrams({}, np.zeros(0))
        self._weights: Floats = np.zeros((0, 0))
        self._intercepts: Floats = np.zeros(0)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`C` is the inverse strength of regularisation; `ranking_length` bounds the ranking in the message."""
        return {"C": 6.0, "vector_weight": 1.6, "min_count": 2, "ranking_length": 5}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ActClassifier:
        """Create an untrained classifier."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit to the examples that have an intent, and persist."""
        from scipy.sparse import csr_matrix, hstack
        from sklearn.linear_model import LogisticRegression

        examples = [message for message in training_data.intent_examples if message.get(TEXT)]
        if not examples:
            return self._resource
        texts = [normalise(message.get(TEXT)) for message in examples]
        self._ngrams = Ngrams.fit(texts, self._config["min_count"])
        vectors = np.stack([self._vector(message) for message in examples]) * self._config["vector_weight"]
        features = hstack([csr_matrix(vectors), self._ngrams.matrix(texts)]).tocsr()
        model = LogisticRegression(C=self._config["C"], max_iter=60, class_weight="balanced", tol=1e-2)
        model.fit(features, [message.get(INTENT) for message in examples])
        self._acts = [str(act) for act in model.classes_]
        self._weights = np.ascontiguousarray(model.coef_.T, dtype=np.float64)
        self._intercepts = model.intercept_.astype(np.float64)
        self._persist()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking of each message."""
        for message in messages:
            ranking = self._rank(message)
            message.set(INTENT, ranking[0] if ranking else {"name": None, "confidence": 0.0}, add_to_output=True)
            message.set("intent_ranking", ranking[: self._config["ranking_length"]], add_to_output=True)
        return messages

    def _rank(self, message: Message) -> list[dict[str, Any]]:
        text = message.get(TEXT)
        if not text or not self._acts:
            return []
        vector = self._vector(message) * self._config["vector_weight"]
        columns, values = self._ngrams.row(normalise(text))
        offset = self._weights.shape[0] - len(self._ngrams)
        scores = vector @ self._weights[: len(vector)] + values @ self._weights[offset + columns] + self._intercepts
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        return [{"name": self._acts[i], "confidence": float(shares[i])} for i in np.argsort(-shares)]

    @staticmethod
    def _vector(message: Message) -> Floats:
        _, sentence = message.get_dense_features(TEXT, [])
        if sentence is None:
            raise ValueError("ActClassifier needs a sentence vector: put SentenceFeaturizer before it in config.yml")
        return np.asarray(sentence.features[0], dtype=np.float64)

    def _persist(self) -> None:
        with self._storage.write_to(self._resource) as folder:
            np.savez(folder / "weights.npz", weights=self._weights, intercepts=self._intercepts, idf=self._ngrams.idf)
            names = {"acts": self._acts, "ngrams": list(self._ngrams.columns)}
            (folder / "names.json").write_text(json.dumps(names, ensure_ascii=False), "utf-8")

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ActClassifier:
        """Load what `train` persisted."""
        component = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                names = json.loads((folder / "names.json").read_text("utf-8"))
                with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
                    component._weights, component._intercepts = arrays["weights"], arrays["intercepts"]
                    columns = {ngram: column for column, ngram in enumerate(names["ngrams"])}
                    component._ngrams = Ngrams(columns, arrays["idf"])
                component._acts = names["acts"]
        except ValueError:
            pass  # trained without a single example: Rasa persisted nothing
        return component
