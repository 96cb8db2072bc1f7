/* MQTT 3.1, 3.1.1 and 5.0 packets: tables, encoding, decoding, printing.
 *
 * One table of fields (this header, table.c) describes what packets are made
 * of. The encoder, the decoder, the printer and every reader outside this
 * room (loader, matchers, schema) walk the same table. A packet in memory is
 * the list of its field values in the order of the wire. The room knows no
 * socket, no clock and no YAML. */
#ifndef MQTTSPEC_MQTT_H
#define MQTTSPEC_MQTT_H

#include "memory/memory.h"

/* The protocol level on the wire is the number. */
enum mqtt_version { MQTT_3_1 = 3, MQTT_3_1_1 = 4, MQTT_5_0 = 5 };

/* "3.1", "3.1.1", "5.0". */
const char *mqtt_version_name(enum mqtt_version version);
/* False when the text names no version. */
bool mqtt_version_parse(struct slice text, enum mqtt_version *version);

/* MQTT Control Packet types (5.0: 2.1.2). Type 0 is nobody's. */
enum mqtt_type {
    MQTT_CONNECT = 1,
    MQTT_CONNACK,
    MQTT_PUBLISH,
    MQTT_PUBACK,
    MQTT_PUBREC,
    MQTT_PUBREL,
    MQTT_PUBCOMP,
    MQTT_SUBSCRIBE,
    MQTT_SUBACK,
    MQTT_UNSUBSCRIBE,
    MQTT_UNSUBACK,
    MQTT_PINGREQ,
    MQTT_PINGRESP,
    MQTT_DISCONNECT,
    MQTT_AUTH,
    MQTT_TYPES /* 16: one past the last */
};

/* Lower case, as in case files ("connect"); "type 0" for 0. */
const char *mqtt_type_name(enum mqtt_type type);
/* The name as the standard writes it: "CONNECT". */
void mqtt_print_type(enum mqtt_type type, struct buffer *out);
bool mqtt_type_parse(struct slice name, enum mqtt_type *type);
bool mqtt_type_in_version(enum mqtt_type type, enum mqtt_version version);
/* Whether a Server may send this packet to a Client, and the reverse. */
bool mqtt_type_to_client(enum mqtt_type type);
bool mqtt_type_to_server(enum mqtt_type type);

/* Everything that may have a name in a packet. Fields of the fixed header
 * and derived ones first, then the variable header and payload, then the
 * properties of 5.0. Names are the standard's in snake_case: table.c. */
enum mqtt_field {
    MQTT_FIELD_NONE = 0,
    /* fixed header; never in a value list, read from the packet itself */
    MQTT_FLAGS,
    MQTT_PACKET_TYPE,
    MQTT_REMAINING_LENGTH,
    MQTT_PACKET_SIZE,
    /* PUBLISH and 3.1 flag bits; in the value list */
    MQTT_DUP,
    MQTT_QOS,
    MQTT_RETAIN,
    /* CONNECT */
    MQTT_PROTOCOL_NAME,
    MQTT_PROTOCOL_LEVEL,
    MQTT_CONNECT_FLAGS, /* the whole byte */
    MQTT_CLEAN_START,
    MQTT_USER_NAME_FLAG,
    MQTT_PASSWORD_FLAG,
    MQTT_WILL_FLAG,
    MQTT_WILL_QOS,
    MQTT_WILL_RETAIN,
    MQTT_RESERVED_FLAG,
    MQTT_KEEP_ALIVE,
    MQTT_CLIENT_ID,
    MQTT_WILL_TOPIC,
    MQTT_WILL_PAYLOAD,
    MQTT_USER_NAME,
    MQTT_PASSWORD,
    /* CONNACK */
    MQTT_ACKNOWLEDGE_FLAGS, /* the whole byte */
    MQTT_SESSION_PRESENT,
    MQTT_REASON_CODE, /* one; in SUBACK and UNSUBACK one per filter */
    /* PUBLISH and others */
    MQTT_TOPIC, /* in the wire form; "" with an alias */
    MQTT_PACKET_ID,
    MQTT_PAYLOAD,
    /* SUBSCRIBE and UNSUBSCRIBE, once per filter: FILTER then OPTIONS */
    MQTT_FILTER,
    MQTT_OPTIONS,
    /* parts of OPTIONS, in front of it or instead of it when sending */
    MQTT_NO_LOCAL,
    MQTT_RETAIN_AS_PUBLISHED,
    MQTT_RETAIN_HANDLING,
    /* lengths, so that damage can name them; never in a value list */
    MQTT_PROPERTY_LENGTH,
    MQTT_WILL_PROPERTY_LENGTH,
    /* properties of 5.0 (2.2.2.2), in the order of their identifiers */
    MQTT_PAYLOAD_FORMAT_INDICATOR,
    MQTT_MESSAGE_EXPIRY_INTERVAL,
    MQTT_CONTENT_TYPE,
    MQTT_RESPONSE_TOPIC,
    MQTT_CORRELATION_DATA,
    MQTT_SUBSCRIPTION_IDENTIFIER,
    MQTT_SESSION_EXPIRY_INTERVAL,
    MQTT_ASSIGNED_CLIENT_IDENTIFIER,
    MQTT_SERVER_KEEP_ALIVE,
    MQTT_AUTHENTICATION_METHOD,
    MQTT_AUTHENTICATION_DATA,
    MQTT_REQUEST_PROBLEM_INFORMATION,
    MQTT_WILL_DELAY_INTERVAL,
    MQTT_REQUEST_RESPONSE_INFORMATION,
    MQTT_RESPONSE_INFORMATION,
    MQTT_SERVER_REFERENCE,
    MQTT_REASON_STRING,
    MQTT_RECEIVE_MAXIMUM,
    MQTT_TOPIC_ALIAS_MAXIMUM,
    MQTT_TOPIC_ALIAS,
    MQTT_MAXIMUM_QOS,
    MQTT_RETAIN_AVAILABLE,
    MQTT_USER_PROPERTY,
    MQTT_MAXIMUM_PACKET_SIZE,
    MQTT_WILDCARD_SUBSCRIPTION_AVAILABLE,
    MQTT_SUBSCRIPTION_IDENTIFIER_AVAILABLE,
    MQTT_SHARED_SUBSCRIPTION_AVAILABLE,
    MQTT_UNKNOWN_PROPERTY, /* number = its identifier, bytes = raw value */
    MQTT_FIELDS
};
#define MQTT_FIRST_PROPERTY MQTT_PAYLOAD_FORMAT_INDICATOR

/* How a field is written. */
enum mqtt_kind {
    MQTT_KIND_BIT,    /* 0 or 1 inside a byte */
    MQTT_KIND_BITS,   /* a number of two or four bits inside a byte */
    MQTT_KIND_U8,     /* number */
    MQTT_KIND_U16,    /* number */
    MQTT_KIND_U32,    /* number */
    MQTT_KIND_VARINT, /* number, Variable Byte Integer (1.5.5) */
    MQTT_KIND_STRING, /* bytes, UTF-8 Encoded String (1.5.4) */
    MQTT_KIND_BINARY, /* bytes, Binary Data (1.5.6) */
    MQTT_KIND_PAIR,   /* bytes = name, second = value (1.5.7) */
    MQTT_KIND_REST    /* bytes up to the end of the packet */
};

struct mqtt_field_row {
    enum mqtt_field field;
    const char *name;
    enum mqtt_kind kind;
    uint8_t property;  /* Property Identifier, 0 for other fields */
    uint16_t packets;  /* bit 1<<type for each packet that may carry it */
    bool in_will;      /* a property that the Will may carry */
    bool repeatable;   /* may legally stand more than once */
    uint32_t min, max; /* legal range of a number */
    bool secret;       /* masked when printed (password, auth data) */
    bool has_meaning;  /* absent means `absent_value` (2.2.2.2) */
    uint32_t absent_value;
    bool derived; /* cannot be sent: remaining_length, packet_size … */
};

const struct mqtt_field_row *mqtt_field_row(enum mqtt_field field);
/* MQTT_FIELD_NONE when no field has that name. */
enum mqtt_field mqtt_field_parse(struct slice name);
enum mqtt_field mqtt_property_field(uint32_t property_id);
/* Whether the sender (the Server when to_client) may put the property into
 * such a packet, outside the Will. A row's `packets` holds for at least one
 * direction. */
bool mqtt_property_legal(enum mqtt_field field, enum mqtt_type type,
                         bool to_client);
/* Whether it may stand there more than once: `repeatable`, but a
 * Subscription Identifier only in PUBLISH (3.3.2.3.8, 3.8.2.1.2). */
bool mqtt_property_repeatable(enum mqtt_field field, enum mqtt_type type);

/* One field of one packet. */
struct mqtt_value {
    enum mqtt_field field;
    bool in_will;        /* a property (or part) of the Will */
    uint32_t number;     /* numbers, bits */
    struct slice bytes;  /* strings, binary data, pairs' names */
    struct slice second; /* pairs' values */
    /* Damage, for sending only. */
    bool has_stated_length; /* the length prefix lies */
    uint16_t stated_length;
    uint8_t width; /* a Variable Byte Integer of so many bytes; 0: minimal */
};

/* A packet: its values in wire order. Values borrow their bytes. */
struct mqtt_packet {
    enum mqtt_version version;
    enum mqtt_type type;
    uint8_t flags;             /* decoded packets: low nibble, byte 1 */
    uint32_t remaining_length; /* decoded packets */
    uint32_t size;             /* decoded packets: the whole packet */
    struct mqtt_value *values;
    size_t count;
};

/* The nth value (from 0) of the field outside the Will; NULL when none. */
const struct mqtt_value *mqtt_value_at(const struct mqtt_packet *packet,
                                       enum mqtt_field field, size_t nth);
/* The same inside the Will. */
const struct mqtt_value *mqtt_will_value_at(const struct mqtt_packet *packet,
                                            enum mqtt_field field, size_t nth);
/* The number of the first such value outside the Will, else `otherwise`. */
uint32_t mqtt_number(const struct mqtt_packet *packet, enum mqtt_field field,
                     uint32_t otherwise);

/* ---- encoding ---------------------------------------------------------- */

/* How a length is written instead of the true minimal form. */
enum mqtt_length_form {
    MQTT_LENGTH_TRUE,
    MQTT_LENGTH_IS,    /* number, written minimally */
    MQTT_LENGTH_ADD,   /* true length + number (may be negative) */
    MQTT_LENGTH_WIDTH, /* the true length in `number` bytes */
    MQTT_LENGTH_BYTES  /* these bytes */
};
struct mqtt_length {
    enum mqtt_length_form form;
    int64_t number;
    struct slice bytes;
};

/* What a case does to a packet on purpose (language.md, section 2),
 * applied in this order. Zero means unhurt. */
struct mqtt_damage {
    bool has_flags, has_packet_type;
    uint8_t flags;       /* low nibble */
    uint8_t packet_type; /* high nibble */
    uint64_t omit[2];    /* bit set over mqtt_field: not written at all */
    struct mqtt_length property_length;
    struct mqtt_length will_property_length;
    bool has_insert;
    size_t insert_at; /* offset in the body */
    struct slice insert;
    struct slice append;
    bool has_truncate;
    size_t truncate; /* body cut to so many bytes; length follows */
    struct mqtt_length remaining_length;
    bool has_stop_after;
    size_t stop_after; /* only so many bytes of the packet are written */
};
void mqtt_damage_omit(struct mqtt_damage *damage, enum mqtt_field field);
bool mqtt_damage_omits(const struct mqtt_damage *damage, enum mqtt_field field);

/* Appends the packet to out. The order of values of one section is kept for
 * properties and filters; the rest is placed by the standard's layout.
 * Values left out: numbers 0, texts empty, optional parts not written;
 * protocol_name and protocol_level by version; PUBREL, SUBSCRIBE and
 * UNSUBSCRIBE carry flags 2; connect_flags follow from the values unless
 * MQTT_CONNECT_FLAGS is among them; a single flag value overrides its bit;
 * acknowledgements, DISCONNECT and AUTH take the shortest legal form.
 * Whatever is stated is written as stated, legal or not; a property is
 * written in any 5.0 packet. damage may be NULL. False: no memory, the cap
 * of out, or a length above 65,535 in a length-prefixed field (5.0: 1.5). */
bool mqtt_encode(const struct mqtt_packet *packet,
                 const struct mqtt_damage *damage, struct buffer *out);

/* Appends number as a Variable Byte Integer in width bytes (0: minimal). */
void mqtt_put_varint(struct buffer *out, uint32_t number, unsigned width);

/* ---- decoding ---------------------------------------------------------- */

/* What the strict decoder can find in one packet. table.c gives each rule a
 * text and its statement in each version. */
enum mqtt_rule {
    MQTT_RULE_NONE = 0,
    MQTT_RULE_TYPE,             /* type 0, or 15 in 3.x, or 3.x-less AUTH */
    MQTT_RULE_DIRECTION,        /* a packet that only the other side sends */
    MQTT_RULE_FLAGS,            /* reserved flags of the fixed header */
    MQTT_RULE_QOS3,             /* both QoS bits set in PUBLISH */
    MQTT_RULE_DUP_QOS0,         /* DUP 1 with QoS 0 */
    MQTT_RULE_LENGTH_MALFORMED, /* Remaining Length of five bytes */
    MQTT_RULE_LENGTH_MINIMAL,   /* Variable Byte Integer too long (5.0) */
    MQTT_RULE_LENGTH_BOUNDS,    /* a field reaches past the end */
    MQTT_RULE_TRAILING,         /* bytes after the last field */
    MQTT_RULE_UTF8,             /* ill-formed UTF-8 */
    MQTT_RULE_UTF8_NUL,         /* U+0000 */
    MQTT_RULE_PROPERTY_UNKNOWN,
    MQTT_RULE_PROPERTY_ILLEGAL, /* not in this packet */
    MQTT_RULE_PROPERTY_REPEATED,
    MQTT_RULE_PROPERTY_VALUE, /* out of the legal range */
    MQTT_RULE_REASON_CODE,    /* not of this packet and version */
    MQTT_RULE_PACKET_ID_ZERO,
    MQTT_RULE_TOPIC_WILDCARD,    /* + or # in a Topic Name */
    MQTT_RULE_TOPIC_EMPTY,       /* no topic, no alias */
    MQTT_RULE_ACKNOWLEDGE_FLAGS, /* reserved bits of CONNACK byte 1 */
    MQTT_RULE_SESSION_PRESENT,   /* 1 with a refusing code */
    MQTT_RULE_EMPTY_LIST,        /* SUBACK, SUBSCRIBE … without an entry */
    MQTT_RULE_CONNECT_FLAGS,     /* reserved or contradictory flags */
    MQTT_RULE_OPTIONS,           /* reserved subscription option bits */
    MQTT_RULE_PROTOCOL,          /* protocol name or level */
    MQTT_RULES
};
/* One sentence, lower case, without a full stop. */
const char *mqtt_rule_text(enum mqtt_rule rule);
/* The statement that demands it, such as "MQTT-2.1.3-1"; NULL when that
 * version has none. */
const char *mqtt_rule_statement(enum mqtt_rule rule, enum mqtt_version version);

struct mqtt_finding {
    enum mqtt_rule rule;
    enum mqtt_field field; /* MQTT_FIELD_NONE when it is about the packet */
    uint32_t offset;       /* in the packet */
};
/* The statement that this very finding breaks: finer than the general one of
 * mqtt_rule_statement, because for reason codes, packet identifiers, lists
 * and properties it hangs on the packet type and the field. type: that of
 * the packet, 0 when there is none. NULL when the version has none. */
const char *mqtt_finding_statement(const struct mqtt_finding *finding,
                                   enum mqtt_version version,
                                   enum mqtt_type type);
#define MQTT_FINDINGS_MAX 8
struct mqtt_findings {
    struct mqtt_finding rows[MQTT_FINDINGS_MAX];
    size_t count;
};

/* How much of a stream belongs to the first packet. */
enum mqtt_frame {
    MQTT_FRAME_MORE,     /* not yet known, or not yet all there */
    MQTT_FRAME_WHOLE,    /* *size bytes make one packet */
    MQTT_FRAME_MALFORMED /* no Remaining Length can be read */
};
/* *size is the whole packet's size as soon as the fixed header is complete,
 * else 0 (so a caller can refuse a giant before it has come). */
enum mqtt_frame mqtt_frame(struct slice stream, size_t *size);

/* Decodes one whole packet (from mqtt_frame). The result is one block that
 * owns a copy of the bytes; free it with mqtt_packet_free. NULL: no memory,
 * or unreadable; *readable tells which (true: no memory).
 *
 * What can be read in spite of a finding is read. Unreadable is a packet in
 * which a field outside the properties, or the properties as a whole, reaches
 * past the end, or a length does not end. A property that cannot be read
 * costs only the rest of its section. A type that does not exist gives a
 * packet without values.
 *
 * to_client says who sent it. version is the connection's; a CONNECT is read
 * by the level that it states, and a CONNACK that refuses in the 3.1.1 form
 * (20 02 xx 01 … 05) is read as such on a 5.0 connection too: the packet's
 * version tells. Of more than MQTT_FINDINGS_MAX findings the first are kept.
 * findings may not be NULL. The memory taken is at most some 120 times the
 * packet's size. */
struct mqtt_packet *mqtt_decode(struct slice bytes, enum mqtt_version version,
                                bool to_client, struct mqtt_findings *findings,
                                bool *readable);
void mqtt_packet_free(struct mqtt_packet *packet);
/* The bytes that a decoded packet owns a copy of. */
struct slice mqtt_packet_bytes(const struct mqtt_packet *packet);

/* Reads a Variable Byte Integer at bytes[*at]; false when it does not end
 * within four bytes or the slice. *minimal tells the shortest form. */
bool mqtt_get_varint(struct slice bytes, size_t *at, uint32_t *number,
                     bool *minimal);
/* Well-formed UTF-8 without surrogates (1.5.4); *nul tells U+0000. */
bool mqtt_utf8_valid(struct slice text, bool *nul);
/* Whether topic matches filter (4.7); $share/…/ is not looked into. */
bool mqtt_topic_matches(struct slice filter, struct slice topic);

/* ---- printing ---------------------------------------------------------- */

/* "Malformed Packet", "Bad User Name or Password"; NULL when the code is
 * not the packet's in that version (5.0: 2.4, 3.x: CONNACK, SUBACK). */
const char *mqtt_reason_name(enum mqtt_version version, enum mqtt_type type,
                             uint8_t code);
/* One line: "CONNACK session_present=0 reason_code=0x00 receive_maximum=20".
 * Texts are quoted, with \xNN for what is not printable, and cut after 60
 * bytes; secrets are *** unless reveal; a code other than 0 is followed by
 * its name in brackets. Bytes that their bits spell out (connect_flags) and
 * optional bits that are 0 are left out, and so is what follows the 100th
 * value. */
void mqtt_print(const struct mqtt_packet *packet, bool reveal,
                struct buffer *out);
void mqtt_print_value(const struct mqtt_value *value, bool reveal,
                      struct buffer *out);
/* "30 0a 00 01 … 12 more bytes", cut after max bytes. */
void mqtt_print_hex(struct slice bytes, size_t max, struct buffer *out);
/* "text" with \xNN for what cannot be shown, \" and \\; cut after max
 * bytes: "te" … 2 more bytes. */
void mqtt_print_text(struct slice bytes, size_t max, struct buffer *out);

#endif
