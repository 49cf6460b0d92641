from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import TelegramCase


@tagged("post_install", "-at_install")
class TestTelegramMessage(TelegramCase):
    def test_the_customer_is_that_of_the_telegram_user(self):
        message = self.incoming()
        self.assertEqual(message.partner_id, self.partner)
        other = self.env["res.partner"].create({"name": "The right one"})
        self.user.partner_id = other
        self.assertEqual(message.partner_id, other)

    def test_the_name_says_who_and_what(self):
        message = self.incoming("A question\nabout " + 30 * "very " + "much")
        self.assertTrue(message.display_name.startswith("Maria Petrova: A question about very"))
        self.assertLess(len(message.display_name), 70)
        self.assertEqual(message.short_text[-1], "…")

    def test_unread_first_then_the_latest(self):
        old, new = self.incoming("old", message_date="2030-01-01"), self.incoming("new", message_date="2030-01-02")
        read = self.incoming("read", message_date="2030-01-03", is_read=True)
        found = self.env["telegram.message"].search([("telegram_user_id", "=", self.user.id)])
        self.assertEqual(found, new | old | read)
        self.assertEqual(found.ids, [new.id, old.id, read.id])

    def test_marking(self):
        message = self.incoming()
        count = self.env["telegram.message"].get_unread_count()
        message.with_user(self.operator).action_mark_read()
        self.assertTrue(message.is_read)
        self.assertEqual(self.env["telegram.message"].get_unread_count(), count - 1)
        message.with_user(self.operator).action_mark_unread()
        self.assertEqual(self.env["telegram.message"].get_unread_count(), count)

    def test_what_was_said_is_not_changed(self):
        message = self.incoming()
        for values in ({"text": "Something else"}, {"direction": "outgoing"}, {"is_read": True, "message_id": 7}):
            with self.assertRaises(AccessError):
                message.with_user(self.operator).write(values)

    def test_operators_write_in_their_own_name(self):
        values = {"telegram_user_id": self.user.id, "text": "Hello", "direction": "outgoing"}
        messages = self.env["telegram.message"].with_user(self.operator)
        self.assertTrue(messages.create(values).is_read)
        for forged in ({"direction": "incoming"}, {"user_id": self.administrator.id}, {"message_id": 7}):
            with self.assertRaises(AccessError):
                messages.create({**values, **forged})

    def test_a_reply_is_written_marks_as_read_and_quotes(self):
        self.need_sql()
        question = self.incoming()
        reply = self.user.with_user(self.operator)._send("  Of course! \n", question)
        self.assertEqual(
            (reply.text, reply.direction, reply.user_id, reply.reply_to_message_id, reply.is_read),
            ("Of course!", "outgoing", self.operator, question, True),
        )
        self.assertTrue(question.is_read)
        self.env.flush_all()
        self.env.cr.execute("SELECT chat_id FROM tgworker.outbox WHERE source_id = %s AND kind = 'reply'", [reply.id])
        self.assertEqual(self.env.cr.fetchall(), [(self.user.telegram_id,)])

    def test_an_empty_reply_and_one_to_another_conversation_are_refused(self):
        self.need_sql()
        other = self.env["telegram.user"].create({"telegram_id": 5, "partner_id": self.partner.id})
        with self.assertRaisesRegex(UserError, "Write something"):
            self.user._send(" \n ")
        with self.assertRaisesRegex(UserError, "another conversation"):
            self.user._send("Hello", self.incoming(user=other))

    def test_the_dialog_answers_the_message(self):
        self.need_sql()
        question = self.incoming()
        action = question.with_user(self.operator).action_reply()
        form = Form(self.env["telegram.message.wizard"].with_user(self.operator).with_context(**action["context"]))
        form.text = "Yes"
        form.save().action_send()
        reply = self.env["telegram.message"].search([("reply_to_message_id", "=", question.id)])
        self.assertEqual((reply.text, reply.user_id), ("Yes", self.operator))

    def test_the_dialog_names_the_command_without_the_sql(self):
        self.without_sql()
        wizard = self.env["telegram.message.wizard"].create({"telegram_user_id": self.user.id, "text": "Yes"})
        with self.assertRaisesRegex(UserError, "tgworker install-sql"):
            wizard.action_send()

    def test_a_conversation_comes_in_pages(self):
        messages = [self.incoming(str(n), message_date=f"2030-01-01 00:00:0{n // 2}") for n in range(5)]
        latest = self.user.with_user(self.operator).conversation_load(limit=2)
        self.assertEqual([m["text"] for m in latest["messages"]], ["3", "4"])
        self.assertTrue(latest["has_older"])
        older = self.user.conversation_load(before_id=messages[3].id, limit=3)
        self.assertEqual([m["text"] for m in older["messages"]], ["0", "1", "2"])
        self.assertFalse(older["has_older"])

    def test_a_page_costs_the_same_whatever_its_length(self):
        self.incoming("0", user_id=self.operator.id)
        self.user.conversation_load()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.user.conversation_load()
        few = self.env.cr.sql_log_count - before
        for number in range(30):
            self.incoming(str(number), user_id=self.operator.id)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.user.conversation_load()
        self.assertLessEqual(self.env.cr.sql_log_count - before, few)

    def test_opening_marks_as_read(self):
        self.incoming()
        self.incoming()
        self.assertEqual(self.user.with_user(self.operator).conversation_mark_read(), 2)
        self.assertEqual(self.user.unread_count, 0)

    def test_the_operators_screens_are_told(self):
        self.env["bus.bus"].search([]).unlink()
        self.incoming().is_read = True
        sent = self.env["bus.bus"].search([("channel", "like", f'"res.partner",{self.operator.partner_id.id}]')])
        kinds = [kind for row in sent for kind in ("new_message", "read") if f"telegram_bot/{kind}" in row.message]
        self.assertEqual(sorted(kinds), ["new_message", "read"])
