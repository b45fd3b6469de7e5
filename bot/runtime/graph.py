"""Runs Rasa's prediction graph node by node, without building a task graph for each message."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner


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
        self._orders: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]] = {}

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
        results: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, needs in self._orders[wanted]:
            results[name] = self._instantiated_nodes[name](*(results.get(need, need) for need in needs))
        return {name: results[name][1] for name in wanted}


def _order(schema: GraphSchema) -> list[tuple[str, tuple[str, ...]]]:
    """Names of nodes with their needs, every node after what it needs."""
    ordered: dict[str, tuple[str, ...]] = {}

    def visit(name: str) -> None:
        if name in ordered or name not in schema.nodes:
            return
        needs = tuple(schema.nodes[name].needs.values())
        for need in needs:
            visit(need)
        ordered[name] = needs

    for name in schema.nodes:
        visit(name)
    return list(ordered.items())


def run_serially(runner: GraphRunner) -> GraphRunner:
    """The same graph run serially; a runner of another kind is left as it is."""
    return SerialGraphRunner(runner) if type(runner) is DaskGraphRunner else runner
