// Typed doors to libcurl's variadic functions, which Swift cannot call, and the callbacks that the reactor needs.
#pragma once

#include <curl/curl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#if LIBCURL_VERSION_NUM < 0x075000
#error "libcurl 7.80 or newer is needed (CURLOPT_PREREQFUNCTION)"
#endif

/// What one transfer receives, and whether its request was begun.
typedef struct {
    char *data;
    size_t length;
    size_t capacity;
    /// Bytes of body after which the transfer is ended with CURLE_WRITE_ERROR.
    size_t limit;
    /// How often libcurl was about to write this request to a connection.
    int requests_begun;
    /// The answer's Date in seconds since 1970; -1 where it has none.
    int64_t date;
} tgw_transfer;

static inline CURLcode tgw_easy_setopt_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode tgw_easy_setopt_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode tgw_easy_setopt_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLMcode tgw_multi_setopt_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

/// Body of the request; libcurl copies it.
static inline CURLcode tgw_easy_set_body(CURL *easy, const void *bytes, long count) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, count);
    return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, bytes);
}

static inline CURLcode tgw_easy_only_http(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

/// The reactor's name of a transfer: an integer, never a pointer.
static inline CURLcode tgw_easy_set_id(CURL *easy, uintptr_t id) {
    return curl_easy_setopt(easy, CURLOPT_PRIVATE, (void *)id);
}

static inline uintptr_t tgw_easy_id(CURL *easy) {
    char *value = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &value);
    return (uintptr_t)value;
}

static inline long tgw_easy_status(CURL *easy) {
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

static size_t tgw_receive(char *bytes, size_t size, size_t count, void *context) {
    tgw_transfer *transfer = (tgw_transfer *)context;
    size_t added = size * count;
    // An empty answer is announced with nothing (libcurl: CURLOPT_WRITEFUNCTION), and memcpy takes no NULL even then.
    if (added == 0) return 0;
    if (added > transfer->limit - transfer->length) return 0;
    if (transfer->length + added > transfer->capacity) {
        size_t capacity = transfer->capacity ? transfer->capacity : 1024;
        while (capacity < transfer->length + added) capacity *= 2;
        char *data = (char *)realloc(transfer->data, capacity);
        if (!data) return 0;
        transfer->data = data;
        transfer->capacity = capacity;
    }
    memcpy(transfer->data + transfer->length, bytes, added);
    transfer->length += added;
    return added;
}

/// Takes the Date out of the headers, of which libcurl gives one whole line at a time (libcurl: CURLOPT_HEADERFUNCTION).
static size_t tgw_receive_header(char *bytes, size_t size, size_t count, void *context) {
    tgw_transfer *transfer = (tgw_transfer *)context;
    size_t length = size * count;
    char value[64];
    if (length >= 5 && strncasecmp(bytes, "HTTP/", 5) == 0) transfer->date = -1;
    if (length > 5 && length - 5 < sizeof value && strncasecmp(bytes, "Date:", 5) == 0) {
        memcpy(value, bytes + 5, length - 5);
        value[length - 5] = 0;
        transfer->date = (int64_t)curl_getdate(value, NULL);
    }
    return length;
}

/// Called when the connection stands and the request is about to be written. libcurl repeats a request by itself on a
/// new connection when a kept-alive one turns out to be dead, even a POST whose bytes may have been read: the second
/// call refuses that, so that who sent the request decides (libcurl: CURLOPT_PREREQFUNCTION, lib/transfer.c).
static int tgw_about_to_request(void *context, char *ip, char *local_ip, int port, int local_port) {
    tgw_transfer *transfer = (tgw_transfer *)context;
    transfer->requests_begun += 1;
    return transfer->requests_begun == 1 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

static inline CURLcode tgw_easy_set_transfer(CURL *easy, tgw_transfer *transfer) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, tgw_receive);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, tgw_receive_header);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, tgw_about_to_request);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
    return code;
}

/// The result of a finished transfer out of libcurl's message, whose union Swift sees as raw bytes.
static inline CURLcode tgw_message_result(const CURLMsg *message) {
    return message->data.result;
}
