"""The meta box: items, where their bytes are, their properties, and how they refer to each other.

Of ISO/IEC 14496-12, 8.11, and ISO/IEC 23008-12, 9.3. What is not understood is kept as it is.
"""

import struct
from dataclasses import dataclass, field

from media.containers.container import truncated
from media.pictures.heif.boxes import Box, Reader, full, join_boxes, read_boxes
from media.pictures.refusals import no_picture

_MOST_ITEMS = 4096
_IN_FILE, _IN_BOX = 0, 1  # where an item's bytes are


@dataclass
class Item:
    """An item.

    Attributes:
        entry: Its box of `iinf`, as it is.
        method: Whether its bytes are in the file or in the `idat` box.
        extents: Place and length of its bytes, in pieces.
        properties: Numbers of its properties, from 1; essential ones with the highest of 16 bits set.
    """

    entry: Box
    kind: bytes
    method: int = _IN_FILE
    extents: list[tuple[int, int]] = field(default_factory=list)
    properties: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Reference:
    """From one item to others, by kind: "dimg" is made of, "thmb" and "auxl" and "cdsc" belong to."""

    kind: bytes
    source: int
    targets: tuple[int, ...]


ESSENTIAL = 0x8000


class Meta:
    """A parsed meta box.

    Attributes:
        primary: Number of the item that is the picture.
        properties: The boxes of `ipco`, counted from 1 by items.
    """

    def __init__(self, data: bytes) -> None:
        """Parse what a meta box holds; raises MediaError where it makes no sense."""
        self._boxes = list(read_boxes(data, 4))
        self.items: dict[int, Item] = {}
        self._info()
        self._places()
        self.references = [one for one in self._references() if {one.source, *one.targets} <= set(self.items)]
        self.properties = list(read_boxes(self._inner(b"iprp", b"ipco")))
        self._associations()
        reader = Reader(self._box(b"pitm"))
        self.primary = reader.number(2 if reader.version == 0 else 4)
        if self.primary not in self.items:
            raise no_picture()

    def item_bytes(self, number: int, file: bytes) -> bytes:
        """The bytes of an item, its pieces together."""
        item = self.items[number]
        if item.method not in (_IN_FILE, _IN_BOX):
            raise no_picture("This kind of HEIF picture cannot be used.")
        whole = file if item.method == _IN_FILE else self._box(b"idat")
        pieces = []
        for place, size in item.extents:
            piece = whole[place : place + size] if size else whole[place:]
            if len(piece) < size:
                raise truncated()
            pieces.append(piece)
        return b"".join(pieces)

    def targets(self, kind: bytes, source: int) -> tuple[int, ...]:
        """What an item refers to."""
        return tuple(
            target
            for one in self.references
            if (one.kind, one.source) == (kind, source)
            for target in one.targets
        )

    def sources(self, kind: bytes, target: int) -> list[int]:
        """What refers to an item."""
        return [one.source for one in self.references if one.kind == kind and target in one.targets]

    def property_of(self, number: int, kind: bytes) -> bytes | None:
        """The first property of a kind that an item has."""
        return next((box.data for box in self.properties_of(number) if box.kind == kind), None)

    def properties_of(self, number: int) -> list[Box]:
        """The properties of an item in their order."""
        places = [place & ~ESSENTIAL for place in self.items[number].properties]
        return [self.properties[place - 1] for place in places if 0 < place <= len(self.properties)]

    def packed(self, places: dict[int, tuple[int, int]]) -> bytes:
        """The meta box with what `items`, `references` and `properties` are now.

        `places` are place in the file and length of the items that are not in the `idat` box.
        """
        made = {
            b"iinf": self._packed_info(),
            b"iloc": self._packed_places(places),
            b"iref": self._packed_references(),
            b"iprp": self._packed_properties(),
        }
        boxes = [made.get(box.kind, box) for box in self._boxes]
        return full(b"meta", 0, 0, join_boxes(box for box in boxes if box.kind != b"grpl")).packed

    def _box(self, kind: bytes) -> bytes:
        found = next((box.data for box in self._boxes if box.kind == kind), None)
        if found is None:
            raise no_picture()
        return found

    def _inner(self, outer: bytes, kind: bytes) -> bytes:
        found = next((box.data for box in read_boxes(self._box(outer)) if box.kind == kind), None)
        if found is None:
            raise no_picture()
        return found

    def _info(self) -> None:
        reader = Reader(self._box(b"iinf"))
        count = reader.number(2 if reader.version == 0 else 4)
        if count > _MOST_ITEMS:
            raise no_picture()
        for box in read_boxes(reader.rest):
            entry = Reader(box.data)
            if box.kind == b"infe" and entry.version >= 2:
                number = entry.number(2 if entry.version == 2 else 4)
                entry.number(2)  # protection
                self.items[number] = Item(box, entry.take(4))

    def _places(self) -> None:
        reader = Reader(self._box(b"iloc"))
        sizes = reader.number(2)
        place_size, length_size, base_size, index_size = (
            sizes >> 12,
            sizes >> 8 & 15,
            sizes >> 4 & 15,
            sizes & 15,
        )
        wide = 4 if reader.version == 2 else 2
        for _ in range(reader.number(wide)):
            number = reader.number(wide)
            method = reader.number(2) & 15 if reader.version else _IN_FILE
            reader.number(2)  # the file itself
            base = reader.number(base_size)
            item = self.items.get(number)
            for _ in range(reader.number(2)):
                reader.number(index_size if reader.version else 0)
                extent = base + reader.number(place_size), reader.number(length_size)
                if item is not None:
                    item.method = method
                    item.extents.append(extent)

    def _references(self) -> list[Reference]:
        if not any(box.kind == b"iref" for box in self._boxes):
            return []
        outer = Reader(self._box(b"iref"))
        wide = 2 if outer.version == 0 else 4
        found = []
        for box in read_boxes(outer.rest):
            reader = Reader(b"\x00" * 4 + box.data)
            source = reader.number(wide)
            targets = tuple(reader.number(wide) for _ in range(reader.number(2)))
            found.append(Reference(box.kind, source, targets))
        return found

    def _associations(self) -> None:
        for box in read_boxes(self._box(b"iprp")):
            if box.kind != b"ipma":
                continue
            reader = Reader(box.data)
            for _ in range(reader.number(4)):
                item = self.items.get(reader.number(2 if reader.version == 0 else 4))
                for _ in range(reader.number(1)):
                    value = reader.number(2 if reader.flags & 1 else 1)
                    if not reader.flags & 1:
                        value = (value & 0x80) << 8 | value & 0x7F
                    if item is not None:
                        item.properties.append(value)

    def _packed_info(self) -> Box:
        entries = b"".join(item.entry.packed for item in self.items.values())
        return full(b"iinf", 1, 0, struct.pack(">I", len(self.items)) + entries)

    def _packed_places(self, places: dict[int, tuple[int, int]]) -> Box:
        rows = [struct.pack(">BBI", 0x44, 0, len(self.items))]
        for number, item in self.items.items():
            extents = item.extents if number not in places else [places[number]]
            rows.append(struct.pack(">IHHH", number, item.method, 0, len(extents)))
            rows += [struct.pack(">II", *extent) for extent in extents]
        return full(b"iloc", 2, 0, b"".join(rows))

    def _packed_references(self) -> Box:
        rows = [
            Box(one.kind, struct.pack(f">IH{len(one.targets)}I", one.source, len(one.targets), *one.targets))
            for one in self.references
        ]
        return full(b"iref", 1, 0, join_boxes(rows))

    def _packed_properties(self) -> Box:
        rows = [struct.pack(">I", len(self.items))]
        for number, item in self.items.items():
            rows.append(
                struct.pack(f">IB{len(item.properties)}H", number, len(item.properties), *item.properties)
            )
        associations = full(b"ipma", 1, 1, b"".join(rows))
        return Box(b"iprp", join_boxes([Box(b"ipco", join_boxes(self.properties)), associations]))
