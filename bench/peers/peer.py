"""What the peers have in common: the command line, the messages, the trigger and the call of the Bot API.

A peer differs in its schema, in how it enqueues and in its worker. Everything but the worker is SQL and is sent by
psycopg, which is imported only then, as aiohttp is: a worker's memory holds nothing that it does not use.
"""

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass

DATABASE_URL = os.environ["DATABASE_URL"]
SEND_MESSAGE = os.environ["API_URL"] + "/sendMessage"

# How many requests a peer that sends concurrently may have under way.
IN_FLIGHT = 64
REQUEST_TIMEOUT = 30  # seconds

TEXT = r"format(E'Order %s: confirmed\nMoment: 2026-11-27 20:00:00\nTotal: 100.00 €', {name})"
WAITING_MESSAGES = f"""
    select 1000000 + i as chat_id, {TEXT.format(name="'B' || lpad(i::text, 7, '0')")} as text
    from generate_series(1, {{count}}) i
"""
ORDER_MESSAGES = f"""
    select coalesce(nullif(u.chat_id, 0), u.telegram_id) as chat_id, {TEXT.format(name="new.name")} as text
    from public.telegram_user u
    where u.partner_id = new.partner_id and u.is_verified
"""
ATTACH = """
    create or replace function public.bench_peer_enqueue() returns trigger
        language plpgsql security definer
        set search_path = public, pg_temp
        as $$ begin {enqueue}; return null; end $$;
    drop trigger if exists bench_peer on public.sale_order;
    create trigger bench_peer
        after update of state on public.sale_order
        for each row when (old.state is distinct from new.state)
        execute function public.bench_peer_enqueue();
"""
DETACH = "drop function if exists public.bench_peer_enqueue() cascade"


class Refused(Exception):
    """The Bot API did not accept a message."""


@dataclass(frozen=True)
class Peer:
    """A peer.

    `prepare` and `analyze` are SQL; `enqueue` is a statement of PL/pgSQL that makes a job of every row of {messages}
    (chat_id, text); `left` is a query for the number of unfinished jobs; `run` works until SIGTERM.
    """

    prepare: str
    enqueue: str
    analyze: str
    left: str
    run: Callable[[], None]

    def main(self) -> None:
        """Does what the command line says."""
        parser = argparse.ArgumentParser()
        commands = parser.add_subparsers(dest="command", required=True)
        for command in ("prepare", "attach", "detach", "left"):
            commands.add_parser(command)
        commands.add_parser("fill").add_argument("count", type=int)
        commands.add_parser("run").add_argument("--processes-label", help="ignored: a mark for lists of processes")
        arguments = parser.parse_args()

        match arguments.command:
            case "prepare":
                execute(DETACH, self.prepare)
            case "fill":
                enqueue = self.enqueue.format(messages=WAITING_MESSAGES.format(count=arguments.count))
                execute(f"do $$ begin {enqueue}; end $$", self.analyze)
            case "attach":
                execute(ATTACH.format(enqueue=self.enqueue.format(messages=ORDER_MESSAGES)))
            case "detach":
                execute(DETACH)
            case "left":
                print(execute(self.left))
            case "run":
                self.run()


def execute(*scripts: str) -> object:
    """Executes each script as a transaction. Returns the first value of the last one, if it has any."""
    import psycopg

    with psycopg.connect(DATABASE_URL, autocommit=True, options="-c client_min_messages=warning") as connection:
        for script in scripts:
            cursor = connection.execute(script)
        return cursor.fetchone()[0] if cursor.description else None


def http_session():
    """An aiohttp session whose connections are kept alive, one for each request that may be under way."""
    import aiohttp

    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=IN_FLIGHT), timeout=aiohttp.ClientTimeout(total=REQUEST_TIMEOUT)
    )


async def send(session, chat_id: int, text: str) -> int:
    """Sends a message over an aiohttp session. Returns Telegram's id of it."""
    async with session.post(SEND_MESSAGE, json={"chat_id": chat_id, "text": text}) as response:
        return accepted(response.status, await response.json())


def accepted(status: int, answer: dict) -> int:
    """The id of the message that an answer of the Bot API tells of; raises Refused if it tells of none."""
    if status != 200 or answer.get("ok") is not True:
        raise Refused(f"HTTP {status}: {answer.get('description')}")
    return answer["result"]["message_id"]
