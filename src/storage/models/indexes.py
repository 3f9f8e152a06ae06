"""An index over the rows of interest only."""

from tortoise.indexes import Index


class PartialIndex(Index):
    """An index whose rows satisfy `where`, a condition in SQL. The ORM's own knows only equality."""

    def __init__(self, fields: tuple[str, ...], name: str, where: str) -> None:
        super().__init__(fields=fields, name=name)
        self.extra = f" WHERE {where}"
