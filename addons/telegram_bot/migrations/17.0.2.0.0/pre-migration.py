import logging

_logger = logging.getLogger(__name__)

# Telegram's ids, which the addon kept in int4 columns before `tgworker install-sql` or this widened them.
_WIDE = {"telegram_user": ["telegram_id", "chat_id"], "telegram_message": ["message_id"]}
# Views that this version has too, and so overwrites.
_VIEWS = [
    "view_telegram_bot_config_form",
    "view_telegram_user_tree",
    "view_telegram_user_form",
    "view_telegram_user_search",
    "view_telegram_message_tree",
    "view_telegram_message_form",
    "view_telegram_message_search",
    "view_telegram_message_wizard_form",
    "view_partner_form_telegram",
    "view_sale_order_form_telegram",
]


def migrate(cr, version):
    """From 17.0.1.x, which called Telegram itself."""
    if not version:
        return
    widen_ids(cr)
    keep_configuration(cr)
    remove_polling(cr)
    put_views_aside(cr)


def widen_ids(cr):
    """Here and in one statement a table, because the ORM would rewrite it once for each column."""
    for table, columns in _WIDE.items():
        cr.execute(
            """
            SELECT column_name FROM information_schema.columns
            WHERE table_schema = current_schema() AND table_name = %s AND column_name = ANY(%s) AND udt_name = 'int4'
            """,
            [table, columns],
        )
        changes = ", ".join(f"ALTER COLUMN {name} TYPE int8" for (name,) in cr.fetchall())
        if changes:
            cr.execute(f"ALTER TABLE {table} {changes}")
            _logger.info("%s: %s", table, changes)


def keep_configuration(cr):
    """The bot's row was data of the addon: an upgrade would take its token away, or remove it."""
    cr.execute(
        "UPDATE ir_model_data SET noupdate = true WHERE module = 'telegram_bot' AND model = 'telegram.bot.config'"
    )


def remove_polling(cr):
    """The later version asked Telegram for updates from a scheduled action. Two that ask take them from each other."""
    cr.execute(
        """
        SELECT c.id, c.ir_actions_server_id FROM ir_cron c
        JOIN ir_act_server s ON s.id = c.ir_actions_server_id
        JOIN ir_model m ON m.id = s.model_id
        WHERE m.model LIKE 'telegram.%%' OR EXISTS (
            SELECT FROM ir_model_data d
            WHERE d.module = 'telegram_bot' AND d.model = 'ir.cron' AND d.res_id = c.id)
        """
    )
    rows = cr.fetchall()
    if not rows:
        return
    crons, actions = ([row[index] for row in rows] for index in (0, 1))
    cr.execute("DELETE FROM ir_cron WHERE id = ANY(%s)", [crons])
    cr.execute("DELETE FROM ir_act_server WHERE id = ANY(%s)", [actions])
    cr.execute(
        """
        DELETE FROM ir_model_data
        WHERE (model = 'ir.cron' AND res_id = ANY(%s)) OR (model = 'ir.actions.server' AND res_id = ANY(%s))
        """,
        [crons, actions],
    )
    _logger.info("removed the scheduled actions %s, which asked Telegram for updates", crons)


def put_views_aside(cr):
    """Views that are gone may show fields that are gone; until Odoo removes them they must not be looked at."""
    cr.execute(
        """
        UPDATE ir_ui_view SET active = false WHERE id IN (
            SELECT res_id FROM ir_model_data
            WHERE module = 'telegram_bot' AND model = 'ir.ui.view' AND NOT name = ANY(%s))
        """,
        [_VIEWS],
    )
