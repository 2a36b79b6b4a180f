"""How late the event loop of this process is, as bench/servers/loop-delay.js says it of Node's."""
import asyncio
import time

LOOK_S = 0.02
late_ms: list[float] = []


async def watch() -> None:
    """As Node's monitor of the event loop: how late a timer is that is due every 20 ms."""
    while True:
        asked = time.perf_counter()
        await asyncio.sleep(LOOK_S)
        late_ms.append(max(0.0, (time.perf_counter() - asked - LOOK_S) * 1000))


def p99_ms() -> float:
    """Since it was last asked for, at p99 of all looks."""
    looks = sorted(late_ms)
    late_ms.clear()
    return looks[max(0, -(-len(looks) * 99 // 100) - 1)] if looks else 0.0
