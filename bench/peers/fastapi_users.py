"""Users on FastAPI, uvicorn and asyncpg, as the tutorials write it: response models, X-Process-Time by a middleware, and
uvicorn's own line a request. The same check, rows and JSON as the other sides of the bench.

DATABASE_URL, TOKEN_KEYS (JSON: id to key in Base64) and POOL_MAX come from bench/start-fastapi-users.ts. A line on
standard input is answered, on file descriptor 3, with how late the event loop was since the last.
"""
import asyncio
import base64
import json
import os
import re
import socket
import sys
import threading
import time
from datetime import datetime
from uuid import uuid4

import asyncpg
import jwt
import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response
from pydantic import BaseModel
from uvicorn.config import LOGGING_CONFIG

import loop_delay

COLUMNS = '"id", "email", "name", "role", "version", "createdAt", "updatedAt"'
# As bench/servers/bare-check.js: a read is content with its caller as they were so long ago.
MAX_AGE_S = 1
# As long as a real one; as with Farebox, nothing is hashed here.
PASSWORD_HASH = "$argon2id$v=19$m=19456,t=2,p=1$" + "A" * 22 + "$" + "A" * 43

keys = {name: base64.b64decode(key) for name, key in json.loads(os.environ["TOKEN_KEYS"]).items()}
bearer = re.compile(r"Bearer +([A-Za-z0-9._~+/-]+=*)$", re.IGNORECASE)
recent: dict[str, tuple[asyncpg.Record, float]] = {}
app = FastAPI()


class NewUser(BaseModel):
    email: str
    name: str
    password: str


class Patch(BaseModel):
    name: str


@app.middleware("http")
async def process_time(request: Request, call_next):
    started = time.perf_counter()
    response = await call_next(request)
    response.headers["X-Process-Time"] = str(time.perf_counter() - started)
    return response


@app.on_event("startup")
async def start() -> None:
    size = int(os.environ["POOL_MAX"])
    app.state.looking = asyncio.create_task(loop_delay.watch())
    app.state.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=size, max_size=size)


async def caller_of(authorization: str, may_be_recent: bool) -> None:
    """Each token is verified each time; who it is of is read, or remembered for a second where the route is content with that."""
    found = bearer.match(authorization)
    if found is None:
        raise HTTPException(401)
    try:
        key = keys[jwt.get_unverified_header(found[1])["kid"]]
        claims = jwt.decode(
            found[1],
            key,
            algorithms=["HS256"],
            issuer="farebox",
            options={"require": ["sub", "exp", "epoch"]},
        )
    except (jwt.InvalidTokenError, KeyError) as error:
        raise HTTPException(401) from error
    row, until = recent.get(claims["sub"], (None, 0.0)) if may_be_recent else (None, 0.0)
    if row is None or until <= time.monotonic():
        row = await app.state.pool.fetchrow('SELECT "id", "role", "sessionEpoch" FROM "User" WHERE "id" = $1', claims["sub"])
    if row is None or row["sessionEpoch"] != claims["epoch"]:
        raise HTTPException(401)
    if until <= time.monotonic():
        recent[claims["sub"]] = (row, time.monotonic() + MAX_AGE_S)
    if row["role"] != "admin":
        raise HTTPException(403)


async def reader(authorization: str = Header("")) -> None:
    await caller_of(authorization, True)


async def writer(authorization: str = Header("")) -> None:
    await caller_of(authorization, False)


class User(BaseModel):
    id: str
    email: str
    name: str
    role: str
    createdAt: datetime
    updatedAt: datetime


class Page(BaseModel):
    data: list[User]
    nextCursor: str | None


def answer(row: asyncpg.Record | None, response: Response) -> User:
    if row is None:
        raise HTTPException(404)
    response.headers["ETag"] = f'"{row["version"]}"'
    return User(**row)


@app.get("/v1/users/{id}", response_model=User, dependencies=[Depends(reader)])
async def read(id: str, response: Response):
    return answer(await app.state.pool.fetchrow(f'SELECT {COLUMNS} FROM "User" WHERE "id" = $1', id), response)


@app.get("/v1/users", response_model=Page, dependencies=[Depends(reader)])
async def page(limit: int):
    rows = await app.state.pool.fetch(
        f'SELECT {COLUMNS} FROM "User" ORDER BY "createdAt", "id" LIMIT $1', limit + 1
    )
    cursor = None
    if len(rows) > limit:
        last = rows[limit - 1]
        cursor = base64.urlsafe_b64encode(json.dumps([last["createdAt"].isoformat(), last["id"]]).encode()).decode()
    return Page(data=[User(**row) for row in rows[:limit]], nextCursor=cursor)


@app.post("/v1/users", response_model=User, status_code=201, dependencies=[Depends(writer)])
async def create(body: NewUser, response: Response):
    row = await app.state.pool.fetchrow(
        'INSERT INTO "User" ("id", "email", "emailKey", "name", "nameKey", "passwordHash", "createdAt", "updatedAt") '
        f"VALUES ($1, $2, $3, $4, $5, $6, $7, $7) RETURNING {COLUMNS}",
        *(str(uuid4()), body.email, body.email.lower(), body.name, body.name.lower(), PASSWORD_HASH, datetime.utcnow()),
    )
    return answer(row, response)


@app.patch("/v1/users/{id}", response_model=User, dependencies=[Depends(writer)])
async def update(id: str, body: Patch, response: Response):
    row = await app.state.pool.fetchrow(
        'UPDATE "User" SET "name" = $2, "nameKey" = $3, "updatedAt" = $4, "version" = "version" + 1 '
        f'WHERE "id" = $1 RETURNING {COLUMNS}',
        *(id, body.name, body.name.lower(), datetime.utcnow()),
    )
    return answer(row, response)


def tell(said: dict) -> None:
    os.write(3, json.dumps(said).encode() + b"\n")


def answer_starter() -> None:
    """Ends with who started it."""
    for _ in sys.stdin:
        tell({"loopDelayMs": loop_delay.p99_ms()})
    os._exit(0)


if __name__ == "__main__":
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    # Who comes before the pool is there waits.
    listening.listen(128)
    threading.Thread(target=answer_starter, daemon=True).start()
    tell({"port": listening.getsockname()[1]})
    LOGGING_CONFIG["loggers"]["uvicorn.error"]["level"] = "WARNING"
    uvicorn.Server(uvicorn.Config(app, loop="uvloop", http="httptools")).run(sockets=[listening])
