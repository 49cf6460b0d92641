-- The wake path: how long a notification takes from one session to the sender's.

alter table tgworker.worker add column wake_up interval;
comment on column tgworker.worker.wake_up is
    'Of a sender: how long its last notification to itself took, from before it was sent until it was heard. Measured once a minute; a sender that hears nothing begins a new session.';
