/// What a message consists of besides text: enough to name it (Bot API, "Message").
public enum Attachment: Sendable, Equatable {
    case photo
    case video
    case animation
    case videoNote
    case document(fileName: String?)
    case audio(title: String?)
    case voice(seconds: Int64?)
    case sticker(emoji: String?)
    case location(Location)
    case contact(Contact)
    case poll(question: String?)
    case dice(emoji: String?)
    /// Any other kind of message.
    case other

    /// A point on the earth (Bot API, "Location").
    public struct Location: Decodable, Sendable, Equatable {
        /// Degrees north.
        public let latitude: Double
        /// Degrees east.
        public let longitude: Double
    }

    /// A phone contact (Bot API, "Contact").
    public struct Contact: Decodable, Sendable, Equatable {
        /// The number as Telegram writes it, often without the plus sign.
        public let phoneNumber: String
        /// The first name.
        public let firstName: String?
        /// The last name.
        public let lastName: String?
        /// Whose it is, if that is a Telegram user. A forwarded contact carries somebody else's.
        public let userID: Int64?

        private enum CodingKeys: String, CodingKey {
            case phoneNumber = "phone_number"
            case firstName = "first_name"
            case lastName = "last_name"
            case userID = "user_id"
        }
    }

    private enum Key: String, CodingKey {
        case photo, video, animation, document, audio, voice, sticker, location, venue, contact, poll, dice
        case videoNote = "video_note"
        case fileName = "file_name"
        case title, duration, emoji, question
    }

    /// Finds what a message without text is. What is of a strange form is `other`.
    init(in decoder: any Decoder) {
        guard let container = try? decoder.container(keyedBy: Key.self) else {
            self = .other
            return
        }
        func inner(_ key: Key) -> KeyedDecodingContainer<Key>? {
            try? container.nestedContainer(keyedBy: Key.self, forKey: key)
        }
        func text(_ name: Key, of container: KeyedDecodingContainer<Key>) -> String? {
            try? container.decodeIfPresent(String.self, forKey: name)
        }
        // An animation comes as a document too, a venue as a location too.
        if container.contains(.photo) {
            self = .photo
        } else if container.contains(.animation) {
            self = .animation
        } else if container.contains(.video) {
            self = .video
        } else if container.contains(.videoNote) {
            self = .videoNote
        } else if let document = inner(.document) {
            self = .document(fileName: text(.fileName, of: document))
        } else if let audio = inner(.audio) {
            self = .audio(title: text(.title, of: audio))
        } else if let voice = inner(.voice) {
            self = .voice(seconds: try? voice.decodeIfPresent(Int64.self, forKey: .duration))
        } else if let sticker = inner(.sticker) {
            self = .sticker(emoji: text(.emoji, of: sticker))
        } else if let location = try? container.decode(Location.self, forKey: .location) {
            self = .location(location)
        } else if let contact = try? container.decode(Contact.self, forKey: .contact) {
            self = .contact(contact)
        } else if let poll = inner(.poll) {
            self = .poll(question: text(.question, of: poll))
        } else if let dice = inner(.dice) {
            self = .dice(emoji: text(.emoji, of: dice))
        } else {
            self = .other
        }
    }
}
