/** @odoo-module **/

import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, onMounted, onWillUnmount, xml } from "@odoo/owl";

/** Keeps a form up to date: every second while an answer is waited for, now and then otherwise. */
export class TelegramRefresh extends Component {
    static template = xml``;
    static props = { ...standardWidgetProps, stateField: { type: String } };

    setup() {
        onMounted(() => this.schedule());
        onWillUnmount(() => {
            this.isGone = true;
            browser.clearTimeout(this.timer);
        });
    }

    schedule() {
        const isWaiting = this.props.record.data[this.props.stateField] === "waiting";
        this.timer = browser.setTimeout(() => this.refresh(), isWaiting ? 1000 : 15000);
    }

    async refresh() {
        const { record } = this.props;
        // What is being typed is never taken away.
        const isIdle = document.visibilityState === "visible" && !document.activeElement?.matches("input, textarea");
        try {
            if (isIdle && record.resId && !(await record.isDirty())) {
                await record.load();
            }
        } catch {
            // Deleted by somebody else, or the connection is away: the form's own actions say so.
        } finally {
            if (!this.isGone) {
                this.schedule();
            }
        }
    }
}

registry.category("view_widgets").add("telegram_refresh", {
    component: TelegramRefresh,
    extractProps: ({ attrs }) => ({ stateField: attrs.state_field }),
});
