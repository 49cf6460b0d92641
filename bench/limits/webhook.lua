-- For wrk: posts updates as Telegram does, each with a number of its own. Arguments: the first number, the secret.
local threads = 0

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

function init(arguments)
    next_update = tonumber(arguments[1]) + number * 10000000
    headers = {["Content-Type"] = "application/json", ["X-Telegram-Bot-Api-Secret-Token"] = arguments[2]}
end

function request()
    next_update = next_update + 1
    local chat = 1000001 + next_update * 7919 % 20000
    return wrk.format("POST", nil, headers, string.format(
        '{"update_id":%d,"message":{"message_id":%d,"from":{"id":%d,"is_bot":false,"first_name":"Customer",' ..
        '"language_code":"en"},"chat":{"id":%d,"first_name":"Customer","type":"private"},"date":%d,"text":"/help",' ..
        '"entities":[{"offset":0,"length":5,"type":"bot_command"}]}}',
        next_update, next_update, chat, chat, os.time()))
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '\n{"rate":%f,"p50":%f,"p99":%f,"errors":%d}\n', summary.requests / summary.duration * 1000000,
        latency:percentile(50) / 1000, latency:percentile(99) / 1000,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
