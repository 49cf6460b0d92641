from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TelegramCase


@tagged("post_install", "-at_install")
class TestDelivery(TelegramCase):
    """The state of what operators send, from the view of schema tgworker."""

    def send(self, text="Hello"):
        message = self.user.with_user(self.operator)._send(text)
        self.env.flush_all()
        return message

    def found(self, operator, value):
        return self.env["telegram.message"].search(
            [("delivery_state", operator, value), ("telegram_user_id", "=", self.user.id)]
        )

    def test_without_the_sql_what_has_an_id_was_sent(self):
        sent = self.incoming(direction="outgoing", message_id=7)
        old = self.incoming(direction="outgoing", message_id=False)
        question = self.incoming()
        self.without_sql()
        messages = sent | old | question
        messages.invalidate_recordset(["delivery_state"])
        self.assertEqual(messages.mapped("delivery_state"), ["sent", False, False])
        self.assertEqual(self.found("=", "sent"), sent)
        self.assertEqual(self.found("in", ["failed", "unknown"]), sent.browse())
        self.assertEqual(self.found("!=", "sent"), old | question)
        self.assertEqual(self.found("=", False), old | question)
        with self.assertRaisesRegex(UserError, "tgworker install-sql"):
            sent.action_send_again()

    def test_queued_then_sent(self):
        self.need_sql()
        message = self.send()
        self.assertEqual((message.delivery_state, message.delivery_reason), ("queued", False))
        self.env.cr.execute("UPDATE tgworker.outbox SET sending_since = now() WHERE source_id = %s", [message.id])
        self.env.invalidate_all()
        self.assertEqual(message.delivery_state, "sending")
        self.finish(message, "sent")
        self.assertEqual((message.delivery_state, message.delivery_reason), ("sent", False))

    def test_what_customers_wrote_has_no_state(self):
        self.need_sql()
        self.assertFalse(self.incoming().delivery_state)

    def test_failed_says_why_and_is_sent_again(self):
        self.need_sql()
        message = self.send()
        self.finish(message, "failed", "the customer has blocked the bot")
        self.assertEqual(message.delivery_state, "failed")
        self.assertEqual(message.delivery_reason, "the customer has blocked the bot")
        self.env["res.lang"]._activate_lang("ru_RU")
        self.env["ir.module.module"]._load_module_terms(["telegram_bot"], ["ru_RU"])
        message.invalidate_recordset(["delivery_state"])
        self.assertEqual(message.with_context(lang="ru_RU").delivery_reason, "клиент заблокировал бота")
        message.with_user(self.operator).action_send_again()
        self.assertEqual((message.delivery_state, message.delivery_reason), ("queued", False))

    def test_what_is_on_its_way_or_there_is_not_sent_again(self):
        self.need_sql()
        message = self.send()
        with self.assertRaisesRegex(UserError, "nothing to send again"):
            message.action_send_again()
        self.finish(message, "sent")
        with self.assertRaisesRegex(UserError, "nothing to send again"):
            message.action_send_again()

    def test_search(self):
        self.need_sql()
        states = ("sent", "failed", "discarded", "unknown")
        messages = {state: self.send(state) for state in (*states, "queued")}
        for state in states:
            self.finish(messages[state], state, "because")
        old = self.incoming(direction="outgoing", message_id=7)
        question = self.incoming()
        self.env.flush_all()
        self.assertEqual(self.found("=", "failed"), messages["failed"])
        self.assertEqual(self.found("=", "sent"), messages["sent"] | old)
        self.assertEqual(self.found("in", ["unknown", "discarded"]), messages["unknown"] | messages["discarded"])
        self.assertEqual(self.found("=", False), question)
        self.assertEqual(len(self.found("!=", "failed")), 6)
        self.assertEqual(len(self.found("not in", ["failed", False])), 5)
        for state in (*states, "queued"):
            self.assertEqual(messages[state].delivery_state, state)

    def test_one_query_for_all(self):
        self.need_sql()
        messages = self.env["telegram.message"].union(*[self.send(str(n)) for n in range(5)])
        self.env.invalidate_all()
        messages.mapped("direction")
        with self.assertQueryCount(2):
            messages.mapped("delivery_state")
            messages.mapped("delivery_reason")
