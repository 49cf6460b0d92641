"""Procrastinate: a task queue on PostgreSQL, with psycopg's pool and an asynchronous task.

Settings, from https://procrastinate.readthedocs.io/en/stable/ and what drained fastest here:
- concurrency, "howto/production/concurrency": as many jobs at once as the other peers have requests under way;
- delete_jobs, "howto/production/delete_finished_jobs": "successful" costs a sent message what "always" does, and a
  message that could not be sent stays to be seen;
- listen_notify and the polling intervals: the defaults;
- a pool of our own, given to App.open_async, in autocommit: every call of the library is one statement, and three
  round trips (is the connection alive, BEGIN, COMMIT) are saved with each.
"""

import asyncio
import logging

import procrastinate
import psycopg
import uvloop
from procrastinate.schema import SchemaManager
from psycopg_pool import AsyncConnectionPool

from peer import DATABASE_URL, IN_FLIGHT, Peer, http_session, send

CONCURRENCY = IN_FLIGHT
CONNECTIONS = 4

QUEUE, TASK = "telegram", "send_message"
# The last statement of LISTEN is what the listener's connection shows while it waits.
LISTENS = """
    select exists (
        select from pg_stat_activity
        where datname = current_database() and state = 'idle' and query ~ '^LISTEN .*procrastinate'
    ) as listens
"""
PREPARE = f"""
    do $$ begin
        execute (
            select coalesce(string_agg(format('drop %s if exists %s cascade', kind, name), '; '), 'select')
            from (
                select 'table', oid::regclass::text from pg_class where relkind = 'r'
                union all
                select 'function', oid::regprocedure::text from pg_proc
                union all
                select 'type', oid::regtype::text from pg_type where typtype = 'e'
                union all
                select 'type', reltype::regtype::text from pg_class where relkind = 'c'
            ) object (kind, name)
            where name like 'procrastinate\\_%'
        );
    end $$;
    {SchemaManager.get_schema()}
"""
# What Task.batch_defer_async calls. A trigger of the library's own notifies.
ENQUEUE = f"""
    perform procrastinate_defer_jobs_v1(array_agg(
        row('{QUEUE}', '{TASK}', 0, null, null, jsonb_build_object('chat_id', m.chat_id, 'text', m.text), null)
            ::procrastinate_job_to_defer_v1))
    from ({{messages}}) m
"""


async def autocommit(connection: psycopg.AsyncConnection) -> None:
    """Prepares a connection of the pool."""
    await connection.set_autocommit(True)


async def work() -> None:
    """Runs the library's worker."""
    # It warns of an application in the main module, whose tasks' names depend on how it was started. Ours has a name.
    logging.getLogger("procrastinate.blueprints").setLevel(logging.ERROR)
    app = procrastinate.App(connector=procrastinate.PsycopgConnector())
    async with (
        http_session() as session,
        AsyncConnectionPool(
            DATABASE_URL, min_size=CONNECTIONS, max_size=CONNECTIONS, configure=autocommit, open=False
        ) as pool,
        app.open_async(pool),
    ):

        @app.task(name=TASK, queue=QUEUE, retry=procrastinate.RetryStrategy(max_attempts=5, exponential_wait=2))
        async def send_message(chat_id: int, text: str) -> None:
            await send(session, chat_id, text)

        worker = asyncio.create_task(app.run_worker_async(concurrency=CONCURRENCY, delete_jobs="successful"))
        while not worker.done() and not (await app.connector.execute_query_one_async(LISTENS))["listens"]:
            await asyncio.sleep(0.01)
        print("ready", flush=True)
        await worker


def run() -> None:
    """Works until SIGTERM, which the library's worker handles."""
    uvloop.run(work())


Peer(
    prepare=PREPARE,
    enqueue=ENQUEUE,
    analyze="analyze procrastinate_jobs, procrastinate_events",
    left="select count(*) from procrastinate_jobs where status in ('todo', 'doing')",
    run=run,
).main()
