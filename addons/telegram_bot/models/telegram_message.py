import textwrap

from odoo import _, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..fields import BigInteger

# The states from which a message can be sent again.
_UNDELIVERED = ("failed", "discarded", "unknown")


class TelegramMessage(models.Model):
    """What was said: by a customer, an operator, or the shop when an order's state changed.

    The worker adds rows by SQL, so what `create` does here it does for operators only.
    """

    _name = "telegram.message"
    _description = "Telegram message"
    # Unread first; an index below has this order.
    _order = "is_read, message_date desc, id desc"

    telegram_user_id = fields.Many2one("telegram.user", "Telegram user", required=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", "Customer", related="telegram_user_id.partner_id", store=True, index=True, readonly=True
    )
    message_id = BigInteger("Message ID", copy=False, help="The message's id in Telegram")
    direction = fields.Selection([("incoming", "Incoming"), ("outgoing", "Outgoing")], required=True)
    text = fields.Text()
    message_date = fields.Datetime("Date", required=True, index=True, default=fields.Datetime.now)
    is_read = fields.Boolean("Read", help="An operator has seen it")
    user_id = fields.Many2one("res.users", "Operator", help="Who sent the answer")
    reply_to_message_id = fields.Many2one("telegram.message", "Reply to", ondelete="set null")

    short_text = fields.Char("Message", compute="_compute_short_text")
    delivery_state = fields.Selection(
        [
            ("queued", "Queued"),
            ("sending", "Sending"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("discarded", "Discarded"),
            ("unknown", "Unknown"),
        ],
        "State",
        compute="_compute_delivery",
        search="_search_delivery_state",
        help="What became of an outgoing message. Unknown: the connection broke while it was sent, "
        "so the customer may have it or not.",
    )
    delivery_reason = fields.Char("Reason", compute="_compute_delivery")

    def init(self):
        """Indexes that the ORM's `index` cannot say: the list, a conversation, and the unread, which are few."""
        self.env.cr.execute(
            """
            CREATE INDEX IF NOT EXISTS telegram_message_list_index
                ON telegram_message (is_read, message_date DESC, id DESC);
            CREATE INDEX IF NOT EXISTS telegram_message_conversation_index
                ON telegram_message (telegram_user_id, message_date DESC, id DESC);
            CREATE INDEX IF NOT EXISTS telegram_message_unread_index
                ON telegram_message (telegram_user_id)
                WHERE direction = 'incoming' AND (is_read = false OR is_read IS NULL);
            """
        )

    # -- computed

    @api.model
    def _shorten(self, text):
        """The beginning of a text, in one line."""
        return textwrap.shorten(text, width=80, placeholder="…")

    @api.depends("text")
    def _compute_short_text(self):
        for message in self:
            message.short_text = self._shorten(message.text or "")

    @api.depends("telegram_user_id.display_name", "text", "direction")
    def _compute_display_name(self):
        for message in self:
            arrow = "→ " if message.direction == "outgoing" else ""
            text = textwrap.shorten(message.text or "", width=50, placeholder="…")
            message.display_name = f"{arrow}{message.telegram_user_id.display_name or ''}: {text}"

    @api.depends("direction", "message_id")
    def _compute_delivery(self):
        """The worker knows of replies on their way and of late; what has Telegram's id was sent in any case."""
        outgoing = self.filtered(lambda message: message.direction == "outgoing")
        states = self.env["telegram.worker"]._message_states(outgoing.ids)
        for message in self:
            known = "sent" if message.direction == "outgoing" and message.message_id else False
            state, reason, _outbox_id = states.get(message._origin.id, (known, False, None))
            message.delivery_state = state
            message.delivery_reason = reason if state != "sent" else False

    @api.model
    def _search_delivery_state(self, operator, value):
        if operator not in ("=", "!=", "in", "not in"):
            raise UserError(_("The state can be searched for with =, !=, in and not in only."))
        wanted = set(value if isinstance(value, (list, tuple, set)) else [value])
        if operator in ("!=", "not in"):
            names = {name for name, _label in self._fields["delivery_state"].selection} | {False}
            wanted = names - wanted
        return [("id", "inselect", self.env["telegram.worker"]._messages_in_states(wanted))]

    # -- reading

    @api.model
    def _unread_domain(self):
        return [("direction", "=", "incoming"), ("is_read", "=", False)]

    @api.model
    def get_unread_count(self):
        """For the counter beside the operator's name."""
        return self.search_count(self._unread_domain())

    def action_mark_read(self):
        self.filtered(lambda message: not message.is_read).is_read = True

    def action_mark_unread(self):
        self.filtered(lambda message: message.direction == "incoming" and message.is_read).is_read = False

    @api.model_create_multi
    def create(self, vals_list):
        self._check_author(vals_list)
        for values in vals_list:
            if values.get("direction") == "outgoing":
                values["is_read"] = True
        messages = super().create(vals_list)
        messages._announce("telegram_bot/new_message")
        return messages

    def write(self, vals):
        if not self.env.su and set(vals) - {"is_read"}:
            raise AccessError(_("What was said cannot be changed."))
        result = super().write(vals)
        if "is_read" in vals:
            self._announce("telegram_bot/read")
        return result

    @api.model
    def _check_author(self, vals_list):
        """Operators write in their own name and in nobody else's; history is entered by administrators."""
        if self.env.su or self.env.user.has_group("telegram_bot.group_telegram_administrator"):
            return
        for values in vals_list:
            is_own = values.get("user_id", self.env.uid) == self.env.uid
            if values.get("direction") != "outgoing" or values.get("message_id") or not is_own:
                raise AccessError(_("Operators write answers, and in their own name."))

    def _announce(self, kind):
        """Tells the operators' screens, in the way in which the worker tells them of what customers write."""
        operators = self.env.ref("telegram_bot.group_telegram_operator").sudo().users
        # More at once are a list being marked: the screens ask for the whole anyway.
        notifications = [
            (partner, kind, {"telegram_user_id": message.telegram_user_id.id, "message_id": message.id})
            for message in self[:20]
            for partner in operators.partner_id
        ]
        self.env["bus.bus"]._sendmany(notifications)

    # -- buttons

    def action_reply(self):
        """The dialog that answers this message."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": _("Reply to %s", self.telegram_user_id.display_name),
            "res_model": "telegram.message.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_telegram_user_id": self.telegram_user_id.id,
                "default_reply_to_message_id": self.id if self.direction == "incoming" else False,
            },
        }

    def action_open_conversation(self):
        self.ensure_one()
        return self.telegram_user_id.action_open_conversation()

    def action_send_again(self):
        """Gives what did not arrive to the worker once more."""
        self.check_access_rights("write")
        self.check_access_rule("write")
        worker = self.env["telegram.worker"]
        worker._require()
        states = worker._message_states(self.ids)
        for message in self:
            state, _reason, outbox_id = states.get(message.id, (False, None, None))
            if state not in _UNDELIVERED or not worker._retry(outbox_id):
                raise UserError(_("There is nothing to send again: the message is not among those that failed."))
        self.invalidate_recordset(["delivery_state", "delivery_reason"])
        self._announce("telegram_bot/new_message")

    # -- the conversation

    def _older_domain(self):
        """What was said before this message."""
        self.ensure_one()
        return [
            "|",
            ("message_date", "<", self.message_date),
            "&",
            ("message_date", "=", self.message_date),
            ("id", "<", self.id),
        ]

    def conversation_values(self):
        """These messages as the conversation shows them, without those that are gone."""
        return self.exists()._conversation_values()

    def _conversation_values(self):
        return [
            {
                "id": message.id,
                "date": fields.Datetime.to_string(message.message_date),
                "direction": message.direction,
                "text": message.text or "",
                "is_read": message.is_read,
                # An operator may be of a company that the reader does not see.
                "author": message.user_id.sudo().name or "",
                "state": message.delivery_state,
                "reason": message.delivery_reason or "",
                "quote": message.reply_to_message_id.short_text or "",
            }
            for message in self
        ]
