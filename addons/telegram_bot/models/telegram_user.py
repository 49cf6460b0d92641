import secrets

from odoo import _, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.osv import expression

from ..fields import BigInteger

_OPERATOR = "telegram_bot.group_telegram_operator"


class TelegramUser(models.Model):
    """A person in Telegram, the partner they are, and the conversation with them."""

    _name = "telegram.user"
    _description = "Telegram user"
    _order = "last_message_date desc nulls last, id desc"
    _rec_names_search = ["display_name", "username", "partner_id.name"]

    telegram_id = BigInteger("Telegram ID", required=True, index=True, copy=False, help="The user's id in Telegram")
    chat_id = BigInteger(
        "Chat ID", copy=False, help="The chat that messages go to; that of a person is the same as the Telegram ID"
    )
    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True, ondelete="cascade")
    username = fields.Char(help="@username in Telegram")
    first_name = fields.Char("First name")
    last_name = fields.Char("Last name")
    display_name = fields.Char("Display name", compute="_compute_display_name", store=True)
    verification_code = fields.Char(
        "Verification code",
        size=6,
        copy=False,
        default=lambda self: self._new_code(),
        groups=_OPERATOR,
        help="The customer types it into the bot and is verified",
    )
    is_verified = fields.Boolean("Verified", index=True, copy=False)
    verified_date = fields.Datetime("Verified on", copy=False)
    last_message_date = fields.Datetime("Last message", copy=False)
    message_ids = fields.One2many("telegram.message", "telegram_user_id", "Messages")
    message_count = fields.Integer("Number of messages", compute="_compute_message_counts")
    unread_count = fields.Integer("Unread", compute="_compute_message_counts", search="_search_unread_count")
    last_text = fields.Char("Latest text", compute="_compute_last_text")
    problem = fields.Char("Not connected", compute="_compute_problem")

    _sql_constraints = [
        ("telegram_id_unique", "unique(telegram_id)", "There is a Telegram user with this Telegram ID already."),
    ]

    @api.model
    def _new_code(self):
        return f"{secrets.randbelow(10**6):06d}"

    @api.depends("first_name", "last_name", "username", "telegram_id")
    def _compute_display_name(self):
        for user in self:
            name = " ".join(part for part in (user.first_name, user.last_name) if part)
            handle = user.username and f"@{user.username}"
            user.display_name = name or handle or (f"ID: {user.telegram_id}" if user.telegram_id else False)

    def _compute_message_counts(self):
        messages = self.env["telegram.message"]
        belongs = [("telegram_user_id", "in", self.ids)]
        total = dict(messages._read_group(belongs, ["telegram_user_id"], ["__count"]))
        unread = dict(messages._read_group(belongs + messages._unread_domain(), ["telegram_user_id"], ["__count"]))
        for user in self:
            user.message_count = total.get(user._origin, 0)
            user.unread_count = unread.get(user._origin, 0)

    @api.model
    def _search_unread_count(self, operator, value):
        if (operator, value) not in ((">", 0), ("!=", 0), ("=", 0)):
            raise UserError(_("Search for users with or without unread messages only."))
        self.env["telegram.message"].flush_model(["telegram_user_id", "direction", "is_read"])
        query = """
            SELECT telegram_user_id FROM telegram_message
            WHERE direction = 'incoming' AND (is_read = false OR is_read IS NULL)
            """
        return [("id", "not inselect" if operator == "=" else "inselect", (query, []))]

    def _compute_last_text(self):
        """The latest message of each, in one query."""
        texts = {}
        if self.ids:
            self.env["telegram.message"].flush_model(["telegram_user_id", "message_date", "text", "direction"])
            self.env.cr.execute(
                """
                SELECT u.id, m.direction, m.text
                FROM unnest(%s) AS u (id) CROSS JOIN LATERAL (
                    SELECT direction, text FROM telegram_message WHERE telegram_user_id = u.id
                    ORDER BY message_date DESC, id DESC LIMIT 1) m
                """,
                [self.ids],
            )
            texts = {row[0]: row[1:] for row in self.env.cr.fetchall()}
        for user in self:
            direction, text = texts.get(user._origin.id, (False, ""))
            arrow = "↩ " if direction == "outgoing" else ""
            user.last_text = arrow + self.env["telegram.message"]._shorten(text or "")

    def _compute_problem(self):
        self.update({"problem": self.env["telegram.worker"]._problem()})

    @api.constrains("telegram_id")
    def _check_telegram_id(self):
        for user in self:
            if not 0 < user.telegram_id < 2**52:
                raise ValidationError(_("A Telegram ID is a number like 123456789; @userinfobot tells a user's own."))

    @api.model_create_multi
    def create(self, vals_list):
        for values in vals_list:
            # The chat with a person has that person's id.
            values["chat_id"] = values.get("chat_id") or values.get("telegram_id")
            if not values.get("verification_code"):
                values["verification_code"] = self._new_code()
            if values.get("is_verified"):
                values.setdefault("verified_date", fields.Datetime.now())
        return super().create(vals_list)

    def write(self, vals):
        if "is_verified" in vals and "verified_date" not in vals:
            vals = dict(vals, verified_date=fields.Datetime.now() if vals["is_verified"] else False)
        # A private chat follows its person; a chat that somebody has entered stays.
        private = self.filtered(lambda user: user.chat_id in (0, user.telegram_id))
        result = super().write(vals)
        if "telegram_id" in vals and "chat_id" not in vals:
            private.chat_id = vals["telegram_id"]
        return result

    # -- buttons

    def action_send_code(self):
        """Asks the worker to send the code; nobody waits for Telegram."""
        self.ensure_one()
        self.check_access_rights("write")
        self.check_access_rule("write")
        if self.is_verified:
            raise UserError(_("%s is verified already.", self.display_name))
        if not self.env["telegram.worker"]._send_code(self):
            raise UserError(_("No code can be sent: the Telegram ID is missing."))
        return self._notice(_("The code is on its way to %s.", self.display_name))

    def action_verify(self):
        """The manager vouches for the customer, who is told so."""
        self.env["telegram.worker"]._require()
        self.filtered(lambda user: not user.is_verified).is_verified = True

    def action_revoke(self):
        """The customer is not known any more, with a new code to become so again."""
        for user in self:
            user.write({"is_verified": False, "verification_code": self._new_code()})

    def action_invite(self):
        self.ensure_one()
        return self.partner_id.action_telegram_invite()

    def action_open_messages(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("telegram_bot.action_telegram_message")
        action.update(domain=[("telegram_user_id", "=", self.id)], context={})
        return action

    def action_open_conversation(self):
        """The one conversation, or the list to choose from."""
        action = self.env["ir.actions.act_window"]._for_xml_id("telegram_bot.action_telegram_user")
        if len(self) == 1:
            action.update(res_id=self.id, view_mode="form", views=[(False, "form")])
        else:
            action.update(domain=[("id", "in", self.ids)])
        action["context"] = {}
        return action

    @api.model
    def _notice(self, text):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": text},
        }

    # -- the conversation

    def conversation_load(self, before_id=None, limit=50):
        """A page of the conversation, oldest first: the latest one, or the one before a message."""
        self.ensure_one()
        messages = self.env["telegram.message"]
        domain = [("telegram_user_id", "=", self.id)]
        before = before_id and messages.browse(before_id).exists()
        if before:
            domain = expression.AND([domain, before._older_domain()])
        limit = min(limit, 200)
        page = messages.search(domain, order="message_date desc, id desc", limit=limit + 1)
        return {
            "customer": self.display_name,
            "has_older": len(page) > limit,
            "messages": page[:limit][::-1]._conversation_values(),
            "problem": self.env["telegram.worker"]._problem(),
        }

    def conversation_send(self, text, reply_to_id=None):
        """Sends an answer and returns the message, as in `conversation_load`."""
        reply_to = self.env["telegram.message"].browse(reply_to_id or []).exists()
        message = self._send(text, reply_to)
        return message._conversation_values()[0]

    def conversation_mark_read(self):
        """What the customer wrote has been seen; returns how many messages were new."""
        self.ensure_one()
        unread = self.env["telegram.message"].search(
            [("telegram_user_id", "=", self.id)] + self.env["telegram.message"]._unread_domain()
        )
        unread.is_read = True
        return len(unread)

    def _send(self, text, reply_to=None):
        """Writes the operator's message; a trigger gives it to the worker. What it answers has been read."""
        self.ensure_one()
        self.env["telegram.worker"]._require()
        text = (text or "").strip()
        if not text:
            raise UserError(_("Write something first."))
        if not self.chat_id and not self.telegram_id:
            raise UserError(_("%s has no Telegram ID to write to.", self.display_name))
        if reply_to and reply_to.telegram_user_id != self:
            raise UserError(_("The message that you answer is of another conversation."))
        message = self.env["telegram.message"].create(
            {
                "telegram_user_id": self.id,
                "text": text,
                "direction": "outgoing",
                "user_id": self.env.uid,
                "reply_to_message_id": reply_to and reply_to.id,
            }
        )
        self.conversation_mark_read()
        return message
