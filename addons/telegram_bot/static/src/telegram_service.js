/** @odoo-module **/

import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { session } from "@web/session";
import { EventBus, reactive } from "@odoo/owl";

/**
 * What the operator's screen knows of Telegram: how many messages are unread, which drafts were begun, and, on `bus`,
 * what happens: MESSAGE (one is new, was changed or is sent again), READ, and RESUME (some may have been missed).
 */
export const telegramService = {
    dependencies: ["bus_service", "orm"],

    start(env, { bus_service: busService, orm }) {
        const isOperator = session.telegram_unread_count !== undefined;
        const state = reactive({ unread: session.telegram_unread_count || 0 });
        const bus = new EventBus();
        let isRefreshing = false;

        /** Asks for the counter, once for all that happens within a moment. */
        function refresh() {
            if (isRefreshing) {
                return;
            }
            isRefreshing = true;
            browser.setTimeout(async () => {
                isRefreshing = false;
                try {
                    state.unread = await orm.silent.call("telegram.message", "get_unread_count");
                } catch {
                    // The server is away: the counter is asked for again when the bus is back.
                }
            }, 200);
        }

        function resume() {
            bus.trigger("RESUME");
            refresh();
        }

        if (isOperator) {
            busService.subscribe("telegram_bot/new_message", (payload) => {
                bus.trigger("MESSAGE", payload);
                refresh();
            });
            busService.subscribe("telegram_bot/read", (payload) => {
                bus.trigger("READ", payload);
                refresh();
            });
            busService.addEventListener("reconnect", resume);
            document.addEventListener("visibilitychange", () => {
                if (document.visibilityState === "visible") {
                    resume();
                }
            });
            busService.start();
        }
        return { isOperator, state, bus, drafts: new Map() };
    },
};

registry.category("services").add("telegram_bot", telegramService);
