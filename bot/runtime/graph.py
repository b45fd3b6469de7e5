"""Runs Rasa's prediction graph node by node, without building a task graph for each message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import GraphNode, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner

from bot.runtime.rule_policy import IndexedRulePolicy

_Step = tuple[str, Mapping[str, str]]
"""Name of a node, and the node that gives each of its parameters."""


class SerialGraphRunner(DaskGraphRunner):  # type: ignore[misc]  # Rasa is not type-checked
    """The nodes of a loaded graph, called in the order of their needs, which is worked out once per target.

    Args:
        loaded: the runner that Rasa's loader made; its nodes are taken over.
    """

    def __init__(self, loaded: DaskGraphRunner) -> None:
        # The nodes are already instantiated: the parent's constructor would load them once more.
        self._graph_schema = loaded._graph_schema
        self._instantiated_nodes = loaded._instantiated_nodes
        self._execution_context = loaded._execution_context
        self._calls = {name: _call(node) for name, node in loaded._instantiated_nodes.items()}
        self._orders: dict[tuple[str, ...], list[_Step]] = {}

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Run the nodes that the targets need.

        Args:
            inputs: values of the graph's placeholders.
            targets: names of nodes; default: the targets of the graph.

        Returns:
            The result of each target.
        """
        wanted = tuple(targets or self._graph_schema.target_names)
        if wanted not in self._orders:
            self._orders[wanted] = _order(self._graph_schema.minimal_graph_schema(list(wanted)))
        results: dict[str, Any] = dict(inputs or {})
        for name, needs in self._orders[wanted]:
            results[name] = self._calls[name](**{parameter: results[need] for parameter, need in needs.items()})
        return {name: results[name] for name in wanted}


def _order(schema: GraphSchema) -> list[_Step]:
    """The nodes, each after what it needs."""
    ordered: dict[str, Mapping[str, str]] = {}

    def visit(name: str) -> None:
        if name in ordered or name not in schema.nodes:
            return
        needs = schema.nodes[name].needs
        for need in needs.values():
            visit(need)
        ordered[name] = needs

    for name in schema.nodes:
        visit(name)
    return list(ordered.items())


def _call(node: GraphNode) -> Callable[..., Any]:
    """What a loaded node without hooks does when it is called; the policy of rules by its faster form."""
    component = node._component
    if type(component) is RulePolicy:
        component = IndexedRulePolicy(component, node._execution_context)
    call: Callable[..., Any] = getattr(component, node._fn_name)
    return call


def run_serially(runner: GraphRunner) -> GraphRunner:
    """The same graph run serially; a runner of another kind, or one with hooks, is left as it is."""
    if type(runner) is not DaskGraphRunner:
        return runner
    plain = all(node._eager and not node._hooks for node in runner._instantiated_nodes.values())
    return SerialGraphRunner(runner) if plain else runner
