from hypothesis import given
from hypothesis import strategies as st

from bus.actor.memory import Memory


@given(keys=st.lists(st.integers(0, 20)), capacity=st.integers(1, 10))
def test_the_last_written_are_remembered_and_no_more(keys: list[int], capacity: int) -> None:
    memory: Memory[int] = Memory(capacity)
    for position, key in enumerate(keys):
        memory.put(key, position)
    newest = list(dict.fromkeys(reversed(keys)))[:capacity]
    assert len(memory) == len(newest)
    for key in newest:
        assert key in memory
        assert memory.get(key, -1) == len(keys) - 1 - keys[::-1].index(key)


def test_what_is_forgotten_is_unknown() -> None:
    memory: Memory[int] = Memory()
    memory.put("a", 1)
    memory.forget("a")
    memory.forget("never known")
    assert memory.get("a", 7) == 7
