import CLibcurl

struct Transfer {
    let handle: EasyHandle
    let continuation: CheckedContinuation<Result<HTTPResponse, HTTPFailure>, Never>
}

extension Reactor {
    /// Makes one HTTP exchange over a kept-alive connection, HTTP/2 where TLS offers it.
    ///
    /// - Returns: the answer, whatever its status. Redirects are not followed.
    /// - Throws: ``HTTPFailure`` when there is no complete answer; cancelling the task ends the exchange at once.
    public func perform(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let token = nextToken()
        let result = await withTaskCancellationHandler {
            await executor.suspend { continuation in
                start(request, token, continuation)
            }
        } onCancel: {
            executor.cancel(token)
        }
        return try result.get()
    }

    private func start(
        _ request: HTTPRequest, _ token: Token,
        _ continuation: CheckedContinuation<Result<HTTPResponse, HTTPFailure>, Never>
    ) {
        // A cancellation that came before this has found nothing to end.
        guard !isShutDown, !Task.isCancelled else {
            let failure = HTTPFailure(reason: .cancelled, requestMayHaveBeenSent: false, message: "cancelled")
            return continuation.resume(returning: .failure(failure))
        }
        let handle = idleHandles.popLast() ?? EasyHandle()
        handle.prepare(request, token: token)
        transfers[token] = Transfer(handle: handle, continuation: continuation)
        let code = curl_multi_add_handle(multi, handle.easy)
        precondition(code == CURLM_OK, "curl_multi_add_handle: \(code)")
    }

    /// Lets libcurl read and write what it can, and hands out the transfers that are over.
    func advanceTransfers() {
        var running: Int32 = 0
        curl_multi_perform(multi, &running)
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE else { continue }
            finishTransfer(
                Token(tgw_easy_id(message.pointee.easy_handle)), code: tgw_message_result(message), cancelled: false)
        }
    }

    func finishTransfer(_ token: Token, code: CURLcode, cancelled: Bool) {
        guard let transfer = transfers.removeValue(forKey: token) else { return }
        curl_multi_remove_handle(multi, transfer.handle.easy)
        let result: Result<HTTPResponse, HTTPFailure> =
            code == CURLE_OK
            ? .success(transfer.handle.response)
            : .failure(
                HTTPFailure(
                    code: code, cancelled: cancelled, begun: transfer.handle.received.pointee.requests_begun > 0))
        transfer.handle.trim()
        if idleHandles.count < 64 { idleHandles.append(transfer.handle) }
        transfer.continuation.resume(returning: result)
    }
}

extension HTTPFailure {
    fileprivate init(code: CURLcode, cancelled: Bool, begun: Bool) {
        let reason: Reason =
            switch code {
            case _ where cancelled: .cancelled
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .nameResolution
            case CURLE_COULDNT_CONNECT, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING,
                CURLE_ABORTED_BY_CALLBACK:
                .connection
            case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
                CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_USE_SSL_FAILED:
                .tls
            case CURLE_OPERATION_TIMEDOUT: .timeout
            case CURLE_WEIRD_SERVER_REPLY, CURLE_PARTIAL_FILE, CURLE_HTTP2, CURLE_HTTP2_STREAM,
                CURLE_BAD_CONTENT_ENCODING, CURLE_WRITE_ERROR:
                .protocolViolation
            // How libcurl calls an answer that does not begin as HTTP does ("HTTP/0.9 when not allowed").
            case CURLE_UNSUPPORTED_PROTOCOL where begun: .protocolViolation
            default: .other
            }
        // The only callback of ours that ends a transfer is the one that refuses a silent second request.
        let message =
            switch code {
            case _ where cancelled: "cancelled"
            case CURLE_ABORTED_BY_CALLBACK: "a kept-alive connection broke under the request"
            default: String(cString: curl_easy_strerror(code))
            }
        self.init(reason: reason, requestMayHaveBeenSent: begun, message: message)
    }
}
