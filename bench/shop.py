"""The shop: a private PostgreSQL with Odoo's tables, customers in Telegram, and their orders."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import psycopg

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOKEN = "123456:BENCH-TOKEN"


class Cluster:
    """A server that writes to the disk as in production, with settings fit for the machine and nothing exotic."""

    SETTINGS = {
        "shared_buffers": "2GB",
        "max_wal_size": "8GB",
        "checkpoint_timeout": "30min",
        "autovacuum_naptime": "20s",
        "jit": "off",
    }

    def __init__(self, statistics: bool = False):
        """With statistics the server counts statements (pg_stat_statements)."""
        settings = dict(self.SETTINGS)
        if statistics:
            settings |= {"shared_preload_libraries": "pg_stat_statements"}
        self.directory = tempfile.mkdtemp(prefix="tgworker-bench.")
        os.chmod(self.directory, 0o711)
        self.home = f"{self.directory}/postgres"
        self._script("start", "--tcp", "--fsync", "--while", str(os.getpid()), self.home)
        with self.connect("postgres") as session:
            for name, value in settings.items():
                session.execute(f"alter system set {name} = '{value}'")
        self._script("pg_ctl", self.home, "restart", "--mode=fast", "--wait", "--silent")
        with self.connect("postgres") as session:
            self.version = session.execute("show server_version").fetchone()[0]

    def _script(self, *arguments: str) -> str:
        done = subprocess.run([ROOT / "scripts/cluster", *arguments], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr or done.stdout)
        return done.stdout.strip()

    def url(self, database: str) -> str:
        return self._script("url", self.home, database)

    def connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(self.url(database), autocommit=True)

    @property
    def postmaster(self) -> int:
        return int(pathlib.Path(f"{self.home}/data/postmaster.pid").read_text().split()[0])

    def stop(self) -> None:
        self._script("stop", self.home)
        shutil.rmtree(self.directory)


class Shop:
    """A database of the cluster. Order i is B0000001 and so on, of customer i, who has the chat 1000000 + i."""

    def __init__(self, cluster: Cluster, name: str):
        self.cluster, self.name = cluster, name
        with cluster.connect("postgres") as session:
            session.execute(f"drop database if exists {name} with (force)")
            session.execute(f"create database {name}")
        self.url = cluster.url(name)
        command = ["psql", "-Xqd", self.url, "-v", "ON_ERROR_STOP=1", "-f", ROOT / "Tests/Fixtures/odoo.sql"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        self.session = cluster.connect(name)

    def install(self, tgworker: str) -> None:
        """What a DBA does."""
        subprocess.run([tgworker, "install-sql", "--database-url", self.url], check=True, stdout=subprocess.DEVNULL)
        self.session.execute(
            """
            insert into telegram_bot_config (bot_name, bot_token, webhook_secret, active)
            values ('Bench', %s, 'bench', true)
            """,
            [TOKEN],
        )

    def create_telegram_users(self) -> None:
        """The table as the peers need it, where tgworker is not installed."""
        self.session.execute(
            """
            create table if not exists telegram_user (
                id serial primary key, partner_id integer, telegram_id bigint, chat_id bigint, is_verified boolean)
            """
        )

    def open(self, customers: int, orders_each: int = 1, in_telegram: bool = True) -> None:
        """Customers, each with so many orders, known in Telegram or not."""
        own = ["id", "name", "partner_id", "partner_invoice_id", "partner_shipping_id", "state"]
        found = self.session.execute(
            "select attname from pg_attribute where attrelid = 'sale_order'::regclass and attnum > 0 "
            "and not attisdropped and attname <> all (%s)",
            [own],
        )
        columns = [name for (name,) in found]
        listed = ", ".join(columns)
        self.session.execute(
            "insert into res_partner (id, name, active, create_date, lang, tz) "
            "select 1000000 + i, 'Customer ' || i, true, now(), 'en_US', 'UTC' from generate_series(1, %s) i",
            [customers],
        )
        self.session.execute("delete from sale_order_line; delete from sale_order where id > 1")
        self.session.execute(
            f"""
            insert into sale_order (name, partner_id, partner_invoice_id, partner_shipping_id, state, {listed})
            select 'B' || lpad(i::text, 7, '0'), p, p, p, 'draft', {listed}
            from sale_order, lateral (
                select i, 1000001 + (i - 1) %% %s as p from generate_series(1, %s) i) numbered
            where sale_order.id = (select min(id) from sale_order)
            """,
            [customers, customers * orders_each],
        )
        if in_telegram:
            self.session.execute(
                """
                insert into telegram_user (partner_id, telegram_id, chat_id, is_verified)
                select 1000000 + i, 1000000 + i, 1000000 + i, true from generate_series(1, %s) i
                """,
                [customers],
            )
        self.session.execute("vacuum analyze")

    def first_order(self) -> int:
        return self.session.execute("select id from sale_order where name = 'B0000001'").fetchone()[0]

    def change_all(self, count: int) -> None:
        """So many orders, from the first on, change their states, in one transaction."""
        first = self.first_order()
        self.session.execute(
            "update sale_order set state = case state when 'sale' then 'sent' else 'sale' end "
            "where id >= %s and id < %s",
            [first, first + count],
        )

    def close(self) -> None:
        self.session.close()
        with self.cluster.connect("postgres") as session:
            session.execute(f"drop database {self.name} with (force)")
