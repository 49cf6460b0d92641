"""The usual script: one process that takes one row at a time and looks again in a second when there is none."""

import signal
import time

import requests

from peer import DATABASE_URL, REQUEST_TIMEOUT, SEND_MESSAGE, Peer, Refused, accepted

PAUSE = 1  # seconds

PREPARE = """
    drop schema if exists peer_script cascade;
    create schema peer_script;
    create table peer_script.outbox (
        id bigint generated always as identity primary key,
        chat_id bigint not null,
        text text not null
    );
"""
ENQUEUE = "insert into peer_script.outbox (chat_id, text) select m.chat_id, m.text from ({messages}) m"
TAKE = "select id, chat_id, text from peer_script.outbox order by id limit 1 for update skip locked"
REMOVE = "delete from peer_script.outbox where id = %s"


def run() -> None:
    """Works until SIGTERM."""
    import psycopg

    stopping = False

    def stop(*_) -> None:
        nonlocal stopping
        stopping = True

    def send_next() -> bool:
        """Sends the oldest row, if there is one, and removes it. The row stays locked meanwhile."""
        with connection.transaction():
            row = connection.execute(TAKE).fetchone()
            if row is None:
                return False
            identifier, chat_id, text = row
            response = session.post(SEND_MESSAGE, json={"chat_id": chat_id, "text": text}, timeout=REQUEST_TIMEOUT)
            accepted(response.status_code, response.json())
            connection.execute(REMOVE, [identifier])
            return True

    signal.signal(signal.SIGTERM, stop)
    with psycopg.connect(DATABASE_URL, autocommit=True) as connection, requests.Session() as session:
        print("ready", flush=True)
        while not stopping:
            try:
                sent = send_next()
            except (Refused, requests.RequestException) as error:
                print(error, flush=True)
                sent = False
            if not sent:
                time.sleep(PAUSE)


Peer(
    prepare=PREPARE,
    enqueue=ENQUEUE,
    analyze="analyze peer_script.outbox",
    left="select count(*) from peer_script.outbox",
    run=run,
).main()
