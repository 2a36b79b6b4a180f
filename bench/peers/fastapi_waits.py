"""The tutorials' server on FastAPI: the same waits and the same sums, as their authors would write them.

PROCESS_TIME=1: with their middleware, that says on each answer how long it took. THREADS: size of the pool that `def` handlers run in (FastAPI's own: 40). Start: uvicorn --app-dir bench/peers fastapi_waits:app
"""
import asyncio
import os
import time

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request

import loop_delay

app = FastAPI()

if os.environ.get("PROCESS_TIME") == "1":

    @app.middleware("http")
    async def process_time(request: Request, call_next):
        started = time.perf_counter()
        response = await call_next(request)
        response.headers["X-Process-Time"] = str(time.perf_counter() - started)
        return response


@app.on_event("startup")
async def start() -> None:
    current_default_thread_limiter().total_tokens = int(os.environ.get("THREADS", "40"))
    app.state.looking = asyncio.create_task(loop_delay.watch())


@app.get("/loop-delay")
async def how_late() -> dict:
    return {"p99Ms": loop_delay.p99_ms()}


@app.get("/")
async def hello() -> dict:
    return {"Hello": "World"}


@app.get("/wait")
def wait() -> dict:
    time.sleep(0.05)
    return {"duration": 0.05}


@app.get("/asyncwait")
async def asyncwait() -> dict:
    await asyncio.sleep(0.05)
    return {"duration": 0.05}


@app.get("/blockingwait")
async def blockingwait() -> dict:
    """The trap: a blocking call in an async handler."""
    time.sleep(0.05)
    return {"duration": 0.05}


def fib_of(n: int) -> int:
    return 1 if n < 2 else fib_of(n - 1) + fib_of(n - 2)


async def async_fib_of(n: int) -> int:
    return 1 if n < 2 else await async_fib_of(n - 1) + await async_fib_of(n - 2)


@app.get("/fib/{n}")
def fib(n: int) -> dict:
    return {"fib": fib_of(n)}


@app.get("/asyncfib/{n}")
async def asyncfib(n: int) -> dict:
    return {"fib": await async_fib_of(n)}


@app.get("/blockingfib/{n}")
async def blockingfib(n: int) -> dict:
    return {"fib": fib_of(n)}
