"""What admins see of the queue: asked over the broker, answered by whoever leads."""

from uuid import uuid4

from contracts.queue import QueueQuestion
from gateway.services.admin.queue import ask_leader
from scheduler.window import Window
from storage.models import Pause
from tests.integration.scheduler.agent import peer_agent
from tests.integration.scheduler.conftest import House, until
from tests.integration.scheduler.test_tariffs import Gate, led


async def test_the_leader_tells_who_has_work_and_what_is_due(house: House) -> None:
    ann, ben = await house.user("business"), await house.user("free")
    jobs = [await house.submit(ann, segments=9), await house.submit(ben, segments=6)]
    gateway, gate = await house.open_bus("gateway"), Gate()
    agents = peer_agent(await house.open_bus("agent"), house.settings, gate.work, slots=5)
    async with led(house, *jobs) as scheduler, agents as agent:

        async def busy() -> bool:
            return len(agent.running) == 5

        await until(busy)
        seen = await ask_leader(gateway, top=10)
        assert seen is not None and seen.fence == scheduler.term.lead.fence
        [pool] = seen.pools
        assert (pool.pool, pool.slots, pool.in_flight, pool.waiting, pool.users) == ("default", 5, 5, 10, 2)
        rows = {row.user_id: row for row in seen.users}
        assert seen.users_total == len(rows) == 2
        assert (rows[ann.id].weight, rows[ann.id].cap, rows[ann.id].jobs) == (4, 16, 1)
        assert sum(row.in_flight for row in rows.values()) == 5
        assert rows[ann.id].waiting + rows[ann.id].in_flight == 9
        assert abs(rows[ann.id].due - 0.8) < 0.01 and abs(rows[ben.id].due - 0.2) < 0.01
        assert rows[ann.id].served > rows[ben.id].served > 0
        assert 0 <= (rows[ben.id].wait_seconds or 0) < 60

        most = await ask_leader(gateway, top=1)
        assert most is not None and [row.user_id for row in most.users] == [ann.id]
        assert most.users_total == 2
        one = await ask_leader(gateway, top=1, user_id=ben.id)
        assert one is not None and [row.user_id for row in one.users] == [ben.id]
        gate.open.set()


async def test_a_paused_user_is_shown_with_nothing_due(house: House) -> None:
    job = await house.submit(user := await house.user("pro"))
    await Pause.create(scope="pro")
    async with led(house, job) as scheduler:
        seen = await Window(scheduler.term.lead).look(QueueQuestion(id=uuid4()))
        [row] = seen.users
        assert (row.user_id, row.cap, row.due, row.waiting) == (user.id, 0, 0.0, 3)
        assert row.wait_seconds is not None


async def test_nobody_answers_where_nobody_leads(house: House) -> None:
    assert await ask_leader(await house.open_bus("gateway"), top=1) is None
