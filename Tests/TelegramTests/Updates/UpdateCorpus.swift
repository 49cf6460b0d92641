/// Updates as Telegram sends them, one of every kind that there is something to say about.
enum UpdateCorpus {
    static let user =
        #"{"id":4503599627370497,"is_bot":false,"first_name":"Анна","last_name":"O'Neil <b>","username":"anna_k","language_code":"ru"}"#
    static let chat =
        #"{"id":4503599627370497,"first_name":"Анна","last_name":"O'Neil <b>","username":"anna_k","type":"private"}"#

    /// A message of a private chat with these members besides.
    static func message(_ members: String, id: Int = 812_345_678, kind: String = "message") -> String {
        #"{"update_id":\#(id),"\#(kind)":{"message_id":17,"from":\#(user),"chat":\#(chat),"date":1795445961,\#(members)}}"#
    }

    private static let file = #""file_id":"AgACAgIAAxkBAAM","file_unique_id":"AQADx","file_size":91234"#
    private static let size = #"{\#(file),"width":90,"height":67}"#

    static let texts = [
        message(#""text":"Здравствуйте, где мой заказ S00042? 👍🏽""#),
        message(
            #""text":"/start 0123456789abcdef0123456789abcdef","entities":[{"offset":0,"length":6,"type":"bot_command"}]"#
        ),
        message(#""text":"123 456""#),
        message(#""text":"line\nline \"quoted\" \\ \u0430\ud83d\ude00 \/ <b>&amp;</b>""#),
        message(
            #""reply_to_message":{"message_id":16,"from":\#(user),"chat":\#(chat),"date":1795445900,"text":"earlier"},"text":"an answer""#
        ),
        message(
            #""forward_origin":{"type":"hidden_user","sender_user_name":"Somebody","date":1795445000},"forward_date":1795445000,"text":"forwarded""#
        ),
        message(#""edit_date":1795446000,"text":"changed""#, kind: "edited_message"),
        #"{"update_id":812345680,"message":{"message_id":5,"from":\#(user),"chat":{"id":-1001234567890,"title":"Group","type":"supergroup"},"date":1795445961,"text":"in a group"}}"#,
    ]

    static let attachments = [
        message(#""photo":[\#(size),\#(size)],"caption":"a picture","media_group_id":"13""#),
        message(
            #""video":{"duration":12,"width":640,"height":360,"mime_type":"video/mp4","thumbnail":\#(size),\#(file)}"#),
        message(
            #""animation":{"duration":2,"width":4,"height":4,\#(file)},"document":{"file_name":"giphy.mp4","mime_type":"video/mp4",\#(file)}"#
        ),
        message(#""video_note":{"duration":9,"length":240,\#(file)}"#),
        message(#""document":{"file_name":"счёт №5.pdf","mime_type":"application/pdf",\#(file)},"caption":"a bill""#),
        message(#""audio":{"duration":180,"title":"A song","performer":"P","mime_type":"audio/mpeg",\#(file)}"#),
        message(#""voice":{"duration":67,"mime_type":"audio/ogg",\#(file)}"#),
        message(
            #""sticker":{"emoji":"😀","set_name":"s","is_animated":true,"type":"regular","thumbnail":\#(size),\#(file)}"#
        ),
        message(#""location":{"latitude":55.751244,"longitude":-37.618423,"horizontal_accuracy":12.5}"#),
        message(
            #""venue":{"location":{"latitude":1.5,"longitude":2},"title":"Shop","address":"Street 1"},"location":{"latitude":1.5,"longitude":2}"#
        ),
        message(
            #""contact":{"phone_number":"79161234567","first_name":"Анна","last_name":"K","user_id":4503599627370497,"vcard":"BEGIN:VCARD"}"#
        ),
        message(
            #""poll":{"id":"5","question":"Which?","options":[{"text":"a","voter_count":0}],"is_closed":false,"type":"regular"}"#
        ),
        message(#""dice":{"emoji":"🎲","value":6}"#),
        message(#""new_chat_photo":[\#(size)]"#),
        message(#""pinned_message":{"message_id":3,"chat":\#(chat),"date":0}"#),
    ]

    static let others = [
        #"{"update_id":812345681,"callback_query":{"id":"4382bfdwdsb323b2d9","from":\#(user),"message":{"message_id":18,"from":{"id":123456,"is_bot":true,"first_name":"Shop"},"chat":\#(chat),"date":1795445961,"text":"orders"},"chat_instance":"-35","data":"orders:1764000000000000:42"}}"#,
        #"{"update_id":812345682,"callback_query":{"id":"1","from":\#(user),"inline_message_id":"x","chat_instance":"-35"}}"#,
        #"{"update_id":812345683,"my_chat_member":{"chat":\#(chat),"from":\#(user),"date":1795445961,"old_chat_member":{"user":{"id":123456,"is_bot":true,"first_name":"Shop"},"status":"member"},"new_chat_member":{"user":{"id":123456,"is_bot":true,"first_name":"Shop"},"status":"kicked","until_date":0}}}"#,
        #"{"update_id":812345684,"channel_post":{"message_id":1,"chat":{"id":-100,"title":"C","type":"channel"},"date":1,"text":"post"}}"#,
        #"{"update_id":812345685,"inline_query":{"id":"1","from":\#(user),"query":"x","offset":""}}"#,
        #"{"update_id":812345686,"poll_answer":{"poll_id":"5","user":\#(user),"option_ids":[0]}}"#,
    ]

    static let all = texts + attachments + others
}
