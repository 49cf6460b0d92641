/** @odoo-module **/

import { browser } from "@web/core/browser/browser";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useAutoresize } from "@web/core/utils/autoresize";
import { useBus, useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, onMounted, onPatched, onWillStart, onWillUnmount, onWillUpdateProps, useRef, useState } from "@odoo/owl";

const PAGE = 50;
const CONTEXT_PAGE = 10;
const PENDING = ["queued", "sending"];
const UNDELIVERED = ["failed", "discarded", "unknown"];

const STATES = {
    queued: { icon: "fa-clock-o", label: _t("Queued") },
    sending: { icon: "fa-paper-plane-o", label: _t("Sending") },
    sent: { icon: "fa-check", label: _t("Sent") },
    failed: { icon: "fa-exclamation-circle text-danger", label: _t("Not sent") },
    discarded: { icon: "fa-ban text-warning", label: _t("Discarded") },
    unknown: { icon: "fa-question-circle text-warning", label: _t("Nobody knows whether it arrived") },
};

/**
 * A customer's conversation as a chat, with a box to answer in. It follows what happens by itself: the bus tells of new
 * messages, and while an answer is on its way its state is asked for.
 */
export class TelegramConversation extends Component {
    static template = "telegram_bot.Conversation";
    static props = {
        ...standardWidgetProps,
        userField: { type: String, optional: true },
        compose: { type: Boolean, optional: true },
    };
    static defaultProps = { compose: true };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.telegram = useService("telegram_bot");
        this.scroll = useRef("scroll");
        this.input = useRef("input");
        useAutoresize(this.input);
        this.state = useState(this.emptyState());
        this.userId = this.userIdOf(this.props);

        useBus(this.telegram.bus, "MESSAGE", ({ detail }) => this.onMessage(detail));
        useBus(this.telegram.bus, "RESUME", () => this.loadLatest());
        onWillStart(() => this.loadLatest());
        onWillUpdateProps((nextProps) => this.onUserChanged(this.userIdOf(nextProps)));
        onPatched(() => this.placeScroll());
        onWillUnmount(() => this.stop());
        onMounted(() => this.placeScroll());
        this.wantsEnd = true;
    }

    emptyState() {
        return {
            customer: "",
            messages: [],
            hasOlder: false,
            isLoaded: false,
            isLoadingOlder: false,
            isSending: false,
            problem: false,
            replyTo: null,
            text: "",
        };
    }

    userIdOf(props) {
        if (!props.userField) {
            return props.record.resId;
        }
        const user = props.record.data[props.userField];
        return user && user[0];
    }

    async onUserChanged(userId) {
        if (userId === this.userId) {
            return;
        }
        this.stop();
        this.userId = userId;
        this.isStopped = false;
        this.wantsEnd = true;
        Object.assign(this.state, this.emptyState());
        await this.loadLatest();
    }

    stop() {
        this.isStopped = true;
        browser.clearTimeout(this.pollTimer);
    }

    // -- what is shown

    /** The messages by day: a list of { key, label, messages }. */
    get days() {
        const days = [];
        for (const message of this.state.messages) {
            const moment = deserializeDateTime(message.date);
            const key = moment.toISODate();
            if (!days.length || days[days.length - 1].key !== key) {
                days.push({ key, label: this.dayLabel(moment), messages: [] });
            }
            days[days.length - 1].messages.push({ ...message, moment });
        }
        return days;
    }

    dayLabel(moment) {
        const today = luxon.DateTime.local().startOf("day");
        const distance = Math.round(today.diff(moment.startOf("day"), "days").days);
        return { 0: _t("Today"), 1: _t("Yesterday") }[distance] || formatDate(moment);
    }

    time(message) {
        return message.moment.toLocaleString(luxon.DateTime.TIME_SIMPLE);
    }

    author(message) {
        if (message.direction === "incoming") {
            return this.state.customer;
        }
        return message.author || _t("Automatic notice");
    }

    delivery(message) {
        const state = STATES[message.state];
        return state && { ...state, label: String(state.label) };
    }

    isUndelivered(message) {
        return UNDELIVERED.includes(message.state);
    }

    // -- loading

    async load(beforeId) {
        const limit = this.props.compose ? PAGE : CONTEXT_PAGE;
        return this.orm.silent.call("telegram.user", "conversation_load", [[this.userId], beforeId, limit]);
    }

    /** The latest page, joined to what is there already. */
    async loadLatest() {
        const userId = this.userId;
        if (!userId) {
            return;
        }
        const page = await this.load(false);
        if (this.isStopped || userId !== this.userId) {
            return;
        }
        const known = new Set(this.state.messages.map((message) => message.id));
        if (!page.messages.some((message) => known.has(message.id))) {
            // Nothing in common: more has come than fits a page, so what is there would have a gap.
            this.state.messages = [];
            this.state.hasOlder = page.has_older;
        }
        this.merge(page.messages);
        Object.assign(this.state, { customer: page.customer, problem: page.problem, isLoaded: true });
        this.restoreDraft();
        this.markRead();
    }

    async loadOlder() {
        const userId = this.userId;
        this.state.isLoadingOlder = true;
        try {
            const page = await this.load(this.state.messages[0].id);
            if (userId === this.userId) {
                this.heightBefore = this.scroll.el.scrollHeight;
                this.merge(page.messages);
                this.state.hasOlder = page.has_older;
            }
        } finally {
            this.state.isLoadingOlder = false;
        }
    }

    async onMessage({ telegram_user_id: userId, message_id: messageId }) {
        if (userId !== this.userId) {
            return;
        }
        if (this.state.messages.some((message) => message.id === messageId)) {
            await this.reload([messageId]);
            this.markRead();
        } else {
            await this.loadLatest();
        }
    }

    async reload(ids) {
        const userId = this.userId;
        const messages = await this.orm.silent.call("telegram.message", "conversation_values", [ids]);
        if (!this.isStopped && userId === this.userId) {
            this.merge(messages);
        }
    }

    merge(messages) {
        // What comes, or grows, at the end is followed by who looks at the end.
        this.wantsEnd ||= this.isAtEnd;
        const byId = new Map(this.state.messages.map((message) => [message.id, message]));
        for (const message of messages) {
            byId.set(message.id, message);
        }
        this.state.messages = [...byId.values()].sort(
            (a, b) => a.date.localeCompare(b.date) || a.id - b.id
        );
        this.poll(1000);
    }

    /** While an answer is on its way its state is asked for, less and less often. */
    poll(delay) {
        browser.clearTimeout(this.pollTimer);
        const ids = this.state.messages
            .filter((message) => PENDING.includes(message.state))
            .map((message) => message.id);
        if (!ids.length || this.isStopped) {
            return;
        }
        this.pollTimer = browser.setTimeout(async () => {
            try {
                await this.reload(ids);
            } catch {
                // The server is away; the next time is later.
            }
            this.poll(Math.min(delay * 1.5, 10000));
        }, delay);
    }

    // -- scrolling

    get isAtEnd() {
        const el = this.scroll.el;
        return !el || el.scrollHeight - el.scrollTop - el.clientHeight < 80;
    }

    placeScroll() {
        const el = this.scroll.el;
        if (!el) {
            return;
        }
        if (this.heightBefore !== undefined) {
            el.scrollTop += el.scrollHeight - this.heightBefore;
            this.heightBefore = undefined;
        } else if (this.wantsEnd) {
            el.scrollTop = el.scrollHeight;
            this.wantsEnd = false;
        }
    }

    // -- what the operator does

    /** What is on the screen has been seen, if anybody looks at it. */
    async markRead() {
        const isUnread = (message) => message.direction === "incoming" && !message.is_read;
        if (!this.props.compose || document.visibilityState !== "visible" || !this.state.messages.some(isUnread)) {
            return;
        }
        await this.orm.silent.call("telegram.user", "conversation_mark_read", [[this.userId]]);
        for (const message of this.state.messages) {
            message.is_read = true;
        }
    }

    restoreDraft() {
        this.state.text ||= this.telegram.drafts.get(this.userId) || "";
    }

    onInput(ev) {
        this.state.text = ev.target.value;
        this.telegram.drafts.set(this.userId, this.state.text);
    }

    onKeydown(ev) {
        if (ev.key === "Enter" && !ev.shiftKey && !ev.isComposing) {
            ev.preventDefault();
            ev.stopPropagation();
            this.send();
        } else if (ev.key === "Escape" && this.state.replyTo) {
            ev.stopPropagation();
            this.state.replyTo = null;
        }
    }

    replyTo(message) {
        this.state.replyTo = message;
        this.input.el?.focus();
    }

    async send() {
        if (!this.state.text.trim() || this.state.isSending) {
            return;
        }
        const userId = this.userId;
        const { text, replyTo } = this.state;
        this.state.isSending = true;
        // Emptied at once: what is typed meanwhile is the next message.
        this.state.text = "";
        this.state.replyTo = null;
        this.telegram.drafts.delete(userId);
        try {
            const message = await this.orm.call("telegram.user", "conversation_send", [
                [userId],
                text,
                replyTo?.id || false,
            ]);
            if (userId === this.userId) {
                this.wantsEnd = true;
                this.merge([message]);
            }
        } catch (error) {
            if (userId === this.userId) {
                this.state.text = [text, this.state.text].filter(Boolean).join("\n");
                this.state.replyTo = replyTo;
            } else {
                this.telegram.drafts.set(userId, text);
            }
            throw error;
        } finally {
            this.state.isSending = false;
            this.input.el?.focus();
        }
    }

    sendAgain(message) {
        const send = async () => {
            await this.orm.call("telegram.message", "action_send_again", [[message.id]]);
            await this.reload([message.id]);
        };
        if (message.state !== "unknown") {
            return send();
        }
        this.dialog.add(ConfirmationDialog, {
            title: _t("Send again?"),
            body: _t("The customer may have this message already. Send it once more?"),
            confirmLabel: _t("Send again"),
            confirm: send,
            cancel: () => {},
        });
    }
}

registry.category("view_widgets").add("telegram_conversation", {
    component: TelegramConversation,
    extractProps: ({ attrs }) => ({ userField: attrs.user_field, compose: attrs.compose !== "0" }),
});
