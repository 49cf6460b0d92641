import logging

from odoo import SUPERUSER_ID, api

_logger = logging.getLogger(__name__)


def migrate(cr, version):
    """From 17.0.1.x."""
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    keep_columns(env)
    complete_users(cr)
    complete_messages(cr)
    # Every internal user could answer before; whoever was named as an operator goes on.
    env["telegram.bot.config"].with_context(active_test=False).search([])._make_operators()


def keep_columns(env):
    """Columns that the later version had and this one does not (the link with CRM, the offset of its polling) stay.

    Odoo drops the column of a field that its module does not define any more. So it is made to forget these fields.
    """
    env.cr.execute(
        """
        SELECT f.id, f.model, f.name FROM ir_model_fields f
        JOIN ir_model_data d ON d.model = 'ir.model.fields' AND d.res_id = f.id AND d.module = 'telegram_bot'
        WHERE f.store AND f.ttype NOT IN ('one2many', 'many2many')
        """
    )
    forgotten = [
        (field_id, f"{model}.{name}")
        for field_id, model, name in env.cr.fetchall()
        if model not in env or name not in env[model]._fields
    ]
    ids = [field_id for field_id, _name in forgotten]
    if not ids:
        return
    # What another addon or a person built upon such a field is left to them.
    env.cr.execute("DELETE FROM ir_model_data WHERE model = 'ir.model.fields' AND res_id = ANY(%s)", [ids])
    env.cr.execute(
        """
        DELETE FROM ir_model_data d USING ir_model_fields_selection s
        WHERE d.model = 'ir.model.fields.selection' AND d.res_id = s.id AND s.field_id = ANY(%s)
        """,
        [ids],
    )
    env.cr.execute("DELETE FROM ir_model_fields WHERE id = ANY(%s)", [ids])
    _logger.info("kept the columns of %s", ", ".join(name for _id, name in forgotten))


def complete_users(cr):
    """What the original left empty: the chat, which is the person's, and the name of rows that came in by SQL."""
    cr.execute("UPDATE telegram_user SET chat_id = telegram_id WHERE coalesce(chat_id, 0) = 0")
    cr.execute(
        """
        UPDATE telegram_user SET display_name = coalesce(
            nullif(concat_ws(' ', nullif(first_name, ''), nullif(last_name, '')), ''),
            '@' || nullif(username, ''), 'ID: ' || telegram_id)
        WHERE coalesce(display_name, '') = ''
        """
    )
    cr.execute(
        """
        UPDATE telegram_user u SET last_message_date = m.latest FROM (
            SELECT telegram_user_id, max(message_date) AS latest FROM telegram_message
            WHERE direction = 'incoming' GROUP BY telegram_user_id) m
        WHERE m.telegram_user_id = u.id AND u.last_message_date IS NULL
        """
    )


def complete_messages(cr):
    """The shop's own messages are nobody's to read, and the customer is that of the Telegram user."""
    cr.execute("UPDATE telegram_message SET is_read = true WHERE direction = 'outgoing' AND is_read IS NOT TRUE")
    cr.execute(
        """
        UPDATE telegram_message m SET partner_id = u.partner_id FROM telegram_user u
        WHERE u.id = m.telegram_user_id AND m.partner_id IS DISTINCT FROM u.partner_id
        """
    )
