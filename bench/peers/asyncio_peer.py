"""What an engineer writes by hand: asyncpg, aiohttp and uvloop, LISTEN, claims and completions in batches."""

import asyncio
import logging
import signal

import aiohttp
import asyncpg
import uvloop

from peer import DATABASE_URL, IN_FLIGHT, Peer, Refused, http_session, send

POLL = 5  # seconds: should a notification be missed

PREPARE = """
    drop schema if exists peer_asyncio cascade;
    create schema peer_asyncio;
    create table peer_asyncio.outbox (
        id bigint generated always as identity primary key,
        chat_id bigint not null,
        text text not null,
        attempt integer not null default 0,
        available_at timestamptz not null default now(),
        sending_since timestamptz
    ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
    create index outbox_ready on peer_asyncio.outbox (id) where sending_since is null;
    create index outbox_sending on peer_asyncio.outbox (sending_since) where sending_since is not null;
    create table peer_asyncio.ledger (
        id bigint primary key,
        chat_id bigint not null,
        message_id bigint not null,
        attempt integer not null,
        sent_at timestamptz not null default now()
    );
"""
ENQUEUE = """
    insert into peer_asyncio.outbox (chat_id, text) select m.chat_id, m.text from ({messages}) m;
    perform pg_notify('peer_asyncio', '')
"""
CLAIM = """
    update peer_asyncio.outbox set sending_since = now(), attempt = attempt + 1
    where id in (
        select id from peer_asyncio.outbox
        where sending_since is null and available_at <= now()
        order by id limit $1 for update skip locked
    )
    returning id, chat_id, text
"""
COMPLETE = """
    with sent as (
        delete from peer_asyncio.outbox using unnest($1::bigint[], $2::bigint[]) as s (id, message_id)
        where outbox.id = s.id
        returning outbox.id, outbox.chat_id, s.message_id, outbox.attempt
    )
    insert into peer_asyncio.ledger (id, chat_id, message_id, attempt) select id, chat_id, message_id, attempt from sent
"""
PUT_BACK = """
    update peer_asyncio.outbox
    set sending_since = null, available_at = now() + least(2 ^ attempt, 300) * interval '1 second'
    where id = any($1::bigint[])
"""
# What a worker that died had claimed.
RECOVER = "update peer_asyncio.outbox set sending_since = null where sending_since < now() - interval '1 minute'"


class Worker:
    """Keeps up to IN_FLIGHT requests under way; what they finish while a completion runs makes the next one's batch."""

    def __init__(
        self, claims: asyncpg.Connection, completions: asyncpg.Connection, session: aiohttp.ClientSession
    ) -> None:
        self.claims = claims
        self.completions = completions
        self.session = session
        self.sending: set[asyncio.Task] = set()
        self.sent: list[tuple[int, int]] = []
        self.failed: list[int] = []
        self.stopping = False
        self.work = asyncio.Event()
        self.room = asyncio.Event()
        self.finished = asyncio.Event()

    def stop(self) -> None:
        """Lets the requests that are under way finish, then ends run()."""
        self.stopping = True
        self.work.set()
        self.room.set()

    async def run(self) -> None:
        """Works until stop()."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.complete())
            while not self.stopping:
                self.work.clear()
                self.room.clear()
                # Half the room at least, lest every finished request cause a claim of one row.
                if len(self.sending) > IN_FLIGHT // 2:
                    await self.room.wait()
                    continue
                rows = await self.claims.fetch(CLAIM, IN_FLIGHT - len(self.sending))
                for row in rows:
                    task = tasks.create_task(self.send(*row))
                    self.sending.add(task)
                    task.add_done_callback(self.leave)
                if not rows:
                    await self.wait_for_work()
            if self.sending:
                await asyncio.wait(self.sending)
            self.finished.set()

    async def wait_for_work(self) -> None:
        """Waits for a notification; without one, looks for what a dead worker left."""
        try:
            async with asyncio.timeout(POLL):
                await self.work.wait()
        except TimeoutError:
            await self.claims.execute(RECOVER)

    def leave(self, task: asyncio.Task) -> None:
        """Makes room for another request."""
        self.sending.discard(task)
        self.room.set()

    async def send(self, identifier: int, chat_id: int, text: str) -> None:
        """Sends a message and notes what became of it."""
        try:
            message_id = await send(self.session, chat_id, text)
        except (Refused, aiohttp.ClientError, TimeoutError) as error:
            logging.warning("message %d: %s", identifier, error)
            self.failed.append(identifier)
        else:
            self.sent.append((identifier, message_id))
        self.finished.set()

    async def complete(self) -> None:
        """Records what has finished, as long as there may be more."""
        while not self.stopping or self.sending or self.sent or self.failed:
            await self.finished.wait()
            self.finished.clear()
            sent, self.sent = self.sent, []
            failed, self.failed = self.failed, []
            if sent:
                await self.completions.execute(COMPLETE, *map(list, zip(*sent)))
            if failed:
                await self.completions.execute(PUT_BACK, failed)


async def work() -> None:
    """Works until SIGTERM. Should a connection be lost, it ends: whoever supervises it starts it again."""
    claims, completions = await asyncpg.connect(DATABASE_URL), await asyncpg.connect(DATABASE_URL)
    async with http_session() as session:
        worker = Worker(claims, completions, session)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
        await claims.add_listener("peer_asyncio", lambda *_: worker.work.set())
        print("ready", flush=True)
        await worker.run()
    await claims.close()
    await completions.close()


Peer(
    prepare=PREPARE,
    enqueue=ENQUEUE,
    analyze="analyze peer_asyncio.outbox",
    left="select count(*) from peer_asyncio.outbox",
    run=lambda: uvloop.run(work()),
).main()
