"""What the scheduler makes of the agents' cards."""

from contracts.messages import AgentCard
from scheduler.agents import Agents


def _card(name: str, encoders: list[str], pool: str = "default") -> AgentCard:
    return AgentCard(
        agent_id=name, pool=pool, slots=1, engines=[], encoders=encoders, device="cuda:0", host="h", pid=1
    )


def test_hardware_counts_where_every_agent_of_the_pool_has_it() -> None:
    agents = Agents(lambda: None)
    assert agents.encoders("default") == frozenset()
    agents.note("one", _card("one", ["h264_nvenc", "hevc_nvenc"]))
    assert agents.encoders("default") == {"h264_nvenc", "hevc_nvenc"}
    agents.note("two", _card("two", ["h264_nvenc"]))
    assert agents.encoders("default") == {"h264_nvenc"}
    agents.note("other", _card("other", [], pool="other"))
    assert agents.encoders("default") == {"h264_nvenc"}
    agents.note("three", _card("three", []))
    assert agents.encoders("default") == frozenset()
