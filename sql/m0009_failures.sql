-- How long a message is tried, pauses that survive a restart for each chat, and a ledger that counts every doubt.

alter table tgworker.outbox
    add column failures integer not null default 0,
    add column failing_since timestamptz;
comment on column tgworker.outbox.failures is
    'Attempts in a row that failed for no reason of the message''s own: Telegram was not reached, gave no proper answer, or the worker stopped. A part that was sent begins anew.';
comment on column tgworker.outbox.failing_since is 'When the first of these failures was recorded.';
comment on column tgworker.outbox.last_error is
    'Why the last attempt failed, in words for an operator; never holds a secret.';

alter table tgworker.chat
    add column paused_until timestamptz,
    add column pause_reason text;
comment on table tgworker.chat is
    'What is known of chats besides telegram_user: for each bot, because a block is one of its own.';
comment on column tgworker.chat.paused_until is 'Telegram asked this chat to wait until then; NULL again some time after.';
comment on column tgworker.chat.pause_reason is 'Why.';
-- The few that wait now: read when a sender starts.
create index chat_paused on tgworker.chat (bot_id, paused_until) where paused_until is not null;

insert into tgworker.setting (name, default_value, kind, choices, description) values
    ('max_attempts', '100', 'number', null,
     'How many times in a row a message may fail because Telegram is not reached or gives no proper answer, before it is given up; 0 is no limit.'),
    ('max_retry_hours', '24', 'number', null,
     'How many hours after its first such failure a message is given up, if it still fails; 0 is no limit.');

-- The last attempt used to be left out where the outcome itself said that it was in doubt.
update tgworker.delivery set in_doubt = in_doubt + 1 where outcome = 'unknown';
comment on column tgworker.delivery.in_doubt is
    'Attempts whose outcome nobody knows, the last one included: the customer may have the message so many times, and once more when it was sent. So there are at most so many duplicates.';
comment on column tgworker.delivery.outcome is
    'sent, failed (Telegram refuses it for good, or it was given up), discarded (no longer wanted) or unknown (held, may have been delivered).';
