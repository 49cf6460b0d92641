"""PgQueuer: a job queue on PostgreSQL for asyncio, here with asyncpg and uvloop, as in its own benchmark.

Settings, from https://janbjorge.github.io/pgqueuer/guides/performance-tuning/ and what drained fastest here:
- a pool, "for high-throughput deployments": the next batch is claimed while the last one is completed;
- batch_size 50 instead of 10, for short jobs;
- max_concurrent_tasks of four batches: there is always a batch to send while another one is claimed;
- the autovacuum settings of `pgq autovac`;
- durability "durable", the default: the queue and its log survive a crash, as they do with the other peers.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pgqueuer
import uvloop
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment

from peer import DATABASE_URL, Peer, http_session, send

ENTRYPOINT = "send_message"
BATCH_SIZE = 50
MAX_CONCURRENT_TASKS = 4 * BATCH_SIZE
CONNECTIONS = 4

SCHEMA = QueryBuilderEnvironment()
# What Queries.enqueue does: the job and its first line in the log. A trigger of the library's own notifies.
ENQUEUE = f"""
    with inserted as (
        insert into pgqueuer (priority, entrypoint, payload, status)
        select 0, '{ENTRYPOINT}',
            convert_to(json_build_object('chat_id', m.chat_id, 'text', m.text)::text, 'UTF8'), 'queued'
        from ({{messages}}) m
        returning id, entrypoint, priority
    )
    insert into pgqueuer_log (job_id, status, entrypoint, priority)
    select id, 'queued', entrypoint, priority from inserted
"""


class ListeningDriver(pgqueuer.AsyncpgPoolDriver):
    """The library's driver; it tells when the worker listens."""

    async def add_listener(self, channel, callback) -> None:
        await super().add_listener(channel, callback)
        print("ready", flush=True)


@asynccontextmanager
async def worker() -> AsyncIterator[pgqueuer.PgQueuer]:
    """The worker and what it holds while it runs."""
    async with (
        asyncpg.create_pool(DATABASE_URL, min_size=CONNECTIONS, max_size=CONNECTIONS) as pool,
        http_session() as session,
    ):
        queuer = pgqueuer.PgQueuer(ListeningDriver(pool))

        @queuer.entrypoint(ENTRYPOINT, executor_factory=pgqueuer.DatabaseRetryEntrypointExecutor)
        async def send_message(job: pgqueuer.Job) -> None:
            message = json.loads(job.payload)
            await send(session, message["chat_id"], message["text"])

        yield queuer


def run() -> None:
    """Works until SIGTERM, which pgqueuer.run handles."""
    uvloop.run(pgqueuer.run(worker, batch_size=BATCH_SIZE, max_concurrent_tasks=MAX_CONCURRENT_TASKS))


Peer(
    prepare="\n".join(
        (SCHEMA.build_uninstall_query(), SCHEMA.build_install_query(), SCHEMA.build_optimize_autovacuum_query())
    ),
    enqueue=ENQUEUE,
    analyze="analyze pgqueuer, pgqueuer_log",
    left="select count(*) from pgqueuer",
    run=run,
).main()
