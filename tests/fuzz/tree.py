"""A file as a tree of named pieces: what boxes, elements, chunks, segments and packets have in common."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Node:
    """One piece.

    Attributes:
        kind: Its name as stored.
        data: What it holds: all of it, or what stands before its `children`.
        claim: The size it claims to have; None tells the truth.
    """

    kind: bytes
    data: bytes = b""
    children: "list[Node]" = field(default_factory=list)
    claim: int | None = None

    def copy(self) -> "Node":
        return Node(self.kind, self.data, [child.copy() for child in self.children], self.claim)


@dataclass(frozen=True)
class Place:
    """Where a node is: among `siblings`, at `index`."""

    siblings: list[Node]
    index: int

    @property
    def node(self) -> Node:
        return self.siblings[self.index]


def places(nodes: list[Node], depth: int = 32) -> Iterator[Place]:
    """Every node of a tree, parents first; no deeper than `depth`."""
    for index, node in enumerate(nodes):
        yield Place(nodes, index)
        if depth:
            yield from places(node.children, depth - 1)
