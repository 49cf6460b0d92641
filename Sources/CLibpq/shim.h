// libpq, and the notice receiver that the connection needs: a C callback may not enter Swift's isolation.
#pragma once

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#ifndef LIBPQ_HAS_PIPELINING
#error "libpq 14 or newer is needed (pipeline mode)"
#endif

/// Notices as they came: severity, SQLSTATE and message, each ended by NUL.
typedef struct {
    char *data;
    size_t length;
    size_t capacity;
} tgw_notices;

static void tgw_notices_append(tgw_notices *notices, const char *text) {
    if (!text) text = "";
    size_t added = strlen(text) + 1;
    if (notices->length + added > notices->capacity) {
        size_t capacity = (notices->length + added) * 2;
        char *data = (char *)realloc(notices->data, capacity);
        if (!data) return;
        notices->data = data;
        notices->capacity = capacity;
    }
    memcpy(notices->data + notices->length, text, added);
    notices->length += added;
}

static void tgw_receive_notice(void *context, const PGresult *result) {
    tgw_notices *notices = (tgw_notices *)context;
    tgw_notices_append(notices, PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED));
    tgw_notices_append(notices, PQresultErrorField(result, PG_DIAG_SQLSTATE));
    tgw_notices_append(notices, PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
}

/// From now on the connection's notices are kept in `notices`, which must outlive it.
static inline void tgw_keep_notices(PGconn *connection, tgw_notices *notices) {
    PQsetNoticeReceiver(connection, tgw_receive_notice, notices);
}

// The fields' names are character constants, which Swift does not import.
static inline const char *tgw_error_sqlstate(const PGresult *r) { return PQresultErrorField(r, PG_DIAG_SQLSTATE); }
static inline const char *tgw_error_message(const PGresult *r) { return PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY); }
static inline const char *tgw_error_detail(const PGresult *r) { return PQresultErrorField(r, PG_DIAG_MESSAGE_DETAIL); }
static inline const char *tgw_error_hint(const PGresult *r) { return PQresultErrorField(r, PG_DIAG_MESSAGE_HINT); }
